"""What of money waits for staff, and who of them may do what about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from orders.models import Order
from payments.actions.manual_steps import (
    owed_minor,
    releasable_minor,
    returnable_of,
    unsendable_refunds,
)
from payments.actions.releases import held_minor
from payments.actions.review_steps import in_suspense
from payments.credit_queries import receivable_of_payment
from payments.debt_queries import released_minor, returnable_minor
from payments.hold_queries import hold_on
from payments.models import (
    DisputeCase,
    Instruction,
    ManualSettlement,
    MoneyHold,
    PaymentRequest,
)
from payments.queries import money_rows
from payments.rules import check_can_read_order_money
from payments.states import DisputeState, InstructionState, ManualState, PaymentState
from payments.tax_queries import tax_of_order

MOST_SETTLEMENTS = 50


def staff_with(right: str) -> list[User]:
    """Active staff who have a right such as "payments.change_disputecase"."""
    rows = User.objects.filter(is_staff=True, is_active=True).order_by("pk")
    return [user for user in rows if user.has_perm(right)]


def banks_that_wait() -> QuerySet[DisputeCase]:
    """Open bank disputes to which nobody has sent evidence. About money that goes back anyway
    there is nothing to say."""
    return DisputeCase.objects.filter(
        state=DisputeState.OPEN, evidence_sent_at__isnull=True, request__isnull=False
    )


def settlements_that_wait() -> QuerySet[ManualSettlement]:
    """What was proposed and waits for a second person."""
    return ManualSettlement.objects.filter(state=ManualState.PROPOSED)


def payments_in_review() -> QuerySet[PaymentRequest]:
    """Payments of which something came that does not fit what was asked for."""
    return PaymentRequest.objects.filter(state=PaymentState.REVIEW)


def refunds_that_failed() -> QuerySet[Instruction]:
    """Refunds that came back and nobody has paid another way."""
    return Instruction.objects.filter(
        kind=Instruction.Kind.REFUND, state=InstructionState.FAILED
    ).select_related("request__order")


@dataclass(frozen=True)
class PaymentLine:
    """An instalment as staff see it."""

    request: PaymentRequest
    held: Money
    released: Money
    returnable: Money
    hold: MoneyHold | None
    in_review: Money | None
    # What its buyer owes for it on account, and did not pay in time.
    owed: Money | None


def order_money(actor: Actor, order_id: str) -> dict[str, Any]:
    """Everything about an order's money, for staff who may settle it by hand.

    Raises NotAllowed without the right, NotFound for an order that is not there.
    """
    check_can_read_order_money(actor)
    rows = Order.objects.select_related("buyer", "manufacturer")
    order = rows.filter(public_id=order_id).first()
    if order is None:
        raise NotFound()
    settlements = ManualSettlement.objects.filter(order=order).select_related(
        "proposed_by", "decided_by"
    )
    return {
        "order": order,
        "tax": tax_of_order(order),
        "lines": [_line(row) for row in order.payments.order_by("seq").select_related("order")],
        "releasable": Money(releasable_minor(order), order.currency),
        "returnable": Money(returnable_of(order), order.currency),
        "owed": Money(owed_minor(order), order.currency),
        "failed": list(unsendable_refunds(order)),
        "instructions": list(Instruction.objects.filter(request__order=order).order_by("pk")),
        "settlements": list(settlements[:MOST_SETTLEMENTS]),
        "rows": money_rows(actor, order),
    }


def _line(request: PaymentRequest) -> PaymentLine:
    amounts = (held_minor(request), released_minor(request), returnable_minor(request))
    held, released, returnable = (Money(minor, request.currency) for minor in amounts)
    came = in_suspense(request) if request.state == PaymentState.REVIEW else None
    receivable = receivable_of_payment(request)
    late = receivable is not None and receivable.days_overdue(timezone.localdate()) > 0
    owed = receivable.left if receivable and late else None
    return PaymentLine(request, held, released, returnable, hold_on(request), came, owed)
