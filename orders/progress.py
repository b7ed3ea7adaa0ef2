"""How far the pieces of an order are: ordered, shipped, delivered, judged."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, Sum

from orders.models import Order, OrderLine, Shipment


@dataclass(frozen=True)
class Progress:
    """Pieces of one line. What is replaced later is not counted twice: `shipped` and `delivered`
    count the pieces of the order, without replacements and returns. `of` is how many are due where
    that is not the whole line: the pieces of a problem."""

    line: OrderLine
    shipped: int
    delivered: int
    of: int = 0

    @property
    def ordered(self) -> int:
        """What the contract says, or what was agreed for a problem."""
        return self.of or self.line.quantity

    @property
    def to_ship(self) -> int:
        """Still with the manufacturer."""
        return self.ordered - self.shipped


def progress_of(order: Order) -> list[Progress]:
    """Every line in order, two queries for any number of lines and shipments."""
    ordered = Q(shipped__shipment__purpose=Shipment.Purpose.ORDER)
    arrived = ordered & Q(shipped__shipment__delivered_at__isnull=False)
    lines = order.lines.annotate(
        shipped_count=Sum("shipped__quantity", filter=ordered, default=0),
        delivered_count=Sum("shipped__quantity", filter=arrived, default=0),
    )
    return [Progress(line, line.shipped_count, line.delivered_count) for line in lines]


def everything_shipped(progress: Iterable[Progress]) -> bool:
    """Nothing is left with the manufacturer."""
    return all(line.to_ship == 0 for line in progress)
