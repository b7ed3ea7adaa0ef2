"""Who stopped the work of an order, and in which words."""

from dataclasses import dataclass

from accounts.roles import Side
from marketplace.core.events import facts_of_type
from orders import events
from orders.models import Order
from orders.states import OrderState


@dataclass(frozen=True)
class Hold:
    """A hold as both sides read it: `side` stopped the work, `by` is its name."""

    side: str
    by: str
    reason: str


def hold_of(order: Order) -> Hold | None:
    """Why the order is on hold, None while it is not. One query for an order that is."""
    if order.state != OrderState.ON_HOLD:
        return None
    names = {Side.BUYER: order.buyer_name, Side.MANUFACTURER: order.manufacturer_name}
    said = facts_of_type(order, events.ORDER_HELD, limit=1)
    return Hold(
        side=order.held_by,
        by=names.get(Side(order.held_by), "the platform") if order.held_by else "the platform",
        reason=said[0].data["reason"] if said else "",
    )
