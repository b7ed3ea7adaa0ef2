"""The steps a contract is paid by: handed in, approved, and what that releases."""

from collections.abc import Collection

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.states import move
from orders.actions.money import Because, Kind, decide_money
from orders.models import Milestone, Order
from orders.states import MILESTONE, MilestoneState

M = MilestoneState
ENDED = (M.APPROVED, M.CANCELLED)


def reach_milestones(order: Order, kinds: Collection[str]) -> None:
    """What was agreed to fall due now is handed in by itself. The caller holds the order's lock."""
    for milestone in order.milestones.filter(kind__in=kinds, state__in=[M.PENDING, M.REJECTED]):
        move(milestone, MILESTONE, "submit_milestone", by=Side.SYSTEM)


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
