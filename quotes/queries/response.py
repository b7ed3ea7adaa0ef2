"""The requests a shop was asked in during the period, and how it answered each."""

from datetime import datetime, time

from django.db.models import F, Min, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from marketplace.core.models import Event
from marketplace.directory.models.scorecard import first_day
from quotes.events import QUOTE_SUBMITTED
from quotes.models import Invitation, Quote
from quotes.response import Asked
from quotes.states import InvitationState, RFQState

OVER = (RFQState.CLOSED, RFQState.AWARDED, RFQState.PARTIALLY_AWARDED, RFQState.NO_AWARD)


def asked_of(organization_id: int) -> list[tuple[Invitation, Asked]]:
    """Every published request of the period, newest first. Three queries.

    When a request was published before the shop was asked, the invitation counts. A request that
    was cancelled, or whose access was ended, before an answer came is never counted as unanswered.
    """
    now = timezone.now()
    start = timezone.make_aware(datetime.combine(first_day(timezone.localdate()), time.min))
    rows = _invitations(organization_id, start)
    quoted = _first_quotes(organization_id)
    return [
        (
            row,
            Asked(
                at=row.asked_at,  # type: ignore[attr-defined]
                quoted_at=quoted.get(row.rfq_id),
                declined_at=row.state_changed_at if row.state == InvitationState.NO_BID else None,
                is_over=_is_over(row, now),
            ),
        )
        for row in rows
    ]


def _invitations(organization_id: int, start: datetime) -> QuerySet[Invitation]:
    return (
        Invitation.objects.filter(
            manufacturer__organization_id=organization_id, rfq__published_at__isnull=False
        )
        .annotate(asked_at=Greatest(F("rfq__published_at"), F("created_at")))
        .filter(asked_at__gte=start)
        .select_related("rfq__organization")
        .order_by("-pk")
    )


def _first_quotes(organization_id: int) -> dict[int, datetime]:
    """Row of a request -> when the shop first submitted a quote on it, taken back or not."""
    own = Quote.objects.filter(manufacturer__organization_id=organization_id)
    requests = dict(own.values_list("public_id", "rfq_id"))
    first = (
        Event.objects.filter(type=QUOTE_SUBMITTED.name, subject__in=own.values("public_id"))
        .order_by()
        .values_list("subject")
        .annotate(first=Min("at"))
    )
    found: dict[int, datetime] = {}
    for subject, at in first:
        rfq_id = requests[subject]
        found[rfq_id] = min(at, found.get(rfq_id, at))
    return found


def _is_over(row: Invitation, now: datetime) -> bool:
    if row.state == InvitationState.REVOKED or row.rfq.state == RFQState.CANCELLED:
        return False
    past = row.rfq.deadline is not None and row.rfq.deadline <= now
    return row.rfq.state in OVER or past
