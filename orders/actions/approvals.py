"""An award that needs more than one pair of eyes: asked, approved, rejected, dropped."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.approvals import Need
from accounts.models import Membership, User
from accounts.queries import approvers_for
from accounts.roles import BUNDLES, Permission, Side
from marketplace.core.errors import Conflict, DomainError
from marketplace.core.events import record
from marketplace.core.states import move
from orders import events
from orders.models import ApprovalDecision, ApprovalRequest, Order
from orders.queries import lock_order
from orders.rules import check_can_decide
from orders.states import MILESTONE, ORDER

APPROVED, REJECTED = ApprovalDecision.Verdict.APPROVED, ApprovalDecision.Verdict.REJECTED


def ask_for_approval(*, actor: Actor, order: Order, need: Need) -> ApprovalRequest:
    """Write down what a new order waits for. Called by `place_order`, in its transaction.

    Raises DomainError when the people who could approve are too few, with what to do about it.
    """
    assert actor.user is not None  # an award is made by a person
    able = approvers_for(order.buyer, need.approvers, actor.user)
    if len(able) < need.approvals:
        raise DomainError(too_few(order, need, able, actor.user), code="no_approver")
    request = ApprovalRequest.objects.create(
        order=order, needed=need.approvals, requested_by=actor.user, reason=need.reason[:400]
    )
    if need.approvers:
        request.approvers.set(able)
    record(
        events.APPROVAL_REQUESTED,
        order,
        actor=actor,
        visible_to=[order.buyer],
        total=str(order.total),
        total_minor=order.total_minor,
        currency=order.currency,
        needed=in_people(need.approvals),
        why=need.reason,
    )
    return request


@transaction.atomic
def approve_award(*, actor: Actor, public_id: str, reason: str = "") -> Order:
    """Approve once; the last approval needed makes the order count.

    From then on the manufacturer knows of it and the time to pay runs. Saying the same twice is
    saying it once. Raises NotFound, NotAllowed, WrongState or Conflict with a sentence.
    """
    order = lock_order(public_id)
    request = check_can_decide(actor, order)
    if not _decide(request, actor, APPROVED, reason.strip()):
        return order
    given = len(request.approvals)
    record(
        events.APPROVAL_GIVEN,
        order,
        actor=actor,
        visible_to=[order.buyer],
        given=given,
        needed=request.needed,
        note=f": {reason.strip()}" if reason.strip() else "",
    )
    if given >= request.needed:
        _conclude(order, request, actor)
    return order


@transaction.atomic
def reject_award(*, actor: Actor, public_id: str, reason: str) -> Order:
    """Say no, with a reason: one rejection ends the order. The request can be awarded anew.

    Raises DomainError without a reason, else as `approve_award`.
    """
    order = lock_order(public_id)
    request = check_can_decide(actor, order)
    if not reason.strip():
        raise DomainError(
            "Say why, so that your colleague understands.", fields={"reason": "Say why."}
        )
    _decide(request, actor, REJECTED, reason.strip())
    move(order, ORDER, "reject_award", by=Side.BUYER)
    for milestone in order.milestones.all():
        move(milestone, MILESTONE, "cancel_milestone", by=Side.SYSTEM)
    record(
        events.AWARD_REJECTED,
        order,
        actor=actor,
        visible_to=[order.buyer],
        reason=reason.strip()[:400],
    )
    return order


def record_placed(order: Order, actor: Actor) -> None:
    """The order counts: both parties hear of it, and payments asks for the money."""
    record(
        events.ORDER_PLACED,
        order,
        actor=actor,
        visible_to=order.parties,
        total=str(order.total),
        total_minor=order.total_minor,
        currency=order.currency,
        rfq=order.rfq_id,
        quote=order.quote_id,
    )


def requester_of(order: Order) -> Actor:
    """Whoever accepted the quote, as facts name them."""
    return Actor(user=order.approval.requested_by, organization=order.buyer)


def _conclude(order: Order, request: ApprovalRequest, actor: Actor) -> None:
    now = timezone.now()
    request.approved_at = now
    request.save(update_fields=["approved_at"])
    move(order, ORDER, "approve_award", by=Side.BUYER)
    order.payment_due_at = now + timedelta(days=settings.PAYMENT_DUE_DAYS)
    order.save(update_fields=["payment_due_at"])
    order.approval = request
    names = ", ".join(decision.person.name for decision in request.approvals)
    record(events.AWARD_APPROVED, order, actor=actor, visible_to=[order.buyer], names=names[:200])
    record_placed(order, requester_of(order))


def _decide(request: ApprovalRequest, actor: Actor, verdict: str, reason: str) -> bool:
    """Keep one decision; False when this person said the same already."""
    assert actor.user is not None  # the rule was asked
    earlier = request.decisions.filter(person=actor.user).first()
    if earlier is not None and earlier.verdict == verdict:
        return False
    if earlier is not None:
        raise Conflict("You have decided on this award already.")
    ApprovalDecision.objects.create(
        request=request, person=actor.user, verdict=verdict, reason=reason[:400]
    )
    return True


def in_people(number: int) -> str:
    """So many people, in words."""
    return "one person" if number == 1 else f"{number} people"


def too_few(order: Order, need: Need, able: list[User], requester: User) -> str:
    """Why nobody can give the approvals asked for, and who could be made able to, in words."""
    one = "An approval by somebody else is needed"
    asked = one if need.approvals == 1 else f"{need.approvals} approvals by others are needed"
    could = f"only {able[0].name} could give one" if able else "nobody could give it"
    if need.approvers:
        how = "Ask an admin to change whom the approval rule names."
    else:
        roles = [r for r, bundle in BUNDLES.items() if Permission.APPROVE not in bundle.permissions]
        others = Membership.objects.filter(
            organization=order.buyer, role__in=roles, deactivated_at=None, user__is_active=True
        ).exclude(user=requester)
        names = list(others.order_by("pk").values_list("user__name", flat=True)[:3])
        made = f"such as {' or '.join(names)}" if names else "or invite one"
        how = f"Ask an admin to make somebody an approver, {made}, on the members page."
    return f"{need.reason} {asked}, and {could}. {how}"
