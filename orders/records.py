"""What a shop's orders say about it: counts of the period, and the orders behind each."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from accounts.actor import Actor
from marketplace.directory.models.scorecard import first_day
from orders.models import Nonconformance, Order, OrderLine, Shipment
from orders.queries import sales_of
from orders.states import NonconformanceState, OrderState
from orders.workload import IN_HAND

# The buyer decided on the goods.
DECIDED = (OrderState.ACCEPTED, OrderState.CLOSED)
_SHIPPED = Q(last_shipped__isnull=False) & ~Q(state__in=IN_HAND)
_ON_TIME = _SHIPPED & Q(last_shipped__date__lte=F("ship_by"))
# The platform was asked to decide, and has or has not yet.
_DISPUTED = Q(state=OrderState.DISPUTED) | Q(was_decided=True)


@dataclass(frozen=True)
class OrderFigures:
    """Counts of orders and pieces; the names are columns of the directory's Scorecard."""

    due_orders: int
    on_time_orders: int
    shipped_orders: int
    disputed_orders: int
    decided_orders: int
    delivered_pieces: int
    accepted_pieces: int


def order_figures_of(organization_id: int, today: date) -> dict[str, int]:
    """Of the orders whose promised day is in the period that ends today. Two queries.

    An order that has not shipped counts as due once its promised day is over; one that was
    cancelled before it shipped does not count. Of several shipments the last one counts.
    """
    rows = _period(Order.objects.filter(manufacturer_id=organization_id), today)
    counted = rows.aggregate(
        due=Count("pk", filter=_due(today)),
        on_time=Count("pk", filter=_ON_TIME),
        shipped=Count("pk", filter=_SHIPPED),
        disputed=Count("pk", filter=_DISPUTED),
        decided=Count("pk", filter=Q(state__in=DECIDED)),
    )
    delivered, accepted = pieces_of(rows.filter(state__in=DECIDED))
    return asdict(
        OrderFigures(
            due_orders=counted["due"],
            on_time_orders=counted["on_time"],
            shipped_orders=counted["shipped"],
            disputed_orders=counted["disputed"],
            decided_orders=counted["decided"],
            delivered_pieces=delivered,
            accepted_pieces=accepted,
        )
    )


def pieces_of(decided: QuerySet[Order]) -> tuple[int, int]:
    """(pieces delivered, pieces accepted) of orders the buyer decided on. One query.

    A piece the buyer rejected counts as not accepted, also when it was put right later, and so
    does one with a hidden defect that was claimed after the acceptance; one whose rejection or
    claim was withdrawn counts as good. A piece counts once, however often it was claimed.
    """
    orders = decided.order_by().values("pk")
    problems = Nonconformance.objects.filter(line=OuterRef("pk"))
    problems = problems.exclude(state=NonconformanceState.WITHDRAWN).order_by()
    rejected = problems.values("line").annotate(pieces=Sum("quantity")).values("pieces")
    counted = (
        OrderLine.objects.filter(order__in=orders)
        .annotate(rejected=Least(F("quantity"), Coalesce(Subquery(rejected), 0)))
        .aggregate(pieces=Sum("quantity", default=0), bad=Sum("rejected", default=0))
    )
    return counted["pieces"], counted["pieces"] - counted["bad"]


# What a shop can look into: name in the address -> (what it lists, the condition).
BEHIND: dict[str, tuple[str, Callable[[date], Q]]] = {
    "due": ("Orders that shipped or are late", lambda today: _due(today)),
    "on-time": ("Shipped on or before the promised day", lambda _: _ON_TIME),
    "late": (
        "Shipped after the promised day, or not shipped yet",
        lambda today: _due(today) & ~_ON_TIME,
    ),
    "decided": ("Orders whose goods the buyer decided on", lambda _: Q(state__in=DECIDED)),
    "shipped": ("Orders that shipped", lambda _: _SHIPPED),
    "disputed": ("Disputed orders", lambda _: _DISPUTED),
}


def orders_behind(actor: Actor, figure: str) -> QuerySet[Order]:
    """The acting shop's own orders behind a figure of BEHIND, as it counts them today."""
    today = timezone.localdate()
    return _period(sales_of(actor), today).filter(BEHIND[figure][1](today))


def _period(rows: QuerySet[Order], today: date) -> QuerySet[Order]:
    shipments = Shipment.objects.filter(order=OuterRef("pk"), purpose=Shipment.Purpose.ORDER)
    shipments = shipments.order_by("-shipped_at")
    last = Subquery(shipments.values("shipped_at")[:1])
    at_platform = Nonconformance.objects.filter(order=OuterRef("pk")).filter(
        Q(state=NonconformanceState.ESCALATED) | ~Q(decision="")
    )
    return rows.filter(ship_by__gte=first_day(today)).annotate(
        last_shipped=last, was_decided=Exists(at_platform)
    )


def _due(today: date) -> Q:
    return _SHIPPED | Q(state__in=IN_HAND, ship_by__lt=today)
