"""Who may do what to an order, beyond the table of moves."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.states import WrongState, check_move
from marketplace.core.templatetags.formats import plain_day
from orders.models import ApprovalRequest, Nonconformance, Order, Settlement, Shipment
from orders.queries import side_of
from orders.states import (
    DISPUTABLE,
    N_ENDED,
    NONCONFORMANCE,
    ORDER,
    RECEIVING,
    RUNNING,
    SHIPPING,
    OrderState,
)

# The permission each verb of the table asks of a member. Verbs that are missing here have no
# button: the system does them, or a screen of their own.
PERMISSION_OF = {
    "confirm_order": Permission.PRODUCE,
    "start_production": Permission.PRODUCE,
    "finish_production": Permission.PRODUCE,
    "fail_quality_check": Permission.PRODUCE,
    "pass_quality_check": Permission.PRODUCE,
    "submit_first_article": Permission.PRODUCE,
    "approve_first_article": Permission.RECEIVE,
    "reject_first_article": Permission.RECEIVE,
    "ship_part": Permission.PRODUCE,
    "ship_order": Permission.PRODUCE,
    "confirm_delivery": Permission.RECEIVE,
    "accept_order": Permission.RECEIVE,
    "judge_goods": Permission.RECEIVE,
    "hold_order": Permission.AWARD,
    "resume_order": Permission.AWARD,
    "settle_order": Permission.AWARD,
    "cancel_order": Permission.AWARD,
    "approve_award": Permission.APPROVE,
    "reject_award": Permission.APPROVE,
}
DECISIONS = ("approve_award", "reject_award")
# What binds the buyer to goods and money: staff on a visit leave it to the buyer's own people.
BINDING = ("approve_first_article", "accept_order")
NOT_ON_A_VISIT = "Staff who act for a customer accept no goods and release no money. Its people do."
REPORTABLE = (
    OrderState.CONFIRMED,
    OrderState.IN_PRODUCTION,
    OrderState.FIRST_ARTICLE_REVIEW,
    OrderState.QUALITY_CHECK,
    OrderState.READY_TO_SHIP,
)
RAISABLE = (*DISPUTABLE, OrderState.ON_HOLD, OrderState.DISPUTED)
INSPECTABLE = (
    OrderState.CONFIRMED,
    OrderState.IN_PRODUCTION,
    OrderState.FIRST_ARTICLE_REVIEW,
    OrderState.QUALITY_CHECK,
    OrderState.READY_TO_SHIP,
    OrderState.PARTLY_SHIPPED,
)
# Shipments may be on their way, also while the order stands still.
TRAVELLING = (*SHIPPING, OrderState.ON_HOLD, OrderState.DISPUTED)
# A buyer attaches its own purchase order from the approval to the end.
ATTACHABLE = tuple(
    state
    for state in OrderState
    if state not in (OrderState.AWAITING_APPROVAL, OrderState.CLOSED, OrderState.CANCELLED)
)
REVIEWABLE = (OrderState.ACCEPTED, OrderState.CLOSED)
# What travels for a problem may do so long after the order itself was delivered.
AFTERWARDS = (*TRAVELLING, OrderState.DELIVERED, *REVIEWABLE)


def available_moves(actor: Actor, order: Order) -> list[str]:
    """The verbs the actor's side and role may use on the order now; buttons come from here."""
    side = side_of(actor, order)
    verbs = ORDER.available(order.state, side)
    allowed = [v for v in verbs if v in PERMISSION_OF and actor.may(_permission(v, side))]
    if order.state == OrderState.ON_HOLD and not _may_resume(side, order):
        allowed.remove("resume_order")
    if "accept_order" in allowed and order.nonconformances.exclude(state__in=N_ENDED).exists():
        allowed.remove("accept_order")
    if actor.visit is not None:
        allowed = [v for v in allowed if v not in BINDING]
    return [v for v in allowed if v not in DECISIONS or can_decide(actor, order)]


def check_can(verb: str, actor: Actor, order: Order) -> str:
    """The actor's side when its role allows `verb`. Raises NotFound or NotAllowed."""
    side = side_of(actor, order)
    actor.check(_permission(verb, side))
    if actor.visit is not None and verb in BINDING:
        raise NotAllowed(NOT_ON_A_VISIT)
    if verb == "resume_order" and not _may_resume(side, order):
        raise NotAllowed("The other side stopped the work, so it lets it go on.")
    return side


def _may_resume(side: str, order: Order) -> bool:
    return side in (Side.STAFF, Side.SYSTEM, order.held_by)


def _permission(verb: str, side: str) -> str:
    """The permission a verb asks; a shop does everything with the right to produce."""
    if side == Side.MANUFACTURER:
        return Permission.PRODUCE
    return PERMISSION_OF[verb]


