"""A milestone that is submitted by hand, and the buyer's answer."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.states import WrongState, check_move, move
from orders import events
from orders.actions.instalments import check_step_paid
from orders.actions.milestones import release_milestone, turn_back_milestones
from orders.milestones import BY_HAND, HOW, asked_by_hand, stands_still
from orders.models import Milestone, Order
from orders.queries import lock_order
from orders.rules import DECIDE_MILESTONE, SUBMIT_MILESTONE
from orders.states import MILESTONE


@transaction.atomic
def submit_milestone(*, actor: Actor, public_id: str, milestone: str, note: str = "") -> Milestone:
    """Say that it is done; the buyer has MILESTONE_DAYS to answer, then silence approves it.

    Raises NotFound, NotAllowed, WrongState, DomainError that names the evidence that is missing.
    """
    order, found = opened_milestone(public_id, milestone)
    side = SUBMIT_MILESTONE.check(actor, order)
    check_by_hand(found)
    check_move(found, MILESTONE, "submit_milestone", by=side)
    missing = [a.label for a in asked_by_hand(found.kind, found.evidence.all()) if not a.is_there]
    if missing:
        raise DomainError(
            f"Before this is submitted, add what the buyer needs to judge it: "
            f"{' and '.join(missing)}."
        )
    move(found, MILESTONE, "submit_milestone", by=side)
    found.note, found.reminded = note.strip()[:2000], False
    waits = not stands_still(order)
    days = timedelta(days=settings.MILESTONE_DAYS)
    found.answer_by = timezone.now() + days if waits else None
    found.save(update_fields=["note", "reminded", "answer_by"])
    record_milestone(events.MILESTONE_SUBMITTED, found, actor, amount=str(found.amount))
    return found


@transaction.atomic
def approve_milestone(*, actor: Actor, public_id: str, milestone: str) -> Milestone:
    """What was submitted is good; its amount goes to the manufacturer.

    Raises NotFound, NotAllowed, WrongState, or DomainError while its instalment is not paid.
    """
    order, found = opened_milestone(public_id, milestone)
    side = DECIDE_MILESTONE.check(actor, order)
    check_by_hand(found)
    check_move(found, MILESTONE, "approve_milestone", by=side)
    check_step_paid(order, found)
    pass_submitted(actor, order, found, side)
    return found


def pass_submitted(actor: Actor, order: Order, found: Milestone, side: str) -> None:
    """Approve and release, by the buyer or by its silence. The caller holds the order's lock."""
    is_silent = side == Side.SYSTEM
    move(found, MILESTONE, "approve_milestone", by=side)
    found.answer_by = None
    found.save(update_fields=["answer_by"])
    record_milestone(
        events.MILESTONE_APPROVED,
        found,
        actor,
        amount=str(found.amount),
        how="Nobody answered in time, which approves" if is_silent else f"{actor.label} approved",
        is_silent=is_silent,
    )
    release_milestone(actor, order, found)


@transaction.atomic
def reject_milestone(*, actor: Actor, public_id: str, milestone: str, reason: str) -> Milestone:
    """Not good yet, with a reason; the manufacturer can submit it again.

    Raises NotFound, NotAllowed, WrongState, DomainError without a reason.
    """
    order, found = opened_milestone(public_id, milestone)
    side = DECIDE_MILESTONE.check(actor, order)
    check_by_hand(found)
    check_move(found, MILESTONE, "reject_milestone", by=side)
    if not reason.strip():
        raise DomainError(
            "Say what is missing or wrong, so that the manufacturer can put it right.",
            fields={"reason": "Say why."},
        )
    turn_back_milestones(order, [found.kind], by=side, reason=reason.strip()[:2000])
    record_milestone(events.MILESTONE_REJECTED, found, actor, reason=reason.strip()[:300])
    found.refresh_from_db()
    return found


def opened_milestone(public_id: str, milestone: str) -> tuple[Order, Milestone]:
    """The locked order and its milestone. Raises NotFound."""
    order = lock_order(public_id)
    found = order.milestones.filter(public_id=milestone).first()
    if found is None:
        raise NotFound()
    found.order = order
    return order, found


def check_by_hand(found: Milestone) -> None:
    """Raises WrongState for a milestone that follows from another act; says from which."""
    if found.kind not in BY_HAND:
        name = found.get_kind_display().lower()
        raise WrongState(f"The milestone {name} has no step of its own. {HOW[found.kind]}")


def record_milestone(fact: Fact, found: Milestone, actor: Actor, **data: Any) -> None:
    """A fact of the milestone in the order's story, for both parties."""
    record(
        fact,
        found,
        actor=actor,
        thread=found.order,
        visible_to=found.order.parties,
        milestone=found.get_kind_display().lower(),
        **data,
    )
