"""Money came in: one converging function, safe to call any number of times."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.money import EXPONENTS, Money
from marketplace.core.states import move
from orders.actions.changes import fund_change
from orders.actions.instalments import take_in_instalment, wait_for_bank
from orders.actions.placement import mark_order_funded
from orders.change_queries import accepted_change
from orders.models import Order
from orders.queries import lock_order
from orders.states import OrderState
from payments import events
from payments.actions.instructions import close_settled_order, instruct
from payments.actions.ledger import (
    STRIPE,
    STRIPE_FEES,
    held_of,
    post,
    receivable_of,
    refund_of,
    suspense_of,
    tax_of,
)
from payments.actions.receivables import lock_receivable, receive
from payments.actions.releases import conclude
from payments.actions.requests import note_next
from payments.models import Instruction, LedgerEntry, PaymentRequest, Receivable
from payments.queries import lock_payment
from payments.rules import ENDED
from payments.states import PAYMENT, PaymentState
from payments.values import BalanceEntry, Charge, GatewayUnreachable, Payment
from payments.ways import way_of

OPEN_STATES = (PaymentState.DUE, PaymentState.PROCESSING)
ACTOR = Actor.system("Payments")
# What the books say of an instalment that is released before the goods are accepted.
HELD_UNTIL: dict[str, str] = {
    PaymentRequest.Stage.DEPOSIT: "Held until the order is confirmed",
    PaymentRequest.Stage.TOOLING: "Held until the tool is approved",
    PaymentRequest.Stage.FIRST_ARTICLE: "Held until the first article is approved",
}


def apply_payment(payment: Payment) -> bool:
    """Take in how a PaymentIntent stands; freshly fetched, never from a webhook's body.

    True when the payment is one of ours. States only move forward: an old answer of Stripe
    changes nothing. Raises GatewayUnreachable while a paid charge is not booked at Stripe.
    """
    found = PaymentRequest.objects.filter(public_id=payment.metadata.get("payment", "-")).first()
    if found is None:
        found = PaymentRequest.objects.filter(payment_intent=payment.id).first()
    if found is None:
        return False
    with transaction.atomic():
        order = lock_order(found.order.public_id)
        request = lock_payment(found.pk)
        charge = payment.charge
        settled = charge is not None and charge.entry is not None
        if payment.status == "succeeded" and charge is not None and settled:
            _take_in(order, request, payment, charge)
        elif payment.status in ("processing", "succeeded") or payment.transfer_page:
            _note_processing(order, request, payment)
        elif payment.status == "requires_payment_method" and payment.error:
            _note_failure(order, request, payment, payment.error)
        elif payment.status == "canceled" and request.state == PaymentState.PROCESSING:
            _note_failure(order, request, payment, "it was given up")
    if payment.status == "succeeded" and not settled:
        # Stripe books a captured charge a moment later; whoever asked shall ask again.
        raise GatewayUnreachable("The charge is not in the Stripe balance yet.")
    return True


def _take_in(order: Order, request: PaymentRequest, payment: Payment, charge: Charge) -> None:
    entry = charge.entry
    assert entry is not None
    booked = LedgerEntry.objects.filter(key=f"charge:{charge.id}:paid").exists()
    if booked or request.charge == charge.id:
        return
    if entry.currency in EXPONENTS:
        _book_arrival(request, charge.id, entry)
    if request.state == PaymentState.INVOICED and _fits_invoice(request, charge):
        _settle_invoice(order, request, payment, charge)
        return
    asked = (request.gross_minor, request.currency)
    fits = (
        payment.amount_received == request.gross_minor
        and (charge.amount, charge.currency) == asked
        and (entry.amount, entry.currency) == asked
    )
    if request.state in OPEN_STATES and fits and takes_effect(order, request):
        _fund(order, request, payment, charge)
    elif request.state in OPEN_STATES and not fits:
        _review(order, request, payment, charge)
    else:
        send_stray_back(request, charge.id, Money(entry.amount, entry.currency))
        close_unwanted(order, request)


def send_stray_back(request: PaymentRequest, charge: str, amount: Money) -> None:
    """Send back money that came a second time, above what was asked for, or for something no
    longer asked for. `charge` is Stripe's id of what it came by."""
    post(
        key=f"charge:{charge}:stray",
        kind="refund_asked",
        debit=suspense_of(request),
        credit=refund_of(charge),
        amount=amount,
        note="Paid without need; goes back to the buyer",
        request=request,
    )
    instruct(
        key=f"refund:{charge}",
        kind=Instruction.Kind.REFUND,
        request=request,
        receiver=request.order.buyer,
        amount=amount,
        charge=charge,
    )


