"""What a manufacturer receives for an order, and when at the latest: pure calendar arithmetic."""

from dataclasses import dataclass
from datetime import date, timedelta

from orders.commission import CommissionTerms, commission

# Days between shipment and delivery where no carrier has said otherwise: general practice for
# parcels and pallets within a continent, no published source.
TRANSIT_DAYS = 5


@dataclass(frozen=True)
class Promise:
    """Each day is the last one by the rules; amounts in minor units of the contract's currency."""

    accepted_by: date
    paid_by: date
    ship_by: date
    delivered_by: date
    released_by: date
    total_minor: int
    terms: CommissionTerms
    commission_minor: int

    @property
    def days_to_ship(self) -> int:
        """From where the lead time starts."""
        return (self.ship_by - self.paid_by).days

    @property
    def days_to_release(self) -> int:
        """From where the lead time starts to the transfer."""
        return (self.released_by - self.paid_by).days

    @property
    def payout_minor(self) -> int:
        """What is transferred: the total less the commission."""
        return self.total_minor - self.commission_minor

    @property
    def commission_percent(self) -> float:
        """The rate in percent."""
        return self.terms.percent


def promise_of(
    *,
    total_minor: int,
    lead_time_days: int,
    accepted_by: date,
    terms: CommissionTerms,
    payment_days: int,
    acceptance_days: int,
    transit_days: int = TRANSIT_DAYS,
) -> Promise:
    """What `total_minor` brings when the buyer accepts on the last day and uses every day it has.

    Calendar days, as the contract counts: paid within `payment_days`, shipped `lead_time_days`
    after the payment, delivered `transit_days` later, accepted in silence `acceptance_days` after
    that; the transfer is made on that day. Raises ValueError for an amount or rate that cannot be.
    """
    paid = accepted_by + timedelta(days=payment_days)
    shipped = paid + timedelta(days=lead_time_days)
    delivered = shipped + timedelta(days=transit_days)
    return Promise(
        accepted_by,
        paid,
        shipped,
        delivered,
        delivered + timedelta(days=acceptance_days),
        total_minor,
        terms,
        commission(total_minor, terms),
    )
