"""What staff do about money that came and does not fit what was asked for: take it, or send it
back. It lies in suspense until then. The caller holds the order's lock."""

from __future__ import annotations

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import Conflict, DomainError
from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.core.states import move
from orders.models import Order
from payments import events
from payments.actions.funding import close_unwanted, hold_payment, send_stray_back, takes_effect
from payments.actions.ledger import suspense_of
from payments.actions.requests import note_next
from payments.hold_queries import claimed_charges
from payments.models import LedgerAccount, ManualSettlement, PaymentRequest
from payments.queries import balance_of, lock_payment
from payments.states import PAYMENT, PaymentState


def in_suspense(request: PaymentRequest) -> Money:
    """What came for a payment and is nobody's yet, in the currency it came in."""
    rows = LedgerAccount.objects.filter(name=suspense_of(request)).order_by("currency")
    for currency in rows.values_list("currency", flat=True):
        found = balance_of(suspense_of(request), currency)
        if found.minor:
            return found
    return Money(0, request.currency)


def check_accept(order: Order, found: ManualSettlement) -> None:
    """All that was asked for came, in its currency. Raises a sentence."""
    request = _reviewed(found)
    came = in_suspense(request)
    if came.currency != request.currency or came.minor < request.gross_minor:
        raise DomainError(
            f"{came} came and {request.gross} were asked for: that does not pay it. Send it back; "
            "the buyer can pay again then."
        )


def check_send_back(order: Order, found: ManualSettlement) -> None:
    """It can go back as it came. Raises a sentence."""
    request = _reviewed(found)
    came = in_suspense(request)
    told = Event.objects.filter(type=events.PAYMENT_IN_REVIEW.name, subject=request.public_id)
    paid = told.order_by("-pk").values_list("data", flat=True).first() or {}
    if (paid.get("paid_minor"), paid.get("paid_currency")) != (came.minor, came.currency):
        raise Conflict(
            f"Stripe changed this payment into {came}, so what was paid cannot be sent back from "
            f"here. Refund the charge {request.charge} at Stripe and ask who keeps the books."
        )


def amount_in_review(order: Order, found: ManualSettlement) -> int:
    """What it is about, minor units; the settlement is in the currency the money came in."""
    if found.payment is None:
        return 0
    came = in_suspense(found.payment)
    found.currency = came.currency
    return came.minor


def accept(actor: Actor, order: Order, found: ManualSettlement) -> None:
    """What was asked for is held and what it pays for begins; what came above it goes back."""
    request = _locked(order, found)
    came = in_suspense(request)
    if not takes_effect(order, request):
        raise Conflict("This payment is not asked for any more. Send it back.")
    surplus = came - request.gross
    hold_payment(order, request, by=Side.STAFF, actor=actor)
    if surplus.minor:
        send_stray_back(request, request.charge, surplus)


def send_back(actor: Actor, order: Order, found: ManualSettlement) -> None:
    """All of it goes back, and the payment can be made again while it is still asked for."""
    ask_again(order, _locked(order, found), by=Side.STAFF)


def ask_again(order: Order, request: PaymentRequest, *, by: Side) -> None:
    """What came goes back, and the payment can be made again while it is still asked for."""
    send_stray_back(request, request.charge, in_suspense(request))
    request.charge = request.payment_intent = request.way = ""
    request.paid_at = None
    request.save(update_fields=["charge", "payment_intent", "way", "paid_at"])
    move(request, PAYMENT, "reopen_payment", by=by)
    close_unwanted(order, request)
    note_next(order)


def _reviewed(found: ManualSettlement) -> PaymentRequest:
    request = found.payment
    if request is None or request.state != PaymentState.REVIEW:
        raise Conflict("This payment is not in review.")
    if claimed_charges().filter(charge=request.charge).exists():
        raise Conflict(
            "The buyer's bank claims this payment. Wait until it has decided: what it takes back "
            "ends the review by itself."
        )
    return request


def _locked(order: Order, found: ManualSettlement) -> PaymentRequest:
    assert found.payment is not None
    request = lock_payment(found.payment.pk)
    request.order = order
    return request
