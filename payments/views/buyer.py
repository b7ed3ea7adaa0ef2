"""A buyer pays. No request talks to Stripe: it asks, a worker does, the page waits."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.roles import Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.pages import render_page
from orders.change_queries import accepted_change
from orders.queries import get_order, side_of
from orders.rooms import frame_of
from payments import queries
from payments.actions import attempts, transfers_in
from payments.background import soon
from payments.credit_queries import receivable_of_payment
from payments.credit_rules import offer_on_account
from payments.document_queries import documents_of_order
from payments.plans import plan_rows, plan_steps, waits_for_instalment
from payments.rules import can_pay
from payments.states import AttemptState, PaymentState
from payments.tax_queries import tax_of_order
from payments.views.waiting import leave_for, render_progress
from payments.ways import WAYS, way_of, ways_for

ASK_AGAIN = timedelta(seconds=3)
# A hosted page can pay it: what is asked for, or what is owed on account.
PAYABLE = (PaymentState.DUE, PaymentState.INVOICED)


@buyer_page
def pay_order(request: Request, order: str, payment: str = "") -> HttpResponse:
    """What is to be paid, and the button; the POST asks for a payment page."""
    sentence, status = "", 200
    if request.method == "POST":
        try:
            attempt = attempts.pay_order(actor=request.actor, public_id=order, payment=payment)
        except DomainError as error:
            if error.status == 404:
                raise
            sentence, status = error.sentence, error.status
        else:
            return redirect("await_payment_page", attempt.public_id)
    try:
        asked = queries.get_due_payment(request.actor, order, payment)
    except NotFound:
        if queries.is_being_prepared(request.actor, order, payment):
            return _await_payment(request, order, payment)
        raise
    if request.headers.get("HX-Request"):
        return leave_for(request, request.path)
    found = get_order(request.actor, order)
    context = {
        "order": found,
        "payment": asked,
        "row": plan_rows(found, [asked])[0],
        "tax": tax_of_order(found),
        "change": accepted_change(asked.order) if asked.subject else None,
        "can_pay": can_pay(request.actor, asked),
        "offer": offer_on_account(request.actor, found, asked),
        "way": way_of(asked.way) if asked.state == PaymentState.PROCESSING else None,
        "ways": [WAYS[name].label for name in ways_for(asked.currency)],
        "sentence": sentence,
    }
    return render_page(request, "payments/buyer/pay_order.html", context, status=status)


def _await_payment(request: Request, order: str, payment: str) -> HttpResponse:
    """The payment is about to be asked for; the page asks again until it is."""
    context = {"order": get_order(request.actor, order), "payment": payment}
    return render_progress(request, "payments/buyer/await_payment.html", context, waiting=True)


@buyer_page
@require_POST
def give_up_transfer(request: Request, order: str, payment: str) -> HttpResponse:
    """Do not wait for the bank transfer any more; the payment can be made another way."""
    try:
        transfers_in.give_up_transfer(actor=request.actor, public_id=order, payment=payment)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, error.sentence)
    else:
        messages.success(
            request, "The transfer is no longer waited for. In a moment you can pay another way."
        )
    return redirect("pay_instalment", order, payment)


@buyer_page
def await_payment_page(request: Request, attempt: str) -> HttpResponse:
    """Wait until the worker has opened the hosted page, then go there."""
    found = queries.get_attempt(request.actor, attempt)
    if found.state == AttemptState.OPEN and found.url:
        return leave_for(request, found.url)
    if found.state == AttemptState.PAID or found.request.state not in PAYABLE:
        return leave_for(request, reverse("payment_return", args=[found.public_id]))
    receivable = receivable_of_payment(found.request)
    context = {
        "attempt": found,
        "order": found.request.order,
        "payment": found.request,
        "receivable": receivable,
        "asked": receivable.left if receivable else found.request.gross,
    }
    return render_progress(
        request,
        "payments/buyer/await_payment_page.html",
        context,
        waiting=found.state == AttemptState.PREPARING,
    )


@buyer_page
def payment_return(request: Request, attempt: str) -> HttpResponse:
    """Back from the hosted page: show how the payment stands, and have a worker ask Stripe.

    Arriving here proves nothing and grants nothing.
    """
    found = queries.get_attempt(request.actor, attempt)
    payment = found.request
    way = way_of(payment.way) if payment.state == PaymentState.PROCESSING else None
    waiting = payment.state in (*PAYABLE, PaymentState.PROCESSING) and way is None
    waiting = waiting and found.state in (AttemptState.OPEN, AttemptState.PAID)
    asked = found.polled_at
    if waiting and (asked is None or asked < timezone.now() - ASK_AGAIN):
        soon("sync_attempt", found.pk)
    receivable = receivable_of_payment(payment)
    if receivable is not None and receivable.on_its_way_at is not None:
        waiting = False
    context = {
        "attempt": found,
        "order": payment.order,
        "payment": payment,
        "way": way,
        "receivable": receivable,
    }
    return render_progress(request, "payments/buyer/payment_return.html", context, waiting=waiting)


@buyer_page
def order_money(request: Request, order: str) -> HttpResponse:
    """What was paid, what is held and where it went, in words."""
    found = get_order(request.actor, order)
    if side_of(request.actor, found) != Side.BUYER:
        raise NotFound()
    payments = queries.payments_of(request.actor, found)
    payable = [row for row in payments if can_pay(request.actor, row, payments)]
    plan = plan_rows(found, payments, payable, queries.moved_of(payments))
    context = {
        **frame_of(found, Side.BUYER, "order_money"),
        "plan": plan,
        "steps": plan_steps(plan),
        "waits_for": waits_for_instalment(found, plan),
        "rows": queries.money_rows(request.actor, found),
        "tax": tax_of_order(found),
        "documents": documents_of_order(request.actor, found),
    }
    return render_page(request, "payments/buyer/order_money.html", context)
