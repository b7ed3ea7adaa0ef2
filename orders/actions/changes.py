"""Change orders: proposed, approved, answered, taken back, paid, lapsed."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.queries import approval_need, approvers_for
from accounts.roles import Side
from marketplace.core.errors import Conflict, DomainError
from marketplace.core.money import Money
from marketplace.core.states import WrongState, check_move, move
from marketplace.core.templatetags.formats import plain_day
from marketplace.parts.actions.parts import lock_revisions
from orders import events
from orders.actions.approvals import in_people, too_few
from orders.actions.change_fits import check_fits, read_proposal
from orders.actions.change_steps import (
    changes_in_words,
    is_late,
    put_in_force,
    record_change,
    supplement_of,
)
from orders.change_queries import find_change, revisions_in, terms_of
from orders.change_rules import (
    PROPOSE_CHANGE,
    check_can_answer_change,
    check_can_approve_change,
    check_can_withdraw_change,
    check_nothing_waits,
    check_runs,
)
from orders.change_states import ALIVE, CHANGE, CHANGEABLE, ChangeState
from orders.change_terms import Proposal, plain, priced
from orders.models import ChangeApproval, ChangeOrder, Order
from orders.queries import lock_order, side_of

C = ChangeState
TIMER = Actor.system("The proposal timer")


@transaction.atomic
def propose_change(
    *, actor: Actor, public_id: str, wanted: Proposal, reason: str, seen: int | None = None
) -> ChangeOrder:
    """Propose that the order becomes other. Where the buyer's rules ask for an approval of the new
    total, the manufacturer sees it once that is given.

    `seen` is the edition of the order the form was filled from. Raises NotFound, NotAllowed,
    WrongState out of time or while another proposal waits, Conflict when the order changed
    meanwhile, DomainError beside the value that cannot be.
    """
    order = lock_order(public_id)
    side = PROPOSE_CHANGE.check(actor, order)
    _need_reason(reason)
    check_nothing_waits(order, side)
    if seen is not None and seen != order.edition:
        raise Conflict("The order changed meanwhile. Look at it as it is now, and propose anew.")
    before = terms_of(order)
    after = read_proposal(order, side, before, wanted)
    totals = check_fits(order, before, after)
    found = ChangeOrder(
        order=order,
        number=order.changes.count() + 1,
        proposed_by=side,
        person=actor.user,
        reason=reason.strip()[:2000],
        before=plain(before, order.currency),
        after=plain(after, order.currency),
        total_before_minor=priced(before, order.currency).total_minor,
        total_after_minor=totals.total_minor,
        answer_by=_in_days(settings.PROPOSAL_DAYS),
    )
    needs_approval = side == Side.BUYER and _note_need(actor, order, found)
    found.shown_at = None if needs_approval else timezone.now()
    found.save()
    lock_revisions(revisions_in(found).values())
    if needs_approval:
        move(found, CHANGE, "ask_approval", by=side)
        _record_asked(actor, found)
    else:
        _record_proposed(actor, found)
    return found


@transaction.atomic
def accept_change(*, actor: Actor, public_id: str, change: str) -> ChangeOrder:
    """The other side agrees: the change is in force, or waits for the payment of what it costs
    more, or, where the buyer's rules ask for it, for an approval first.

    Raises NotFound, NotAllowed, WrongState, or DomainError when it no longer fits.
    """
    order, found = _of(actor, public_id, change)
    side = check_can_answer_change(actor, order, found)
    check_move(found, CHANGE, "accept_change", by=side)
    _check_still(order, found)
    found.accepted_by = actor.user
    found.save(update_fields=["accepted_by"])
    if side == Side.BUYER and _note_need(actor, order, found):
        found.save(update_fields=["approvals_needed", "approval_reason", "approvers"])
        move(found, CHANGE, "ask_approval", by=side)
        _record_asked(actor, found)
        return found
    _agree(actor, order, found, "accept_change", side)
    return found


@transaction.atomic
def approve_change(*, actor: Actor, public_id: str, change: str) -> ChangeOrder:
    """Approve once; with the last approval needed the manufacturer sees the buyer's proposal, or
    the buyer's yes counts. Saying the same twice is saying it once.

    Raises NotFound, NotAllowed, WrongState, or DomainError when it no longer fits.
    """
    order, found = _of(actor, public_id, change)
    side = check_can_approve_change(actor, order, found)
    _, is_new = ChangeApproval.objects.get_or_create(change=found, person=actor.user)
    if not is_new:
        return found
    given = found.approvals.count()
    needed = found.approvals_needed
    record_change(events.CHANGE_APPROVED, found, actor, private=True, given=given, needed=needed)
    if given < found.approvals_needed:
        return found
    _check_still(order, found)
    if found.proposed_by == Side.BUYER:
        check_nothing_waits(order, side, found)
        found.shown_at, found.answer_by = timezone.now(), _in_days(settings.PROPOSAL_DAYS)
        found.save(update_fields=["shown_at", "answer_by"])
        move(found, CHANGE, "approve_change", by=side, to=C.OPEN)
        _record_proposed(Actor(user=found.person, organization=order.buyer), found)
    else:
        _agree(actor, order, found, "approve_change", side)
    return found


@transaction.atomic
def decline_change(*, actor: Actor, public_id: str, change: str, reason: str) -> ChangeOrder:
    """The other side, or whoever should approve it for the buyer, says no and why; the order goes
    on as it was. Raises as `accept_change`, or DomainError without a reason."""
    order, found = _of(actor, public_id, change)
    waits_for_approval = found.state == C.AWAITING_APPROVAL and side_of(actor, order) == Side.BUYER
    check = check_can_approve_change if waits_for_approval else check_can_answer_change
    side = check(actor, order, found)
    _need_reason(reason)
    move(found, CHANGE, "decline_change", by=side)
    found.answer = reason.strip()[:2000]
    found.save(update_fields=["answer"])
    record_change(events.CHANGE_DECLINED, found, actor, reason=found.answer[:300])
    return found


@transaction.atomic
def withdraw_change(*, actor: Actor, public_id: str, change: str) -> ChangeOrder:
    """Whoever proposed it takes it back; the buyer also before it has paid what it costs more."""
    order, found = _of(actor, public_id, change)
    side = check_can_withdraw_change(actor, order, found)
    if found.state == C.ACCEPTED:
        _lapse(actor, found, side, "The buyer took it back before it was paid.")
        return found
    move(found, CHANGE, "withdraw_change", by=side)
    record_change(events.CHANGE_WITHDRAWN, found, actor)
    return found


@transaction.atomic
def fund_change(*, actor: Actor, public_id: str, change: str, amount_minor: int) -> bool:
    """The supplement is paid: the change is in force. Payments calls this in its transaction.

    False when it cannot take effect any more (lapsed, everything shipped meanwhile); then it has
    lapsed, and the money goes back.
    """
    order = lock_order(public_id)
    found = order.changes.filter(public_id=change, state=C.ACCEPTED).first()
    if found is None:
        return False
    found.order = order
    try:
        _check_still(order, found)
    except DomainError as error:
        _lapse(actor, found, Side.SYSTEM, error.sentence)
        return False
    order.funded_minor += amount_minor
    order.save(update_fields=["funded_minor"])
    put_in_force(actor=actor, order=order, change=found, verb="fund_change", by=Side.SYSTEM)
    return True


def run_change_timers() -> int:
    """End what nobody answered or paid in time; the number ended. Called by the timer. One that
    somebody decides at the same moment is left to that decision."""
    now = timezone.now()
    waiting = ChangeOrder.objects.filter(state__in=[C.AWAITING_APPROVAL, C.OPEN])
    due = waiting.filter(answer_by__lt=now).values_list("order__public_id", "pk")
    unpaid = ChangeOrder.objects.filter(state=C.ACCEPTED, pay_by__lt=now)
    rows = [*due[:500], *unpaid.values_list("order__public_id", "pk")[:500]]
    return sum(_end(order, pk, only_late=True) for order, pk in rows)


def end_changes(order_id: str) -> int:
    """The order no longer changes (everything has been shipped, it ended): nothing waits any more;
    the number ended. Twice is once."""
    rows = ChangeOrder.objects.filter(order__public_id=order_id, state__in=ALIVE)
    return sum(_end(order_id, pk, only_late=False) for pk in rows.values_list("pk", flat=True))


@transaction.atomic
def _end(order_id: str, pk: int, *, only_late: bool) -> int:
    order = lock_order(order_id)
    found = ChangeOrder.objects.get(pk=pk)
    found.order = order
    over = is_late(found) if only_late else order.state not in CHANGEABLE
    if found.state not in ALIVE or not over:
        return 0
    if found.state == C.ACCEPTED:
        why = "It was not paid in time." if only_late else "The order no longer changes."
        _lapse(TIMER, found, Side.SYSTEM, why)
        return 1
    move(found, CHANGE, "expire_change", by=Side.SYSTEM)
    record_change(events.CHANGE_EXPIRED, found, TIMER)
    return 1


def _agree(actor: Actor, order: Order, found: ChangeOrder, verb: str, by: str) -> None:
    """Both sides want it: now, or as soon as what it costs more is paid."""
    if found.difference_minor <= 0:
        put_in_force(actor=actor, order=order, change=found, verb=verb, by=by)
        return
    found.pay_by = _in_days(settings.SUPPLEMENT_DAYS)
    found.save(update_fields=["pay_by"])
    move(found, CHANGE, verb, by=by, to=C.ACCEPTED)
    record_change(
        events.CHANGE_ACCEPTED,
        found,
        actor,
        supplement=supplement_of(found),
        pay_by=plain_day(found.pay_by),
    )


def _lapse(actor: Actor, found: ChangeOrder, by: str, why: str) -> None:
    move(found, CHANGE, "lapse_change", by=by)
    found.answer = why
    found.save(update_fields=["answer"])
    record_change(events.CHANGE_LAPSED, found, actor, why=why[:300])


def _check_still(order: Order, found: ChangeOrder) -> None:
    """The order stands as it stood when this was proposed, and it still fits."""
    check_runs(order)
    now = plain(terms_of(order), order.currency)
    # The day to ship may have moved by itself; nothing else does.
    if any(now[part] != found.before[part] for part in ("lines", "freight_minor")):
        raise WrongState("The order has changed since this was proposed. Propose it anew.")
    check_fits(order, found.old_terms, found.new_terms)


def _note_need(actor: Actor, order: Order, found: ChangeOrder) -> bool:
    """Write down what the buyer's rules ask for; False when one person's word is enough.

    Raises DomainError when nobody could give the approval.
    """
    if found.difference_minor <= 0:
        return False
    total = Money(found.total_after_minor, order.currency)
    need = approval_need(order.buyer, actor.user, total)
    if not need.approvals:
        return False
    able = approvers_for(order.buyer, need.approvers, actor.user)
    if len(able) < need.approvals or actor.user is None:
        who = actor.user
        sentence = too_few(order, need, able, who) if who else "A person has to commit the buyer."
        raise DomainError(sentence, code="no_approver")
    found.approvals_needed = need.approvals
    found.approval_reason = need.reason[:400]
    found.approvers = sorted(need.approvers)
    return True


def _record_asked(actor: Actor, found: ChangeOrder) -> None:
    record_change(
        events.CHANGE_APPROVAL_REQUESTED,
        found,
        actor,
        private=True,
        total=str(Money(found.total_after_minor, found.order.currency)),
        needed=in_people(found.approvals_needed),
        why=found.approval_reason,
    )


def _record_proposed(actor: Actor, found: ChangeOrder) -> None:
    record_change(
        events.CHANGE_PROPOSED,
        found,
        actor,
        changes=changes_in_words(found),
        reason=found.reason[:200],
    )


def _of(actor: Actor, public_id: str, change: str) -> tuple[Order, ChangeOrder]:
    order = lock_order(public_id)
    return order, find_change(order, side_of(actor, order), change)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise DomainError(
            "Say why, so that the other side understands.", fields={"reason": "Say why."}
        )


def _in_days(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)