def _fits_invoice(request: PaymentRequest, charge: Charge) -> bool:
    """It is all that is owed of a payment on account. After a part came to our bank account the
    rest comes there too: one payment would have to go back in two ways."""
    receivable = lock_receivable(request)
    entry = charge.entry
    owed = (receivable.open_minor, receivable.currency)
    return (
        receivable.received_minor == 0
        and entry is not None
        and (charge.amount, charge.currency) == (entry.amount, entry.currency) == owed
    )


def _settle_invoice(
    order: Order, request: PaymentRequest, payment: Payment, charge: Charge
) -> None:
    receivable = lock_receivable(request)
    post(
        key=f"charge:{charge.id}:received",
        kind="received",
        debit=suspense_of(request),
        credit=receivable_of(order.buyer),
        amount=receivable.left,
        note=f"Paid for invoice {receivable.number}",
        request=request,
    )
    request.payment_intent, request.way = payment.id, payment.way[:20]
    request.save(update_fields=["payment_intent", "way"])
    receive(
        actor=ACTOR, order=order, request=request, minor=receivable.open_minor, source=charge.id
    )
    conclude(request)
    close_settled_order(order_id=order.public_id)


def takes_effect(order: Order, request: PaymentRequest) -> bool:
    """What is paid for begins now: the order, its next step, or the change order of a supplement.
    False when it is no longer wanted; then the money goes back."""
    if request.kind == PaymentRequest.Kind.SUPPLEMENT:
        return fund_change(
            actor=ACTOR,
            public_id=order.public_id,
            change=request.subject,
            amount_minor=request.amount_minor,
        )
    if order.state == OrderState.AWAITING_PAYMENT:
        return request.seq == 1
    return order.unpaid_minor > 0 and order.state not in ENDED


def close_unwanted(order: Order, request: PaymentRequest) -> None:
    """A payment nobody asks for any more is cancelled, so that the order can be closed."""
    if request.state not in OPEN_STATES:
        return
    if request.kind != PaymentRequest.Kind.SUPPLEMENT:
        if order.state not in ENDED:
            return
    else:
        change = accepted_change(order)
        if change is not None and change.public_id == request.subject:
            return
    if request.state == PaymentState.PROCESSING:
        move(request, PAYMENT, "fail_payment", by=Side.SYSTEM)
    move(request, PAYMENT, "cancel_payment", by=Side.SYSTEM)
    record(events.PAYMENT_CANCELLED, request, thread=order, actor=ACTOR, visible_to=[order.buyer])


def _book_arrival(request: PaymentRequest, charge_id: str, entry: BalanceEntry) -> None:
    """The money is in our Stripe balance, and nobody's yet; the fee is what Stripe took."""
    post(
        key=f"charge:{charge_id}:paid",
        kind="paid",
        debit=STRIPE,
        credit=suspense_of(request),
        amount=Money(entry.amount, entry.currency),
        note="Paid by the buyer",
        request=request,
        stripe_ref=entry.id,
    )
    if entry.fee > 0:
        post(
            key=f"charge:{charge_id}:fee",
            kind="stripe_fee",
            debit=STRIPE_FEES,
            credit=STRIPE,
            amount=Money(entry.fee, entry.currency),
            note="Fee of the payment service",
            request=request,
            stripe_ref=entry.id,
        )


def _fund(order: Order, request: PaymentRequest, payment: Payment, charge: Charge) -> None:
    _remember(request, payment, charge)
    hold_payment(order, request, by=Side.SYSTEM, actor=ACTOR)


def hold_payment(order: Order, request: PaymentRequest, *, by: Side, actor: Actor) -> None:
    """Hold what was asked for out of what came by the payment's charge; what it pays for begins."""
    post(
        key=f"charge:{request.charge}:held",
        kind="held",
        debit=suspense_of(request),
        credit=held_of(order),
        amount=request.amount,
        note=HELD_UNTIL.get(request.stage, "Held until the goods are accepted"),
        request=request,
    )
    if request.tax_minor:
        post(
            key=f"charge:{request.charge}:tax",
            kind="tax_held",
            debit=suspense_of(request),
            credit=tax_of(order),
            amount=request.tax,
            note="VAT on it, held with it",
            request=request,
        )
    move(request, PAYMENT, "fund_payment", by=by)
    record(
        events.PAYMENT_FUNDED,
        request,
        thread=order,
        actor=actor,
        visible_to=order.parties,
        amount=str(request.gross),
        amount_minor=request.gross_minor,
        currency=request.currency,
    )
    begin(order, request)


