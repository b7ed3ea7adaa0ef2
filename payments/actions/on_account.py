"""A payment is put on account, and what is owed for it is paid by link."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.states import WrongState, move
from orders.actions.instalments import note_on_account
from orders.queries import get_order, lock_order
from payments import events
from payments.actions.attempts import ask_for_page
from payments.actions.funding import begin, takes_effect
from payments.actions.ledger import held_of, post, receivable_of, tax_of
from payments.actions.receivables import lock_receivable, open_receivable, opens_at_once
from payments.actions.requests import request_payment, request_supplement
from payments.credit_queries import get_receivable, lock_credit_account
from payments.credit_rules import check_can_pay_receivable, check_credit_covers
from payments.models import PaymentAttempt, Receivable
from payments.queries import get_due_payment, lock_payment
from payments.rules import check_can_pay
from payments.states import PAYMENT
from payments.ways import ON_ACCOUNT

ACTOR = Actor.system("Payments")


@transaction.atomic
def pay_on_account(*, actor: Actor, public_id: str, payment: str = "") -> Receivable:
    """Put an instalment of an order on the buyer's account: the order goes on, and the buyer owes.

    `payment` names it as for `pay_order`. Two orders at once cannot exceed the limit: what is free
    is read under the lock of the account. Raises NotFound, NotAllowed, or a sentence.
    """
    get_order(actor, public_id)
    order = lock_order(public_id)
    request_payment(actor=ACTOR, order_id=public_id)
    request_supplement(actor=ACTOR, order_id=public_id)
    request = lock_payment(get_due_payment(actor, public_id, payment).pk)
    check_can_pay(actor, request)
    account = check_credit_covers(order, request, lock_credit_account(order.buyer))
    if not takes_effect(order, request):
        raise WrongState("This payment is not asked for any more.")
    receivable = Receivable.objects.create(
        request=request,
        account=account,
        number=f"{order.reference}-{request.seq}",
        po_number=order.po_number,
        amount_minor=request.gross_minor,
        currency=request.currency,
        net_days=account.net_days,
    )
    request.way = ON_ACCOUNT
    request.save(update_fields=["way"])
    move(request, PAYMENT, "pay_on_account", by=Side.SYSTEM)
    post(
        key=f"account:{request.public_id}:held",
        kind="on_account",
        debit=receivable_of(order.buyer),
        credit=held_of(order),
        amount=request.amount,
        note=f"On account, invoice {receivable.number}",
        request=request,
    )
    if request.tax_minor:
        post(
            key=f"account:{request.public_id}:tax",
            kind="tax_held",
            debit=receivable_of(order.buyer),
            credit=tax_of(order),
            amount=request.tax,
            note=f"VAT on it, on account, invoice {receivable.number}",
            request=request,
        )
    record(
        events.PAYMENT_ON_ACCOUNT,
        request,
        thread=order,
        actor=actor,
        visible_to=order.parties,
        amount=str(request.gross),
        amount_minor=request.gross_minor,
        currency=request.currency,
        net_days=account.net_days,
        number=receivable.number,
    )
    note_on_account(order=order, days=account.net_days)
    begin(order, request)
    if opens_at_once(order, request):
        open_receivable(order=order, request=request, on=timezone.localdate())
    receivable.refresh_from_db()
    return receivable


@transaction.atomic
def pay_receivable(*, actor: Actor, public_id: str) -> PaymentAttempt:
    """Ask for a payment page for all that is owed of a receivable; a worker opens it.

    Raises NotFound, NotAllowed, or a sentence when nothing is to be paid this way.
    """
    found = get_receivable(actor, public_id)
    lock_order(found.request.order.public_id)
    request = lock_payment(found.request_id)
    check_can_pay_receivable(actor, lock_receivable(request))
    return ask_for_page(actor, request)
