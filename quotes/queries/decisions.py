"""Reads of what a buyer has to decide before the contract."""

from datetime import date, datetime

from django.db.models import F, Q, QuerySet

from accounts.actor import Actor
from quotes.lists import rfq_rows
from quotes.models import RFQ, Quote
from quotes.states import LIVE, QuoteState, RFQState

UNDECIDED = (RFQState.OPEN, RFQState.CLOSED, RFQState.PARTIALLY_AWARDED)


def requests_to_compare(actor: Actor, now: datetime) -> QuerySet[RFQ]:
    """The acting buyer's requests that take no more quotes and have some to choose from. Sealed
    ones are not read yet; those whose award waits for an approval are decided already."""
    over = Q(state__in=[RFQState.CLOSED, RFQState.PARTIALLY_AWARDED])
    over |= Q(state=RFQState.OPEN, deadline__lte=now)
    waiting = Quote.objects.filter(state__in=LIVE).values("rfq")
    sealed = Q(is_sealed=True, unsealed_at=None, deadline__gt=now)
    held = RFQ.objects.filter(awards__is_live=True, awards__is_settled=False).values("pk")
    return rfq_rows(actor).filter(over, pk__in=waiting).exclude(sealed).exclude(pk__in=held)


def expiring_quotes(actor: Actor, today: date, last: date, now: datetime) -> QuerySet[Quote]:
    """Quotes the acting buyer can still choose whose validity ends from `today` to `last`, the
    soonest first; sealed ones are left out."""
    rows = Quote.objects.filter(
        rfq__organization=actor.organization,
        rfq__state__in=UNDECIDED,
        state__in=[QuoteState.SUBMITTED, QuoteState.PARTIALLY_ACCEPTED],
        valid_until__gte=today,
        valid_until__lte=last,
    ).exclude(rfq__is_sealed=True, rfq__unsealed_at=None, rfq__deadline__gt=now)
    rows = rows.select_related("rfq", "manufacturer__organization")
    return rows.order_by(F("valid_until").asc(), "pk")


def closing_requests(actor: Actor, now: datetime, last: datetime) -> QuerySet[RFQ]:
    """The acting buyer's open requests whose deadline comes until `last`, the soonest first."""
    rows = RFQ.objects.filter(
        organization=actor.organization,
        state=RFQState.OPEN,
        deadline__gt=now,
        deadline__lte=last,
    )
    return rows.order_by("deadline")
