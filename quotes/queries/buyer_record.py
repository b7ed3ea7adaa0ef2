"""How a buyer decides and pays, as a shop it asked reads it. Nothing of other shops is in it."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from django.db.models import Min, Q, QuerySet

from accounts.actor import Actor
from orders.buyer_records import Paying, paying_of
from quotes.models import RFQ
from quotes.states import RFQState

# Shares and medians of fewer say nothing and would name single cases.
LEAST = 3
MOST_READ = 200
AWARDED = (RFQState.AWARDED, RFQState.PARTIALLY_AWARDED)
DECIDED = (*AWARDED, RFQState.NO_AWARD, RFQState.CANCELLED)


@dataclass(frozen=True)
class BuyerRecord:
    """Orders paid here, requests that ended and how many with an award, and the median number of
    days from the deadline to the first award (None below LEAST awards)."""

    paying: Paying
    decided: int
    awarded: int
    days_to_decide: int | None

    @property
    def is_new(self) -> bool:
        """Too little to say anything."""
        return self.paying.paid < LEAST

    @property
    def award_percent(self) -> int | None:
        """Requests awarded of those that ended, whole percent; None below LEAST."""
        return round(100 * self.awarded / self.decided) if self.decided >= LEAST else None

    @property
    def paid_percent(self) -> int | None:
        """Orders paid within their time, whole percent rounded down; None below LEAST."""
        return 100 * self.paying.paid // self.paying.due if self.paying.due >= LEAST else None


def buyer_record_of(rfq: RFQ) -> BuyerRecord:
    """Of the company that sent `rfq`, from its newest MOST_READ other requests. Two queries.

    The request itself is left out, so that nobody reads from a figure whether it was awarded.
    """
    paying = paying_of(rfq.organization_id, but_request=rfq.public_id)
    return _record(paying, _ended(rfq.organization_id).exclude(pk=rfq.pk))


def own_buyer_record(actor: Actor) -> BuyerRecord:
    """The acting buyer's own, all of its requests counted. Two queries."""
    buyer = actor.company.pk
    return _record(paying_of(buyer), _ended(buyer))


def requests_of_record(actor: Actor, *, awarded: bool) -> QuerySet[RFQ]:
    """The acting buyer's requests that are counted as awarded, or as ended without an award."""
    rows = _ended(actor.company.pk)
    newest = rows.order_by("-pk").values("pk")[:MOST_READ]
    rows = RFQ.objects.filter(pk__in=list(newest.values_list("pk", flat=True)))
    return rows.filter(state__in=AWARDED) if awarded else rows.exclude(state__in=AWARDED)


def _ended(organization_id: int) -> QuerySet[RFQ]:
    rows = RFQ.objects.filter(organization=organization_id, state__in=DECIDED)
    return rows.exclude(published_at=None)


def _record(paying: Paying, rows: QuerySet[RFQ]) -> BuyerRecord:
    """From the newest MOST_READ of the requests that ended."""
    first = Min("awards__created_at", filter=Q(awards__is_settled=True))
    found = list(
        rows.annotate(first=first)
        .order_by("-pk")
        .values_list("state", "deadline", "first")[:MOST_READ]
    )
    awarded = [(deadline, first) for state, deadline, first in found if state in AWARDED]
    return BuyerRecord(paying, len(found), len(awarded), _median_days(awarded))


def _median_days(awarded: list[tuple[datetime | None, datetime | None]]) -> int | None:
    """Days from deadline to award, an award before the deadline counting as none."""
    days = [
        max(0, (first - deadline).days)
        for deadline, first in awarded
        if deadline is not None and first is not None
    ]
    return round(median(days)) if len(days) >= LEAST else None
