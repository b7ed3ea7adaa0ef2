"""The steps a contract is paid by: handed in, approved, and what that releases."""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.states import move
from orders.actions.money import Because, Kind, decide_money
from orders.due_dates import due_on
from orders.milestones import BY_HAND
from orders.models import Milestone, Order
from orders.promise import TRANSIT_DAYS
from orders.states import MILESTONE, MilestoneState

M = MilestoneState
ENDED = (M.APPROVED, M.CANCELLED)


def reach_milestones(order: Order, kinds: Collection[str]) -> None:
    """What was agreed to fall due now is handed in by itself. The caller holds the order's lock."""
    for milestone in order.milestones.filter(kind__in=kinds, state__in=[M.PENDING, M.REJECTED]):
        move(milestone, MILESTONE, "submit_milestone", by=Side.SYSTEM)


def turn_back_milestones(order: Order, kinds: Collection[str], *, by: str, reason: str) -> None:
    """What was handed in is not good; it can be handed in again. The caller holds the lock."""
    for milestone in order.milestones.filter(kind__in=kinds, state=M.SUBMITTED):
        move(milestone, MILESTONE, "reject_milestone", by=by)
        milestone.reason, milestone.answer_by = reason, None
        milestone.save(update_fields=["reason", "answer_by"])


def pass_milestones(*, actor: Actor, order: Order, kinds: Collection[str]) -> None:
    """What was agreed to be paid now is released without another click.

    The caller holds the order's lock.
    """
    reach_milestones(order, kinds)
    for milestone in order.milestones.filter(kind__in=kinds, state=M.SUBMITTED):
        move(milestone, MILESTONE, "approve_milestone", by=Side.SYSTEM)
        release_milestone(actor, order, milestone)


def release_milestone(actor: Actor, order: Order, milestone: Milestone) -> None:
    """The amount of an approved milestone goes to the manufacturer."""
    decide_money(
        actor=actor,
        order=order,
        kind=Kind.RELEASE,
        because=Because.MILESTONE,
        subject=milestone.public_id,
        amount_minor=milestone.amount_minor,
    )


def end_milestones(order: Order, *, approved: bool) -> None:
    """The order has ended: what is open of its milestones is approved, or cancelled.

    Their money is decided with the order's end, not here.
    """
    for milestone in order.milestones.exclude(state__in=ENDED):
        if not approved:
            move(milestone, MILESTONE, "cancel_milestone", by=Side.SYSTEM)
            continue
        if milestone.state != M.SUBMITTED:
            move(milestone, MILESTONE, "submit_milestone", by=Side.SYSTEM)
        move(milestone, MILESTONE, "approve_milestone", by=Side.SYSTEM)


def reschedule(order: Order) -> None:
    """Write down when each open milestone is due, from the day to ship by as it is now; whoever
    waits for an answer that stood still gets the whole time for it. Called when the order is
    confirmed and whenever that day moves or the order goes on; the caller holds the order's lock.
    """
    if order.ship_by is None:
        return
    for milestone in order.milestones.exclude(state__in=ENDED):
        milestone.due_on = due_on(
            milestone.kind,
            ship_by=order.ship_by,
            lead_time_days=order.lead_time_days,
            transit_days=TRANSIT_DAYS,
            acceptance_days=settings.ACCEPTANCE_WINDOW_DAYS,
        )
        milestone.save(update_fields=["due_on"])
    start_answer_times(order)


def start_answer_times(order: Order) -> None:
    """The buyer has the whole time again for what waits for it and whose time stands still. The
    caller holds the order's lock."""
    until = timezone.now() + timedelta(days=settings.MILESTONE_DAYS)
    waiting = order.milestones.filter(kind__in=BY_HAND, state=M.SUBMITTED, answer_by=None)
    waiting.update(answer_by=until, reminded=False)
