"""Which orders can be ordered again, and what an order of the same price is made of."""

from dataclasses import replace

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.states import WrongState
from orders.actions.placement import LineSnapshot, Terms
from orders.models import Order, OrderLine
from orders.queries import side_of
from orders.states import OrderState

# Key of `Order.terms` that names the order this one repeats.
REPEATS = "reordered_from"
# Before it is paid and after it was cancelled nobody has shown that the price holds.
NOT_REORDERABLE = (
    OrderState.AWAITING_APPROVAL,
    OrderState.AWAITING_PAYMENT,
    OrderState.CANCELLED,
)


def can_reorder(actor: Actor, order: Order) -> bool:
    """Whether to offer the button: the buyer's members who award or write requests."""
    return side_of(actor, order) == Side.BUYER and order.state in reorderable_by(actor)


def reorderable_by(actor: Actor) -> list[str]:
    """The states of a buyer's own orders in which this member is offered to order again."""
    if not (actor.may(Permission.AWARD) or actor.may(Permission.EDIT_RFQS)):
        return []
    return [state for state in OrderState.values if state not in NOT_REORDERABLE]


def check_reorderable(order: Order) -> None:
    """Raises WrongState for an order that was never paid or was cancelled."""
    if order.state in NOT_REORDERABLE:
        raise WrongState(
            "An order can be placed again once it is paid. "
            f"This order is {order.get_state_display().lower()}."
        )


def repeats_of(order: Order) -> int:
    """How many orders repeat this one. One query."""
    return Order.objects.filter(
        buyer_id=order.buyer_id, **{f"terms__{REPEATS}": order.public_id}
    ).count()


def line_again(line: OrderLine, quantity: int | None = None) -> LineSnapshot:
    """The same line at the same unit price, in `quantity` (the line's own unless said).

    Setup, documents and inspections are paid again; tooling was paid once and exists.
    """
    return LineSnapshot(
        part_revision=line.part_revision,
        process=line.process,
        material=line.material,
        finish=line.finish,
        tolerance=line.tolerance,
        quantity=quantity or line.quantity,
        unit_price=line.unit_price,
        lead_time_days=line.lead_time_days,
        setup_minor=line.setup_minor,
        charges=[(charge["name"], charge["amount_minor"]) for charge in line.charges],
        alternate=line.alternate,
        notes=line.notes,
    )


def terms_again(order: Order, po_number: str) -> Terms:
    """The same terms; the new order says which one it repeats."""
    terms = Terms(
        title=order.title,
        currency=order.currency,
        incoterm=order.incoterm,
        ship_to=order.ship_to,
        freight_minor=order.freight_minor,
        notes=order.notes,
        exceptions=order.exceptions,
        agreed={**order.terms, REPEATS: order.public_id},
        rfq_id=order.rfq_id,
        rfq_reference=order.rfq_reference,
        quote_id=order.quote_id,
        quote_reference=order.quote_reference,
        quote_number=order.quote_number,
    )
    return replace(terms, po_number=po_number.strip()[:60])
