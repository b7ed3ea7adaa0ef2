"""What a buyer's orders say about how it pays, in numbers without names."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from marketplace.core.models import Event
from orders.actions.placement import UNPAID
from orders.events import ORDER_CANCELLED
from orders.models import Order


@dataclass(frozen=True)
class Paying:
    """Orders paid within their time, and those that ended because they were not."""

    paid: int = 0
    lapsed: int = 0

    @property
    def due(self) -> int:
        """Orders that were to be paid and whose time is over or that are paid."""
        return self.paid + self.lapsed


def paying_of(organization_id: int, *, but_request: str = "") -> Paying:
    """Of all orders of a buyer, those of the request `but_request` (public id) left out. One query.

    An order has a day to ship by once it is paid, and is cancelled by the timer when it is not
    paid by `payment_due_at`, so a paid order was paid in time.
    """
    ended = Event.objects.filter(
        subject=OuterRef("public_id"),
        type=ORDER_CANCELLED.name,
        actor_id="",
        data__reason=UNPAID,
    )
    found = (
        Order.objects.filter(buyer=organization_id)
        .exclude(rfq_id=but_request)
        .annotate(ended_unpaid=Exists(ended))
        .aggregate(
            paid=Count("pk", filter=Q(ship_by__isnull=False)),
            lapsed=Count("pk", filter=Q(ship_by__isnull=True, ended_unpaid=True)),
        )
    )
    return Paying(found["paid"], found["lapsed"])
