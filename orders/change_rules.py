"""Who may propose, answer, approve and take back a change order."""

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.states import WrongState
from orders.change_states import ALIVE, CHANGE, CHANGEABLE, ChangeState
from orders.models import ChangeOrder, Order
from orders.queries import side_of
from orders.rules import Gate
from orders.states import ProposalState

PROPOSE_CHANGE = Gate(
    (Side.BUYER, Side.MANUFACTURER),
    Permission.AWARD,
    CHANGEABLE,
    "Only the two parties of an order change it.",
    "An order changes from its payment until everything has been shipped, and not while the "
    "platform decides.",
)


def check_nothing_waits(order: Order, side: str, change: ChangeOrder | None = None) -> None:
    """Raise WrongState while another proposal waits. What the buyer has not shown yet holds the
    manufacturer up in nothing."""
    waiting = order.changes.filter(state__in=ALIVE)
    if side == Side.MANUFACTURER or change is not None:
        waiting = waiting.filter(shown_at__isnull=False)
    if change is not None:
        waiting = waiting.exclude(pk=change.pk)
    if waiting.exists() or order.settlements.filter(state=ProposalState.OPEN).exists():
        raise WrongState("A proposal waits for its answer. Answer or take it back first.")


def can_propose(actor: Actor, order: Order) -> bool:
    """The same for the form."""
    try:
        check_nothing_waits(order, PROPOSE_CHANGE.check(actor, order))
    except DomainError:
        return False
    return True


def check_runs(order: Order) -> None:
    """Raise WrongState when the order is past the time for changes, or stands before the
    platform."""
    if order.state not in CHANGEABLE:
        raise WrongState(
            f"{PROPOSE_CHANGE.when} This order is {order.get_state_display().lower()}."
        )


def check_side(actor: Actor, order: Order) -> str:
    """The actor's side when its role may commit it. Raises NotFound or NotAllowed."""
    side = side_of(actor, order)
    if side not in PROPOSE_CHANGE.sides:
        raise NotAllowed(PROPOSE_CHANGE.who)
    actor.check(Permission.AWARD if side == Side.BUYER else Permission.PRODUCE)
    return side


def check_can_answer_change(actor: Actor, order: Order, change: ChangeOrder) -> str:
    """The side that did not propose answers. Raises NotAllowed for the proposer."""
    side = check_side(actor, order)
    if side == change.proposed_by:
        raise NotAllowed("You proposed this yourself, so the other side answers.")
    return side


def check_can_withdraw_change(actor: Actor, order: Order, change: ChangeOrder) -> str:
    """The side that proposed takes it back; the buyer also what it has agreed to and not paid."""
    side = check_side(actor, order)
    unpaid = change.state == ChangeState.ACCEPTED and side == Side.BUYER
    if side != change.proposed_by and not unpaid:
        raise NotAllowed("The side that proposed this takes it back.")
    return side


def check_can_approve_change(actor: Actor, order: Order, change: ChangeOrder) -> str:
    """Somebody of the buyer's who may approve, is named if anybody is, and did not commit it.

    Raises NotFound, NotAllowed or WrongState with a sentence.
    """
    side = side_of(actor, order)
    if side != Side.BUYER or actor.user is None:
        raise NotAllowed("Only people of the buying organization approve what it agrees to.")
    actor.check(Permission.APPROVE)
    if change.state != ChangeState.AWAITING_APPROVAL:
        raise WrongState(
            f"This change order does not wait for an approval: it is "
            f"{change.get_state_display().lower()}. Reload the page to see where it stands."
        )
    if change.buyers_person_id == actor.user.pk:
        raise NotAllowed("You committed your organization to this, so somebody else approves it.")
    if change.approvers and actor.user.public_id not in change.approvers:
        raise NotAllowed("The rule for this amount names other people to decide.")
    return side


def change_moves(actor: Actor, change: ChangeOrder) -> list[str]:
    """What the actor may do to a change order now; buttons come from here."""
    order = change.order
    runs = order.state in CHANGEABLE
    checks = {
        "accept": (check_can_answer_change, "accept_change", runs),
        "approve": (check_can_approve_change, "approve_change", runs),
        "decline": (check_can_answer_change, "decline_change", True),
        "withdraw": (check_can_withdraw_change, "withdraw_change", True),
    }
    side = side_of(actor, order)
    verbs = CHANGE.available(change.state, side)
    if change.state == ChangeState.ACCEPTED:
        verbs = ["withdraw_change"] if "lapse_change" in verbs else []
    if change.state == ChangeState.AWAITING_APPROVAL:
        checks["decline"] = (check_can_approve_change, "decline_change", True)
    found = []
    for name, (check, verb, is_open) in checks.items():
        if verb not in verbs or not is_open:
            continue
        if name == "approve" and change.approvals.filter(person=actor.user).exists():
            continue
        try:
            check(actor, order, change)
        except DomainError:
            continue
        found.append(name)
    return found
