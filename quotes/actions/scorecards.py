"""How a shop answers what it is asked, counted anew and written down."""

from collections.abc import Iterator, Mapping

from django.db import transaction

from marketplace.directory.actions.scorecards import Changes, Figure, keep_figures
from marketplace.directory.models import Manufacturer
from orders.actions.scorecards import keep_order_figures, keep_rating
from quotes.queries.response import asked_of
from quotes.response import response_of


def keep_response_figures(organization_id: int) -> Changes:
    """Requests asked, answered and quoted, and the time to answer. What changed; twice is once."""

    def count() -> Mapping[str, Figure]:
        return response_of(asked for _, asked in asked_of(organization_id))

    return keep_figures(organization_id=organization_id, count=count)


def recompute_scorecards() -> Iterator[tuple[str, Changes]]:
    """Count every figure of every manufacturer anew; yields (name, what changed) as it goes.

    A run that changes nothing yields nothing. Each manufacturer is a transaction of its own.
    """
    rows = Manufacturer.objects.order_by("pk").values_list("organization_id", "organization__name")
    for organization_id, name in rows.iterator(500):
        with transaction.atomic():
            changes = {
                **keep_rating(organization_id),
                **keep_order_figures(organization_id),
                **keep_response_figures(organization_id),
            }
        if changes:
            yield name, changes
