"""Asking the buyer to pay, and not asking any more."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Sum

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.states import move
from orders.actions.instalments import note_next_instalment
from orders.change_queries import accepted_change
from orders.commission import commission
from orders.models import Order
from orders.queries import lock_order
from orders.states import OrderState
from orders.vat import taxes_of
from payments import events
from payments.actions.ledger import held_of, ledger_account, payable_to, tax_of
from payments.actions.tax import freeze_tax
from payments.instalments import plan_of
from payments.models import PaymentRequest
from payments.queries import lock_payment
from payments.rules import ENDED
from payments.states import PAYMENT, PaymentState
from payments.tax_queries import tax_of_order


@transaction.atomic
def request_payment(*, actor: Actor, order_id: str) -> PaymentRequest | None:
    """Write down the instalments of an order that waits for payment, once, and ask for the first.

    The others stand in the plan until they fall due; an order without steps is paid as a whole.
    None when the order does not wait for payment.
    """
    order = lock_order(order_id)
    found = PaymentRequest.objects.filter(order=order, seq=1).first()
    if found is not None:
        return found
    if order.state != OrderState.AWAITING_PAYMENT:
        return None
    steps = order.milestones.order_by("position").values_list("kind", "amount_minor")
    plan = plan_of(list(steps), commission(order.total_minor, order.commission_terms))
    rate = freeze_tax(order).rate_bps
    taxes = taxes_of(0, [instalment.amount_minor for instalment in plan], rate)
    rows = PaymentRequest.objects.bulk_create(
        PaymentRequest(
            order=order,
            seq=seq,
            currency=order.currency,
            commission_bps=order.commission_bps,
            due_at=order.payment_due_at if seq == 1 else None,
            tax_minor=tax,
            **vars(instalment),
        )
        for seq, (instalment, tax) in enumerate(zip(plan, taxes, strict=True), start=1)
    )
    # Made early and one by one: creating accounts while money moves invites deadlocks.
    ledger_account(held_of(order), order.currency)
    ledger_account(payable_to(order.manufacturer), order.currency)
    if any(taxes):
        ledger_account(tax_of(order), order.currency)
    note_next(order)
    record_requested(actor, order, rows[0])
    return rows[0]


def note_next(order: Order) -> None:
    """Write down on the order which instalment is to be paid next; the caller holds its lock. A
    supplement stands at its change order."""
    rows = PaymentRequest.objects.filter(order=order, state=PaymentState.DUE, due_at__isnull=False)
    due = rows.exclude(kind=PaymentRequest.Kind.SUPPLEMENT).order_by("seq").first()
    if order.state in ENDED or due is None:
        note_next_instalment(order=order, amount_minor=0, due_at=None)
    else:
        note_next_instalment(
            order=order,
            amount_minor=due.amount_minor,
            tax_minor=due.tax_minor,
            due_at=due.due_at,
        )


@transaction.atomic
def request_supplement(*, actor: Actor, order_id: str) -> PaymentRequest | None:
    """Ask for what an accepted change order costs more, once.

    Its commission is what the order's terms ask for the new total above the old one, its VAT that
    on what is asked for with it above that without. None when no change order waits for its
    payment.
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
        tax_minor=_tax_of_supplement(order, change.difference_minor),
        due_at=change.pay_by,
    )
    record_requested(actor, order, request)
    return request


def _tax_of_supplement(order: Order, minor: int) -> int:
    tax = tax_of_order(order)
    if tax is None or tax.rate_bps == 0:
        return 0
    others = PaymentRequest.objects.filter(order=order).exclude(state=PaymentState.CANCELLED)
    before = others.aggregate(sum=Sum("amount_minor", default=0))["sum"]
    return taxes_of(int(before), [minor], tax.rate_bps)[0]


def record_requested(actor: Actor, order: Order, request: PaymentRequest) -> None:
    """A payment has fallen due; the caller holds the order's lock."""
    record(
        events.PAYMENT_REQUESTED,
        request,
        thread=order,
        actor=actor,
        visible_to=[order.buyer],
        amount=str(request.gross),
        amount_minor=request.gross_minor,
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
    note_next(order)
