"""How a buyer decides and pays, as a shop it asked reads it. Nothing of other shops is in it."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from django.db.models import Min, Q

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
    rows = (
        RFQ.objects.filter(organization=rfq.organization_id, state__in=DECIDED)
        .exclude(pk=rfq.pk)
        .exclude(published_at=None)
        .annotate(first=Min("awards__created_at", filter=Q(awards__is_settled=True)))
        .order_by("-pk")
        .values_list("state", "deadline", "first")[:MOST_READ]
    )
    found = list(rows)
    awarded = [(deadline, first) for state, deadline, first in found if state in AWARDED]
    paying = paying_of(rfq.organization_id, but_request=rfq.public_id)
    return BuyerRecord(paying, len(found), len(awarded), _median_days(awarded))


def _median_days(awarded: list[tuple[datetime | None, datetime | None]]) -> int | None:
    """Days from deadline to award, an award before the deadline counting as none."""
    days = [
        max(0, (first - deadline).days)
        for deadline, first in awarded
        if deadline is not None and first is not None
    ]
    return round(median(days)) if len(days) >= LEAST else None