@dataclass(frozen=True)
class Gate:
    """An act outside the table of moves: the sides, the buyer's role and the states it is open to.

    A shop does everything with the right to produce. `who` and `when` are the sentences for
    whoever stands before it closed.
    """

    sides: tuple[str, ...]
    permission: str
    states: tuple[OrderState, ...]
    who: str
    when: str
    binds: bool = False

    def check(self, actor: Actor, order: Order) -> str:
        """The actor's side. Raises NotFound, NotAllowed or WrongState."""
        side = side_of(actor, order)
        if side not in self.sides:
            raise NotAllowed(self.who)
        if side != Side.STAFF:
            actor.check(self._role(side))
        if self.binds and actor.visit is not None:
            raise NotAllowed(NOT_ON_A_VISIT)
        if order.state not in self.states:
            raise WrongState(f"{self.when} This order is {order.get_state_display().lower()}.")
        return side

    def is_open(self, actor: Actor, order: Order) -> bool:
        """The same rule for buttons and forms."""
        side = side_of(actor, order)
        may = side == Side.STAFF or actor.may(self._role(side))
        may = may and not (self.binds and actor.visit is not None)
        return side in self.sides and may and order.state in self.states

    def _role(self, side: str) -> str:
        return Permission.PRODUCE if side == Side.MANUFACTURER else self.permission


BOTH = (Side.BUYER, Side.MANUFACTURER)
REPORT = Gate(
    (Side.MANUFACTURER,),
    Permission.PRODUCE,
    REPORTABLE,
    "Only the manufacturer reports production.",
    "Production is reported from the confirmation until the parts ship.",
)
RECEIVE_SHIPMENT = Gate(
    (Side.BUYER,),
    Permission.RECEIVE,
    TRAVELLING,
    "The buyer confirms that a shipment arrived.",
    "Deliveries are confirmed from the first shipment until the goods are delivered.",
)
TRACK = Gate(
    (Side.MANUFACTURER, Side.STAFF),
    Permission.PRODUCE,
    TRAVELLING,
    "The manufacturer keeps the tracking of its shipments.",
    "Tracking changes while parts travel.",
)
RECEIVE_REMEDY = Gate(
    (Side.BUYER,),
    Permission.RECEIVE,
    AFTERWARDS,
    "The buyer confirms that a replacement arrived.",
    "A replacement is confirmed while the order or a claim about it runs.",
)
RECEIVE_RETURN = Gate(
    (Side.MANUFACTURER,),
    Permission.PRODUCE,
    AFTERWARDS,
    "The manufacturer confirms that returned pieces arrived.",
    "A return is confirmed while the order or a claim about it runs.",
)
TRACK_REMEDY = Gate(
    (Side.MANUFACTURER, Side.STAFF),
    Permission.PRODUCE,
    AFTERWARDS,
    "The manufacturer keeps the tracking of what it sends.",
    "Tracking changes while parts travel.",
)
TRACK_RETURN = Gate(
    (Side.BUYER, Side.STAFF),
    Permission.RECEIVE,
    AFTERWARDS,
    "The buyer keeps the tracking of what it sends back.",
    "Tracking changes while parts travel.",
)
JUDGE = Gate(
    (Side.BUYER,),
    Permission.RECEIVE,
    RECEIVING,
    "The buyer judges what arrived.",
    "Pieces are judged from the first that arrive until the goods are accepted.",
    binds=True,
)
CLAIM = Gate(
    (Side.BUYER,),
    Permission.RECEIVE,
    REVIEWABLE,
    "The buyer claims hidden defects.",
    "Hidden defects are claimed once the goods are accepted.",
)
EVIDENCE = Gate(
    (*BOTH, Side.STAFF),
    Permission.RECEIVE,
    tuple(OrderState),
    "The two parties of an order and the platform ask for its evidence.",
    "Evidence is there from the order on.",
)
INSPECT = Gate(
    (Side.MANUFACTURER,),
    Permission.PRODUCE,
    INSPECTABLE,
    "The manufacturer writes down what it measured.",
    "Quality is recorded from the confirmation until everything has been shipped.",
)
SUBMIT_MILESTONE = Gate(
    (Side.MANUFACTURER,),
    Permission.PRODUCE,
    RUNNING,
    "The manufacturer submits milestones with their evidence.",
    "Milestones are submitted while the order is made, from its confirmation on.",
)
DECIDE_MILESTONE = Gate(
    (Side.BUYER,),
    Permission.RECEIVE,
    DISPUTABLE,
    "The buyer decides on milestones.",
    "Milestones are decided on from the confirmation until the goods are accepted.",
    binds=True,
)
ATTACH_PURCHASE_ORDER = Gate(
    (Side.BUYER,),
    Permission.AWARD,
    ATTACHABLE,
    "The buyer attaches its purchase order.",
    "A purchase order is attached once the award is approved and until the order ends.",
)
WRITE_REVIEW = Gate(
    BOTH,
    Permission.RECEIVE,
    REVIEWABLE,
    "Only the two parties of an order review each other.",
    "Reviews open when the goods are accepted.",
)
RAISE_PROBLEM = Gate(
    (Side.BUYER,),
    Permission.RECEIVE,
    RAISABLE,
    "The buyer raises problems with an order; you can ask the platform.",
    "A problem is raised while the order runs, from its confirmation to its acceptance.",
)
ASK_PLATFORM = Gate(
    BOTH,
    Permission.RECEIVE,
    RAISABLE,
    "Only the two parties of an order ask the platform to decide.",
    "The platform decides while an order runs, from its confirmation to its acceptance.",
)


