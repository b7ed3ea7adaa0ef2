"""When each milestone of an order is due: pure calendar arithmetic on the platform's local days."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from orders.models import Milestone

K = Milestone.Kind
# Part of the lead time after which a step is due: a tool after two fifths of it, the first article
# after three, so that two fifths are left for the rest. Our own measure: a quote names one lead
# time, and there is no published source for how it divides.
SHARE_OF_LEAD_TIME: Mapping[str, Fraction] = {
    K.DEPOSIT: Fraction(0),
    K.TOOLING: Fraction(2, 5),
    K.FIRST_ARTICLE: Fraction(3, 5),
    K.SHIPMENT: Fraction(1),
}


def due_on(
    kind: str, *, ship_by: date, lead_time_days: int, transit_days: int, acceptance_days: int
) -> date:
    """The day a milestone of `kind` is due. Calendar days, as the contract counts.

    Everything hangs on the day to ship by, so that a step moves with it: the deposit is due where
    the lead time began, tooling and first article after their share of it, rounded up to a day, the
    acceptance `transit_days` and the whole time to inspect (`acceptance_days`) after the shipment.
    """
    if kind == K.ACCEPTANCE:
        return ship_by + timedelta(days=transit_days + acceptance_days)
    begun = ship_by - timedelta(days=lead_time_days)
    return begun + timedelta(days=ceil(SHARE_OF_LEAD_TIME[kind] * lead_time_days))


def days_in_words(day: date, today: date) -> str:
    """Such as "in 3 days", "today", "1 day late"."""
    left = (day - today).days
    if left == 0:
        return "today"
    words = f"{abs(left)} day{'' if abs(left) == 1 else 's'}"
    return f"in {words}" if left > 0 else f"{words} late"
