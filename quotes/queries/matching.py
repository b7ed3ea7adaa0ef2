"""Who fits a request."""

from collections.abc import Collection, Sequence

from marketplace.directory.queries import Match, match_manufacturers
from orders.queries import orders_in_hand
from quotes.models import RFQ, RFQLine
from quotes.queries.open_requests import need_of_request


def matches_for(
    rfq: RFQ,
    lines: Sequence[RFQLine],
    *,
    exclude: Collection[int] = (),
    also: Collection[str] = (),
) -> list[Match]:
    """Manufacturers for a request the caller may read, best first, with their load. Five queries.

    `exclude` are row numbers; the public ids in `also` come with their gaps, fitting or not.
    """
    return match_manufacturers(
        need_of_request(rfq, lines),
        buyer=rfq.organization,
        exclude=exclude,
        also=also,
        load=orders_in_hand(),
    )
