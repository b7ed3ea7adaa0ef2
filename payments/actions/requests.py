"""Asking the buyer to pay, and not asking any more."""

from __future__ import annotations

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.states import move
from orders.change_queries import accepted_change
from orders.commission import commission
from orders.models import Order
from orders.queries import lock_order
from orders.states import OrderState
from payments import events
from payments.actions.ledger import held_of, ledger_account, payable_to
from payments.models import PaymentRequest
from payments.queries import lock_payment
from payments.states import PAYMENT, PaymentState


@transaction.atomic
def request_payment(*, actor: Actor, order_id: str) -> PaymentRequest | None:
    """Ask for the whole total of an order that waits for payment, once.

    None when the order does not wait for payment.
    """
    order = lock_order(order_id)
    found = PaymentRequest.objects.filter(order=order, seq=1).first()
    if found is not None:
        return found
    if order.state != OrderState.AWAITING_PAYMENT:
        return None
    request = PaymentRequest.objects.create(
        order=order,
        amount_minor=order.total_minor,
        currency=order.currency,
        commission_bps=order.commission_bps,
        commission_minor=commission(order.total_minor, order.commission_terms),
        due_at=order.payment_due_at,
    )
    # Made early and one by one: creating accounts while money moves invites deadlocks.
    ledger_account(held_of(order), order.currency)
    ledger_account(payable_to(order.manufacturer), order.currency)
    _record_requested(actor, order, request)
    return request


@transaction.atomic
def request_supplement(*, actor: Actor, order_id: str) -> PaymentRequest | None:
    """Ask for what an accepted change order costs more, once.

    Its commission is what the order's terms ask for the new total above the old one. None when no
    change order waits for its payment.
    """
    order = lock_order(order_id)
    change = accepted_change(order)
    if change is None or change.pay_by is None:
        return None
    found = PaymentRequest.objects.filter(order=order, subject=change.public_id).first()
    if found is not None:
        return found
    rows = PaymentRequest.objects.filter(order=order).order_by("seq")
    last = rows.last()
    terms = order.commission_terms
    more = commission(change.total_after_minor, terms) - commission(
        change.total_before_minor, terms
    )
    request = PaymentRequest.objects.create(
        order=order,
        seq=last.seq + 1 if last else 1,
        kind=PaymentRequest.Kind.SUPPLEMENT,
        subject=change.public_id,
        amount_minor=change.difference_minor,
        currency=order.currency,
        commission_bps=order.commission_bps,
        commission_minor=more,
        due_at=change.pay_by,
    )
    _record_requested(actor, order, request)
    return request


def _record_requested(actor: Actor, order: Order, request: PaymentRequest) -> None:
    record(
        events.PAYMENT_REQUESTED,
        request,
        thread=order,
        actor=actor,
        visible_to=[order.buyer],
        amount=str(request.amount),
        amount_minor=request.amount_minor,
        currency=request.currency,
    )


@transaction.atomic
def cancel_payment(*, actor: Actor, request_pk: int) -> None:
    """Stop asking for a payment; call it only after every page for it is closed at Stripe."""
    order = PaymentRequest.objects.select_related("order").get(pk=request_pk).order
    order = lock_order(order.public_id)
    request = lock_payment(request_pk)
    if request.state != PaymentState.DUE:
        return
    move(request, PAYMENT, "cancel_payment", by=Side.SYSTEM)
    record(events.PAYMENT_CANCELLED, request, thread=order, actor=actor, visible_to=[order.buyer])
