"""A shop's own load: open orders by the week they have to ship in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from accounts.actor import Actor
from orders.queries import sales_of
from orders.states import OrderState

WEEKS = 8
IN_HAND = (
    OrderState.PLACED,
    OrderState.CONFIRMED,
    OrderState.IN_PRODUCTION,
    OrderState.FIRST_ARTICLE_REVIEW,
    OrderState.QUALITY_CHECK,
    OrderState.READY_TO_SHIP,
    OrderState.PARTLY_SHIPPED,
    OrderState.ON_HOLD,
)


@dataclass(frozen=True)
class Week:
    """Orders to ship in the seven days from `starts`, a Monday."""

    starts: date
    orders: int


@dataclass(frozen=True)
class Load:
    """The next weeks, what is late, and what lies beyond the last week or has no day yet."""

    weeks: list[Week]
    overdue: int
    later: int

    @property
    def total(self) -> int:
        """All open orders."""
        return sum(week.orders for week in self.weeks) + self.overdue + self.later

    @property
    def most(self) -> int:
        """Of the fullest week, at least 1: the length of a full bar."""
        return max(1, *(week.orders for week in self.weeks))


def load_of(ship_by: Iterable[date | None], today: date) -> Load:
    """Count days to ship into WEEKS weeks from this one on; past days are overdue."""
    first = today - timedelta(days=today.weekday())
    counts = [0] * WEEKS
    overdue = later = 0
    for day in ship_by:
        if day is None:
            later += 1
        elif day < today:
            overdue += 1
        elif (index := (day - first).days // 7) < WEEKS:
            counts[index] += 1
        else:
            later += 1
    weeks = [Week(first + timedelta(weeks=n), count) for n, count in enumerate(counts)]
    return Load(weeks, overdue, later)


def own_load(actor: Actor) -> Load:
    """The acting shop's open orders by week. One query."""
    rows = sales_of(actor).filter(state__in=IN_HAND).order_by()
    return load_of(rows.values_list("ship_by", flat=True), timezone.localdate())
