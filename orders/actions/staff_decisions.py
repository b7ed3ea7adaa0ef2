"""The platform decides about an order that both sides could not settle."""

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from marketplace.core.states import move
from orders import events
from orders.actions.conclusion import end_problems, open_claims
from orders.actions.instalments import stop_asking
from orders.actions.milestones import end_milestones
from orders.actions.money import (
    Because,
    Kind,
    decide_money,
    decide_rest,
    gross_of_held,
    undecided_minor,
)
from orders.actions.problem_steps import need
from orders.models import Order
from orders.queries import lock_order
from orders.rules import check_is_staff
from orders.states import ORDER


@transaction.atomic
def end_disputed_order(*, actor: Actor, public_id: str, owed_minor: int, decision: str) -> Order:
    """Staff end a disputed order: `owed_minor` of what is held goes to the manufacturer, the rest
    back to the buyer. With everything to the manufacturer the goods count as accepted, else the
    order is cancelled. Its open problems end with it.

    Raises NotAllowed for anybody but staff, WrongState, and DomainError above what is held or
    without the reasons.
    """
    order = lock_order(public_id)
    check_is_staff(actor)
    need(decision, "decision", "Write down the reasons; both sides read them.")
    left = undecided_minor(order)
    if not 0 <= owed_minor <= left:
        sentence = f"Between 0 and {order.net_words(left)}: that is what is still held."
        raise DomainError(sentence, fields={"owed": sentence})
    accepted = owed_minor == left
    move(order, ORDER, "settle_dispute" if accepted else "refund_dispute", by=Side.STAFF)
    end_problems(order, decision)
    end_milestones(order, approved=accepted)
    stop_asking(order)
    record(
        events.DISPUTE_DECIDED,
        order,
        actor=actor,
        visible_to=order.parties,
        owed=gross_of_held(order, owed_minor),
        back=order.gross_words(left - owed_minor),
        reason=decision.strip()[:250],
    )
    decide_money(
        actor=actor,
        order=order,
        kind=Kind.RELEASE,
        because=Because.DECISION,
        subject=order.public_id,
        amount_minor=owed_minor,
    )
    if accepted:
        open_claims(order)
        record(events.ORDER_ACCEPTED, order, actor=actor, visible_to=order.parties)
    else:
        record(
            events.ORDER_CANCELLED,
            order,
            actor=actor,
            visible_to=order.parties,
            reason=decision.strip()[:250],
        )
        decide_rest(actor=actor, order=order, kind=Kind.REFUND, because=Because.DECISION)
    return order
