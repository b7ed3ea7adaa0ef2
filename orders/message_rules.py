"""Who writes on an order."""

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.states import WrongState
from orders.models import Order
from orders.queries import side_of

# Both parties read what was written for ever; nobody attaches a whole folder to a sentence.
MOST_FILES = 5


def check_can_write(actor: Actor, order: Order) -> str:
    """The actor's side: the buyer's members who receive or award, the shop's who produce.

    Raises NotFound for a stranger, NotAllowed for a role or for staff, WrongState while the
    manufacturer does not know of the order.
    """
    side = side_of(actor, order)
    if side not in (Side.BUYER, Side.MANUFACTURER):
        raise NotAllowed("Only the two parties of an order write on it.")
    if side == Side.MANUFACTURER:
        actor.check(Permission.PRODUCE)
    elif not actor.may(Permission.AWARD):
        actor.check(Permission.RECEIVE)
    if not order.is_known_to_manufacturer:
        raise WrongState(
            "The manufacturer does not know of this order: the award was not approved. "
            "Write when it is."
        )
    return side


def can_write(actor: Actor, order: Order) -> bool:
    """The same rule for the form."""
    try:
        check_can_write(actor, order)
    except DomainError:
        return False
    return True
