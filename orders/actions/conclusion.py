"""An order that stood still goes on, or ends as accepted. The caller holds the order's lock."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.states import move
from orders import events
from orders.actions.milestones import end_milestones
from orders.actions.money import Because, Kind, decide_rest
from orders.judging import everything_judged
from orders.models import Order
from orders.states import N_ENDED, NONCONFORMANCE, ORDER, NonconformanceState, OrderState


def conclude_order(*, actor: Actor, order: Order, side: str) -> None:
    """The goods are accepted: every step is approved and what is still held is released."""
    move(order, ORDER, "accept_order", by=side)
    open_claims(order)
    end_milestones(order, approved=True)
    record(events.ORDER_ACCEPTED, order, actor=actor, visible_to=order.parties)
    decide_rest(actor=actor, order=order, kind=Kind.RELEASE, because=Because.ACCEPTANCE)


def open_claims(order: Order) -> None:
    """From the acceptance on hidden defects can be claimed for DISPUTE_WINDOW_DAYS."""
    order.claim_by = timezone.now() + timedelta(days=settings.DISPUTE_WINDOW_DAYS)
    order.save(update_fields=["claim_by"])


def leave_dispute(*, actor: Actor, order: Order, side: str) -> None:
    """With the last problem at the platform the order goes back to where it was, and on."""
    if order.state == OrderState.DISPUTED:
        if order.nonconformances.filter(state=NonconformanceState.ESCALATED).exists():
            return
        move(order, ORDER, "end_dispute", by=side, to=order.left_state)
        order.left_state = ""
        order.save(update_fields=["left_state"])
    _finish_if_settled(actor, order)


def _finish_if_settled(actor: Actor, order: Order) -> None:
    """The last problem ended: an order whose pieces were all judged is accepted, another one gets
    a new time to be inspected."""
    if order.state != OrderState.DELIVERED or has_open_problem(order):
        return
    if everything_judged(order):
        conclude_order(actor=actor, order=order, side=Side.SYSTEM)
        return
    order.accept_by = timezone.now() + timedelta(days=settings.ACCEPTANCE_WINDOW_DAYS)
    order.acceptance_reminded = False
    order.save(update_fields=["accept_by", "acceptance_reminded"])


def end_problems(order: Order, why: str) -> None:
    """The order ended otherwise, and every open problem with it; nothing waits for an answer any
    more. Their money is decided with the order's end, not here."""
    for problem in order.nonconformances.exclude(state__in=N_ENDED):
        move(problem, NONCONFORMANCE, "end_nonconformance", by=Side.SYSTEM)
        problem.respond_by, problem.decision = None, why.strip()
        problem.save(update_fields=["respond_by", "decision"])


def has_open_problem(order: Order) -> bool:
    """Whether something is claimed that is neither settled nor withdrawn."""
    return order.nonconformances.exclude(state__in=N_ENDED).exists()
