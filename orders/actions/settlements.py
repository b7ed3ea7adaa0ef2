"""An order stands still for a while, or ends before it is finished: what is owed for the work."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.states import check_move, move
from orders import events
from orders.actions.conclusion import end_problems
from orders.actions.instalments import stop_asking
from orders.actions.milestones import end_milestones, reschedule
from orders.actions.money import (
    Because,
    Kind,
    decide_money,
    decide_rest,
    gross_of_held,
    undecided_minor,
)
from orders.change_queries import agreed_day_at
from orders.change_rules import check_nothing_waits
from orders.models import Order, Settlement
from orders.queries import lock_order
from orders.rules import check_can, check_can_answer, check_can_take_back
from orders.states import ORDER, PROPOSAL, ProposalState


@transaction.atomic
def hold_order(*, actor: Actor, public_id: str, reason: str) -> Order:
    """Stop the work, with a reason. Whoever stopped it lets it go on; staff may too."""
    order = lock_order(public_id)
    side = check_can("hold_order", actor, order)
    _need_reason(reason)
    left = order.state
    move(order, ORDER, "hold_order", by=side)
    order.left_state, order.held_by = left, side
    order.save(update_fields=["left_state", "held_by"])
    record(
        events.ORDER_HELD, order, actor=actor, visible_to=order.parties, reason=reason.strip()[:300]
    )
    return order


@transaction.atomic
def resume_order(*, actor: Actor, public_id: str) -> Order:
    """The work goes on where it stopped. Days the buyer held it are added to the day to ship by."""
    order = lock_order(public_id)
    side = check_can("resume_order", actor, order)
    # Days before both agreed on a new day to ship are in that day already.
    since = max(order.state_changed_at, agreed_day_at(order) or order.state_changed_at)
    move(order, ORDER, "resume_order", by=side, to=order.left_state)
    days = max(0, (timezone.now() - since).days)
    later = days if order.held_by != Side.MANUFACTURER else 0
    if order.ship_by is not None:
        order.ship_by += timedelta(days=later)
    order.left_state = order.held_by = ""
    order.save(update_fields=["left_state", "held_by", "ship_by"])
    reschedule(order)
    record(
        events.ORDER_RESUMED,
        order,
        actor=actor,
        visible_to=order.parties,
        ship_by=order.ship_by.isoformat() if order.ship_by else "",
        days=later,
    )
    return order


@transaction.atomic
def propose_settlement(*, actor: Actor, public_id: str, owed_minor: int, reason: str) -> Settlement:
    """Offer to end the order: `owed_minor` of what is held for the work done, the rest goes back.

    Raises DomainError above what is held, Conflict while another proposal waits.
    """
    order = lock_order(public_id)
    side = check_can("settle_order", actor, order)
    check_move(order, ORDER, "settle_order", by=side)
    _need_reason(reason)
    left = undecided_minor(order)
    if not 0 <= owed_minor <= left:
        sentence = f"Between 0 and {order.net_words(left)}: that is what is still held."
        raise DomainError(sentence, fields={"owed": sentence})
    check_nothing_waits(order, side)
    found = Settlement.objects.create(
        order=order,
        proposed_by=side,
        owed_minor=owed_minor,
        reason=reason.strip(),
        answer_by=timezone.now() + timedelta(days=settings.PROPOSAL_DAYS),
    )
    record(
        events.SETTLEMENT_PROPOSED,
        found,
        thread=order,
        actor=actor,
        visible_to=order.parties,
        owed=gross_of_held(order, owed_minor),
        back=order.gross_words(left - owed_minor),
        reason=found.reason[:200],
    )
    return found


@transaction.atomic
def accept_settlement(*, actor: Actor, public_id: str, settlement: str) -> Settlement:
    """The other side agrees: the order ends and the held money is shared as proposed."""
    order, found = _of(public_id, settlement)
    side = check_can_answer(actor, order, found)
    move(found, PROPOSAL, "accept_proposal", by=side)
    move(order, ORDER, "settle_order", by=side)
    end_milestones(order, approved=False)
    end_problems(order, "Both sides agreed to end the order.")
    stop_asking(order)
    record(
        events.SETTLEMENT_ACCEPTED,
        found,
        thread=order,
        actor=actor,
        visible_to=order.parties,
        owed=gross_of_held(order, found.owed_minor),
    )
    decide_money(
        actor=actor,
        order=order,
        kind=Kind.RELEASE,
        because=Because.CANCELLATION,
        subject=found.public_id,
        amount_minor=found.owed_minor,
    )
    record(
        events.ORDER_CANCELLED, order, actor=actor, visible_to=order.parties, reason=found.reason
    )
    decide_rest(actor=actor, order=order, kind=Kind.REFUND, because=Because.CANCELLATION)
    return found


@transaction.atomic
def decline_settlement(*, actor: Actor, public_id: str, settlement: str, reason: str) -> Settlement:
    """The other side does not agree, with a reason; the order goes on."""
    order, found = _of(public_id, settlement)
    side = check_can_answer(actor, order, found)
    _need_reason(reason)
    move(found, PROPOSAL, "decline_proposal", by=side)
    found.answer = reason.strip()
    found.save(update_fields=["answer"])
    record(
        events.SETTLEMENT_DECLINED,
        found,
        thread=order,
        actor=actor,
        visible_to=order.parties,
        reason=found.answer[:300],
    )
    return found


@transaction.atomic
def withdraw_settlement(*, actor: Actor, public_id: str, settlement: str) -> Settlement:
    """Whoever proposed it takes it back."""
    order, found = _of(public_id, settlement)
    side = check_can_take_back(actor, order, found)
    move(found, PROPOSAL, "withdraw_proposal", by=side)
    record(events.SETTLEMENT_WITHDRAWN, found, thread=order, actor=actor, visible_to=order.parties)
    return found


def expire_settlements() -> int:
    """End what nobody answered in time; the number ended. Called by the timer."""
    due = Settlement.objects.filter(state=ProposalState.OPEN, answer_by__lt=timezone.now())
    actor = Actor.system("The proposal timer")
    ended = 0
    for order_id, public_id in list(due.values_list("order__public_id", "public_id")[:500]):
        with transaction.atomic():
            order, found = _of(order_id, public_id)
            if found.state != ProposalState.OPEN:
                continue
            move(found, PROPOSAL, "expire_proposal", by=Side.SYSTEM)
            record(
                events.SETTLEMENT_EXPIRED,
                found,
                thread=order,
                actor=actor,
                visible_to=order.parties,
            )
            ended += 1
    return ended


def _of(public_id: str, settlement: str) -> tuple[Order, Settlement]:
    order = lock_order(public_id)
    found = order.settlements.filter(public_id=settlement).first()
    if found is None:
        raise NotFound()
    found.order = order
    return order, found


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise DomainError(
            "Say why, so that the other side understands.", fields={"reason": "Say why."}
        )
