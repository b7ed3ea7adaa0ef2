"""What happens to orders on which day: entries of the calendar page and of its feed."""

from calendar import Calendar
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from orders.milestones import BY_HAND, OPEN
from orders.models import CalendarFeed, Milestone, Nonconformance, Order, Settlement, Shipment
from orders.promise import TRANSIT_DAYS
from orders.queries import IN_HAND, purchases_of, sales_of
from orders.states import N_ALIVE, RUNNING, MilestoneState, OrderState, ProposalState

MILESTONE, SHIP, DELIVERY, ANSWER = "milestone", "ship", "delivery", "answer"
KINDS: Mapping[str, str] = {
    MILESTONE: "Milestones",
    SHIP: "Days to ship",
    DELIVERY: "Deliveries expected",
    ANSWER: "Answers due",
}
# Of one kind; more in one month nobody reads from a calendar.
MOST = 500
OLDEST, NEWEST = 2000, 2200
Span = tuple[date, date]


@dataclass(frozen=True)
class Entry:
    """One thing on one day. `room` is the page of the order it leads to (`orders/rooms.py`);
    `uid` is the same for the same thing, however often its day moves."""

    day: date
    kind: str
    label: str
    order: Order
    side: str
    room: str
    uid: str
    is_late: bool = False


def read_month(text: str, today: date) -> date:
    """The first day of a month as it stands in the address ("2026-11"); this month for junk."""
    try:
        found = datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return today.replace(day=1)
    return found if OLDEST <= found.year < NEWEST else today.replace(day=1)


def weeks_of(month: date) -> list[list[date]]:
    """The weeks of a month from Monday on, with the days of its neighbors that fill them."""
    return Calendar().monthdatescalendar(month.year, month.month)


def entries_of(actor: Actor, side: str, span: Span) -> list[Entry]:
    """Everything of the acting organization's orders on one side from the first to the last day of
    `span`, by day. Seven queries for any number."""
    orders = purchases_of(actor) if side == Side.BUYER else sales_of(actor)
    orders = orders.order_by()
    today = timezone.localdate()
    found = [entry for read in READERS for entry in read(orders, side, span, today)]
    return sorted(found, key=lambda entry: (entry.day, entry.order.pk, entry.uid))


def _moments(span: Span) -> tuple[datetime, datetime]:
    """From the first moment of the span to the last, in the platform's time zone."""
    first, last = span
    zone = timezone.get_current_timezone()
    begin = datetime.combine(first, time.min, zone)
    return begin, datetime.combine(last, time.max, zone)


def _rows(rows: QuerySet[Any], orders: QuerySet[Order], **when: Any) -> list[Any]:
    return list(rows.filter(order__in=orders, **when).select_related("order").order_by("pk")[:MOST])


def _milestones(orders: QuerySet[Order], side: str, span: Span, today: date) -> Iterator[Entry]:
    # The shipment is the order's day to ship; an acceptance whose time runs is an answer.
    rows = Milestone.objects.filter(
        state__in=[*OPEN, MilestoneState.SUBMITTED],
        order__state__in=[*RUNNING, OrderState.ON_HOLD, OrderState.SHIPPED],
    ).exclude(kind=Milestone.Kind.SHIPMENT)
    for row in _rows(rows, orders, due_on__range=span):
        is_open = row.state in OPEN
        label = (
            f"{row.get_kind_display()} due" if is_open else f"{row.get_kind_display()} in review"
        )
        late = is_open and row.due_on < today
        yield Entry(
            row.due_on, MILESTONE, label, row.order, side, "order_milestones", row.public_id, late
        )


def _days_to_ship(orders: QuerySet[Order], side: str, span: Span, today: date) -> Iterator[Entry]:
    rows = orders.filter(state__in=[*IN_HAND, OrderState.ON_HOLD], ship_by__range=span)
    for order in rows.order_by("pk")[:MOST]:
        if order.ship_by is not None:
            uid, late = f"{order.public_id}-ship", order.ship_by < today
            yield Entry(order.ship_by, SHIP, "Ship by", order, side, "order_detail", uid, late)


def _deliveries(orders: QuerySet[Order], side: str, span: Span, today: date) -> Iterator[Entry]:
    travel = timedelta(days=TRANSIT_DAYS)
    sent = _moments((span[0] - travel, span[1] - travel))
    rows = Shipment.objects.filter(delivered_at=None)
    for row in _rows(rows, orders, shipped_at__range=sent):
        day = timezone.localdate(row.shipped_at) + travel
        label = f"Shipment {row.number} expected"
        yield Entry(day, DELIVERY, label, row.order, side, "order_shipments", row.public_id)


def _answers(orders: QuerySet[Order], side: str, span: Span, today: date) -> Iterator[Entry]:
    when = _moments(span)

    def entry(at: datetime, label: str, order: Order, room: str, uid: str) -> Entry:
        return Entry(timezone.localdate(at), ANSWER, label, order, side, room, f"{uid}-answer")

    for row in _rows(
        Milestone.objects.filter(state=MilestoneState.SUBMITTED, kind__in=BY_HAND),
        orders,
        answer_by__range=when,
    ):
        label = f"Answer to {row.get_kind_display().lower()}"
        yield entry(row.answer_by, label, row.order, "order_milestones", row.public_id)
    for row in _rows(
        Nonconformance.objects.filter(state__in=N_ALIVE), orders, respond_by__range=when
    ):
        label = f"Answer in {row.reference}"
        yield entry(row.respond_by, label, row.order, "order_problems", row.public_id)
    for row in _rows(
        Settlement.objects.filter(state=ProposalState.OPEN), orders, answer_by__range=when
    ):
        label = "Answer to the proposal to end it"
        yield entry(row.answer_by, label, row.order, "order_problems", row.public_id)
    accepting = orders.filter(state=OrderState.DELIVERED, accept_by__range=when)
    for order in accepting.order_by("pk")[:MOST]:
        if order.accept_by is not None:
            label = "Accept the parts"
            yield entry(order.accept_by, label, order, "order_detail", order.public_id)


Reader = Callable[[QuerySet[Order], str, Span, date], Iterator[Entry]]
READERS: tuple[Reader, ...] = (_milestones, _days_to_ship, _deliveries, _answers)


def feed_of(actor: Actor) -> CalendarFeed | None:
    """The person's living address for the acting organization; its secret is not kept."""
    rows = CalendarFeed.objects.filter(user=actor.user, organization=actor.organization)
    return rows.filter(revoked_at=None).first()
