"""What a buyer's orders say about how it pays, in numbers without names."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.actor import Actor
from marketplace.core.models import Event
from orders.actions.placement import UNPAID
from orders.events import ORDER_CANCELLED
from orders.models import Order
from orders.queries import purchases_of


@dataclass(frozen=True)
class Paying:
    """Orders paid within their time, and those that ended because they were not."""

    paid: int = 0
    lapsed: int = 0

    @property
    def due(self) -> int:
        """Orders that were to be paid and whose time is over or that are paid."""
        return self.paid + self.lapsed


_PAID = Q(ship_by__isnull=False)
_LAPSED = Q(ship_by__isnull=True, ended_unpaid=True)
# What a buyer can look into: name in the address -> (what it lists, the condition).
BEHIND: dict[str, tuple[str, Q]] = {
    "paid": ("Orders paid within their time", _PAID),
    "unpaid": ("Orders that ended because they were not paid in time", _LAPSED),
}


def paying_of(organization_id: int, *, but_request: str = "") -> Paying:
    """Of all orders of a buyer, those of the request `but_request` (public id) left out. One query.

    An order has a day to ship by once it is paid, and is cancelled by the timer when it is not
    paid by `payment_due_at`, so a paid order was paid in time.
    """
    rows = _marked(Order.objects.filter(buyer=organization_id))
    if but_request:
        rows = rows.exclude(rfq_id=but_request)
    found = rows.aggregate(
        paid=Count("pk", filter=_PAID),
        lapsed=Count("pk", filter=_LAPSED),
    )
    return Paying(found["paid"], found["lapsed"])


def purchases_behind(actor: Actor, figure: str) -> QuerySet[Order]:
    """The acting buyer's own orders behind a figure of BEHIND."""
    return _marked(purchases_of(actor)).filter(BEHIND[figure][1])


def _marked(rows: QuerySet[Order]) -> QuerySet[Order]:
    ended = Event.objects.filter(
        subject=OuterRef("public_id"),
        type=ORDER_CANCELLED.name,
        actor_id="",
        data__reason=UNPAID,
    )
    return rows.annotate(ended_unpaid=Exists(ended))
