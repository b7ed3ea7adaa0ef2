"""Held money is released to the manufacturer, or goes back to the buyer."""

from __future__ import annotations

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.states import move
from orders.models import Order
from orders.queries import lock_order
from payments import events
from payments.actions.instructions import instruct
from payments.actions.ledger import COMMISSION, held_of, payable_to, post, refund_of
from payments.models import Instruction, PaymentRequest
from payments.queries import lock_payment
from payments.states import PAYMENT, PaymentState


def _funded(order: Order) -> list[PaymentRequest]:
    rows = PaymentRequest.objects.filter(order=order, state=PaymentState.FUNDED).order_by("seq")
    return [lock_payment(pk) for pk in rows.values_list("pk", flat=True)]


@transaction.atomic
def release_payments(*, actor: Actor, order_id: str) -> None:
    """Release everything held for an order: our commission, the rest to the manufacturer.

    Twice is once: only funded payments are released.
    """
    order = lock_order(order_id)
    for request in _funded(order):
        if request.commission_minor:
            post(
                key=f"payment:{request.public_id}:commission",
                kind="commission",
                debit=held_of(order),
                credit=COMMISSION,
                amount=request.commission,
                note="Commission of the marketplace",
                request=request,
            )
        move(request, PAYMENT, "release_payment", by=Side.SYSTEM)
        if request.payout.minor:
            _pay_out(order, request)
        record(
            events.PAYMENT_RELEASED,
            request,
            thread=order,
            actor=actor,
            visible_to=order.parties,
            payout=str(request.payout),
            payout_minor=request.payout.minor,
            currency=request.currency,
        )


def _pay_out(order: Order, request: PaymentRequest) -> None:
    post(
        key=f"payment:{request.public_id}:payable",
        kind="payable",
        debit=held_of(order),
        credit=payable_to(order.manufacturer),
        amount=request.payout,
        note="Released to the manufacturer",
        request=request,
    )
    instruct(
        key=f"transfer:{request.public_id}",
        kind=Instruction.Kind.TRANSFER,
        request=request,
        receiver=order.manufacturer,
        amount=request.payout,
        charge=request.charge,
    )


@transaction.atomic
def refund_payments(*, actor: Actor, order_id: str) -> None:
    """Send everything held for a cancelled order back to the buyer. Twice is once."""
    order = lock_order(order_id)
    for request in _funded(order):
        post(
            key=f"payment:{request.public_id}:refund",
            kind="refund_asked",
            debit=held_of(order),
            credit=refund_of(request.charge),
            amount=request.amount,
            note="Goes back to the buyer",
            request=request,
        )
        move(request, PAYMENT, "refund_payment", by=Side.SYSTEM)
        instruct(
            key=f"refund:{request.charge}",
            kind=Instruction.Kind.REFUND,
            request=request,
            receiver=order.buyer,
            amount=request.amount,
            charge=request.charge,
        )
        record(
            events.PAYMENT_REFUNDED,
            request,
            thread=order,
            actor=actor,
            visible_to=order.parties,
            amount=str(request.amount),
            amount_minor=request.amount_minor,
            currency=request.currency,
        )