GATES_OF = {
    Shipment.Purpose.ORDER: (RECEIVE_SHIPMENT, TRACK),
    Shipment.Purpose.REPLACEMENT: (RECEIVE_REMEDY, TRACK_REMEDY),
    Shipment.Purpose.RETURN: (RECEIVE_RETURN, TRACK_RETURN),
}


def receive_gate(shipment: Shipment) -> Gate:
    """Who says that a shipment arrived, and when."""
    return GATES_OF[Shipment.Purpose(shipment.purpose)][0]


def track_gate(shipment: Shipment) -> Gate:
    """Who keeps the tracking of a shipment, and when."""
    return GATES_OF[Shipment.Purpose(shipment.purpose)][1]


def can_claim(actor: Actor, order: Order) -> bool:
    """Whether a hidden defect can be claimed now: the same rule as `check_can_claim`."""
    return CLAIM.is_open(actor, order) and _in_time(order)


def check_can_claim(actor: Actor, order: Order) -> str:
    """The buyer's side, within the time after the acceptance. Raises NotFound, NotAllowed,
    WrongState."""
    side = CLAIM.check(actor, order)
    if not _in_time(order):
        until = f" until {plain_day(order.claim_by)}" if order.claim_by else ""
        raise WrongState(f"Hidden defects of this order could be claimed{until}.")
    return side


def _in_time(order: Order) -> bool:
    return order.claim_by is not None and order.claim_by > timezone.now()


def can_review(actor: Actor, order: Order) -> bool:
    """Whether the form is shown: False once this side has written."""
    side = side_of(actor, order)
    written = any(review.side == side for review in order.reviews.all())
    return not written and WRITE_REVIEW.is_open(actor, order)


def check_can_decide(actor: Actor, order: Order) -> ApprovalRequest:
    """The actor may approve or reject this award: in time, by role, named, and not their own.

    Raises NotFound, NotAllowed or WrongState with a sentence.
    """
    side = side_of(actor, order)
    if side != Side.BUYER or actor.user is None:
        raise NotAllowed("Only people of the buying organization decide on its awards.")
    actor.check(Permission.APPROVE)
    check_move(order, ORDER, "approve_award", by=side)
    approval = order.approval
    if approval.requested_by_id == actor.user.pk:
        raise NotAllowed("You accepted this quote yourself, so somebody else approves it.")
    named = list(approval.approvers.all())
    if named and actor.user not in named:
        names = ", ".join(person.name for person in named)
        raise NotAllowed(f"The rule for this amount names who decides: {names}.")
    return approval


def can_decide(actor: Actor, order: Order) -> bool:
    """The same rule for buttons; False once this person has decided."""
    try:
        approval = check_can_decide(actor, order)
    except DomainError:
        return False
    return all(decision.person_id != actor.user.pk for decision in approval.decisions.all())  # type: ignore[union-attr]


def may_act_in_problem(actor: Actor, order: Order) -> bool:
    """Whether the actor's role may act on problems of this order at all."""
    side = side_of(actor, order)
    return actor.may(Permission.RECEIVE if side == Side.BUYER else Permission.PRODUCE)


def check_can_in_problem(actor: Actor, order: Order) -> str:
    """The actor's side, when its role may act on problems; the table of moves says which acts."""
    side = side_of(actor, order)
    if side in (Side.BUYER, Side.MANUFACTURER):
        actor.check(Permission.RECEIVE if side == Side.BUYER else Permission.PRODUCE)
    return side


def problem_moves(actor: Actor, problem: Nonconformance) -> list[str]:
    """The verbs the actor's side and role may use on a problem now."""
    side = side_of(actor, problem.order)
    if not may_act_in_problem(actor, problem.order):
        return []
    verbs = NONCONFORMANCE.available(problem.state, side)
    if "agree_nonconformance" in verbs:
        # Taking an offer settles it or not, by what was offered: one button.
        verbs.remove("resolve_nonconformance")
    return verbs


def check_can_answer(actor: Actor, order: Order, proposal: Settlement) -> str:
    """The side that did not propose answers. Raises NotAllowed for the proposer."""
    side = check_can("settle_order", actor, order)
    if side == proposal.proposed_by:
        raise NotAllowed("You proposed this yourself, so the other side answers.")
    return side


def check_can_take_back(actor: Actor, order: Order, proposal: Settlement) -> str:
    """The side that proposed takes it back."""
    side = check_can("settle_order", actor, order)
    if side != proposal.proposed_by:
        raise NotAllowed("The side that proposed this takes it back.")
    return side


def check_is_staff(actor: Actor) -> None:
    """Only the platform's own people decide between two parties."""
    if not actor.is_staff:
        raise NotAllowed("The platform's staff decide this.")