def begin(order: Order, request: PaymentRequest) -> None:
    """A payment is held, or owed by a buyer who buys on account: what it pays for begins."""
    if order.state == OrderState.AWAITING_PAYMENT:
        order = mark_order_funded(
            actor=ACTOR, public_id=order.public_id, amount_minor=request.amount_minor
        )
    elif request.kind != PaymentRequest.Kind.SUPPLEMENT:
        order = take_in_instalment(
            actor=ACTOR,
            public_id=order.public_id,
            subject=request.public_id,
            amount_minor=request.amount_minor,
            due_at=request.due_at,
            is_balance=request.stage == PaymentRequest.Stage.BALANCE,
        )
    note_next(order)


def _review(order: Order, request: PaymentRequest, payment: Payment, charge: Charge) -> None:
    """The money stays in suspense until a person decides."""
    _remember(request, payment, charge)
    move(request, PAYMENT, "review_payment", by=Side.SYSTEM)
    known = charge.currency in EXPONENTS
    paid = str(Money(charge.amount, charge.currency)) if known else f"{charge.amount}"
    record(
        events.PAYMENT_IN_REVIEW,
        request,
        thread=order,
        actor=ACTOR,
        visible_to=[order.buyer],
        amount=paid,
        paid_minor=charge.amount,
        paid_currency=charge.currency,
    )


def _remember(request: PaymentRequest, payment: Payment, charge: Charge) -> None:
    request.payment_intent = payment.id
    request.charge = charge.id
    request.way, request.transfer_page = payment.way[:20], ""
    request.paid_at = timezone.now()
    request.save(update_fields=["payment_intent", "charge", "way", "transfer_page", "paid_at"])


def _note_processing(order: Order, request: PaymentRequest, payment: Payment) -> None:
    if request.state == PaymentState.INVOICED and payment.status != "requires_action":
        receivable = lock_receivable(request)
        receivable.on_its_way_at = receivable.on_its_way_at or timezone.now()
        receivable.save(update_fields=["on_its_way_at"])
    if request.state != PaymentState.DUE:
        return
    request.payment_intent, request.way = payment.id, payment.way[:20]
    request.transfer_page, request.give_up_asked_at = payment.transfer_page[:500], None
    request.save(update_fields=["payment_intent", "way", "transfer_page", "give_up_asked_at"])
    move(request, PAYMENT, "process_payment", by=Side.SYSTEM)
    way = way_of(request.way)
    if way is not None:
        until = timezone.now() + timedelta(days=way.days)
        wait_for_bank(order=order, change=request.subject, until=until)
    note_next(order)
    record(
        events.PAYMENT_PROCESSING,
        request,
        thread=order,
        actor=ACTOR,
        visible_to=order.parties,
        amount_minor=request.gross_minor,
        currency=request.currency,
    )


def _note_failure(order: Order, request: PaymentRequest, payment: Payment, why: str) -> None:
    failed = payment.charge.id if payment.charge else payment.id
    waiting = (*OPEN_STATES, PaymentState.INVOICED)
    if request.state not in waiting or request.last_failure == failed:
        return
    if request.state == PaymentState.PROCESSING and request.payment_intent != payment.id:
        # A card that was refused earlier; the money on its way is another payment.
        return
    if request.state == PaymentState.PROCESSING:
        move(request, PAYMENT, "fail_payment", by=Side.SYSTEM)
        note_next(order)
    if request.state == PaymentState.INVOICED:
        Receivable.objects.filter(request=request).update(on_its_way_at=None)
    request.last_failure = failed
    request.save(update_fields=["last_failure"])
    tell_failed(order, request, why)
    close_unwanted(order, request)


def tell_failed(order: Order, request: PaymentRequest, why: str) -> None:
    """The buyer hears why a payment did not go through, and can make it again."""
    record(
        events.PAYMENT_FAILED,
        request,
        thread=order,
        actor=ACTOR,
        visible_to=[order.buyer],
        why=why[:200],
    )
