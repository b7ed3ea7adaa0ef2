"""A shop's own load: open orders by the week they have to ship in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from accounts.actor import Actor
from orders.models import Order
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


# --- the page: orders and pieces by week ----------------------------------------------------------
OVERDUE, LATER = "overdue", "later"


@dataclass(frozen=True)
class WeekLoad:
    """One row: `week` stands in the address (a Monday as ISO date, OVERDUE or LATER)."""

    week: str
    starts: date | None
    orders: int
    pieces: int


def read_week(text: str, today: date) -> str:
    """A week of the address: OVERDUE, LATER, or the Monday of one of the next WEEKS; "" for
    anything else."""
    mondays = [day.isoformat() for day in _mondays(today)]
    return text if text in (OVERDUE, LATER, *mondays) else ""


def _mondays(today: date) -> list[date]:
    first = today - timedelta(days=today.weekday())
    return [first + timedelta(weeks=n) for n in range(WEEKS)]


def _week_of(day: date | None, today: date) -> str:
    if day is None:
        return LATER
    if day < today:
        return OVERDUE
    monday = day - timedelta(days=day.weekday())
    return monday.isoformat() if monday in _mondays(today) else LATER


def load_by_week(actor: Actor, today: date) -> list[WeekLoad]:
    """Open orders and their pieces: what is overdue, the next WEEKS weeks, and what lies beyond
    or has no day yet. What has left already of an order is not counted off. One query."""
    rows = sales_of(actor).filter(state__in=IN_HAND).order_by()
    counted = rows.annotate(pieces=Sum("lines__quantity", default=0))
    names = [OVERDUE, *(day.isoformat() for day in _mondays(today)), LATER]
    orders, pieces = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for day, count in counted.values_list("ship_by", "pieces"):
        week = _week_of(day, today)
        orders[week] += 1
        pieces[week] += count
    starts = {day.isoformat(): day for day in _mondays(today)}
    return [WeekLoad(name, starts.get(name), orders[name], pieces[name]) for name in names]


def orders_of_week(actor: Actor, week: str, today: date) -> QuerySet[Order]:
    """The open orders of one row of the load; `week` as `read_week` gives it."""
    rows = sales_of(actor).filter(state__in=IN_HAND)
    rows = rows.annotate(pieces=Sum("lines__quantity", default=0))
    if week == OVERDUE:
        return rows.filter(ship_by__lt=today)
    last = _mondays(today)[-1] + timedelta(days=6)
    if week == LATER:
        return rows.filter(Q(ship_by=None) | Q(ship_by__gt=last))
    first = date.fromisoformat(week)
    return rows.filter(ship_by__range=(max(first, today), first + timedelta(days=6)))
