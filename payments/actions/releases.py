"""What the contract decided about held money is carried out: to the manufacturer, or back."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.money import Money
from marketplace.core.states import move
from orders.models import MoneyDecision, Order
from orders.queries import lock_order
from payments import events
from payments.actions.debts import keep_for_debt
from payments.actions.instructions import close_settled_order, instruct
from payments.actions.ledger import (
    COMMISSION,
    held_of,
    ledger_account,
    payable_to,
    post,
    refund_of,
    tax_of,
)
from payments.actions.receivables import lower_receivable, open_receivable, owing_of
from payments.credit_queries import missing_minor, waits_for_buyer
from payments.hold_queries import stopped_payments
from payments.models import Instruction, LedgerEntry, PaymentRequest, Receivable
from payments.queries import lock_payment
from payments.states import PAYMENT, PaymentState
from payments.tax import leaving, split_gross
from payments.tax_queries import tax_held_minor

Kind = MoneyDecision.Kind
ACTOR = Actor.system("Payments")
# What is held of a payment is there, or owed by its buyer.
BACKED = (PaymentState.FUNDED, PaymentState.INVOICED)


@transaction.atomic
def carry_out_decisions(*, actor: Actor, order_id: str) -> None:
    """Carry out what is decided about an order's money and not yet done, oldest first.

    Twice is once: a decision is done when its entries in the books add up to it. What a bank
    disputes or staff hold stays where it is until that ends; then this is called again.
    """
    order = lock_order(order_id)
    done = _done(order)
    for decision in order.money_decisions.order_by("pk"):
        left = decision.amount_minor - done.get(decision.public_id, 0)
        for request in _funded(order, decision.kind):
            part = min(left, held_minor(request))
            if part > 0:
                _carry_out(actor, order, decision, request, part)
                left -= part
    # Where everything was kept for a debt no transfer is left that would close the order.
    close_settled_order(order_id=order_id)


def held_minor(request: PaymentRequest) -> int:
    """What is still held of a paid instalment, minor units, from the books."""
    account = ledger_account(held_of(request.order), request.currency)
    own = LedgerEntry.objects.filter(request=request)
    came = own.filter(credit=account).aggregate(sum=Sum("amount_minor", default=0))["sum"]
    went = own.filter(debit=account).aggregate(sum=Sum("amount_minor", default=0))["sum"]
    return int(came - went)


def _funded(order: Order, kind: str) -> Iterator[PaymentRequest]:
    """The payments money can be taken from: of what goes back, first those the buyer still owes."""
    rows = PaymentRequest.objects.filter(order=order, state__in=BACKED).order_by("seq")
    found = list(rows.exclude(pk__in=stopped_payments()).values_list("state", "pk"))
    if kind == Kind.REFUND:
        found.sort(key=lambda row: row[0] != PaymentState.INVOICED)
    for _, pk in found:
        yield lock_payment(pk)


def _done(order: Order) -> dict[str, int]:
    """Decision (public id) -> what the books say was carried out of it, commission included."""
    entries = LedgerEntry.objects.filter(
        request__order=order, key__startswith="decision:", debit__name=held_of(order)
    )
    done: dict[str, int] = {}
    for key, amount in entries.values_list("key", "amount_minor"):
        decision = key.split(":")[1]
        done[decision] = done.get(decision, 0) + amount
    return done


def _carry_out(
    actor: Actor, order: Order, decision: MoneyDecision, request: PaymentRequest, minor: int
) -> None:
    key = f"decision:{decision.public_id}:{request.public_id}"
    amount = Money(minor, request.currency)
    tax = Money(tax_leaving(request, minor), request.currency)
    if decision.kind == Kind.RELEASE:
        _release(actor, order, request, amount, tax, key)
    else:
        _refund(actor, order, request, amount, tax, key)
    conclude(request)


def conclude(request: PaymentRequest) -> None:
    """A payment of which nothing is held any more ends: released, or given back. One the buyer
    still owes goes on."""
    if request.state == PaymentState.FUNDED and held_minor(request) == 0:
        released = LedgerEntry.objects.filter(request=request, kind="payable").exists()
        verb = "release_payment" if released else "refund_payment"
        move(request, PAYMENT, verb, by=Side.SYSTEM)


def tax_leaving(request: PaymentRequest, minor: int) -> int:
    """The VAT that leaves what is held of a payment with `minor` units of it; the last units take
    all of it."""
    if request.tax_minor == 0:
        return 0
    here = (held_minor(request), tax_held_minor(request))
    return leaving((request.amount_minor, request.tax_minor), here, minor)


def commission_on(request: PaymentRequest, released_minor: int) -> int:
    """The commission on the first `released_minor` of an instalment, half up, minor units.

    Cumulative, so that the commissions on the parts add up to that on the whole.
    """
    whole = request.amount_minor
    return (request.commission_minor * released_minor * 2 + whole) // (2 * whole)


def _release(
    actor: Actor, order: Order, request: PaymentRequest, amount: Money, tax: Money, key: str
) -> None:
    before = LedgerEntry.objects.filter(
        request=request, kind__in=["commission", "payable"]
    ).aggregate(sum=Sum("amount_minor", default=0))["sum"]
    after = int(before) + amount.minor
    fee = Money(
        commission_on(request, after) - commission_on(request, int(before)), amount.currency
    )
    payout = amount - fee
    if fee.minor:
        post(
            key=f"{key}:commission",
            kind="commission",
            debit=held_of(order),
            credit=COMMISSION,
            amount=fee,
            note="Commission of the marketplace",
            request=request,
        )
    if payout.minor:
        post(
            key=f"{key}:payable",
            kind="payable",
            debit=held_of(order),
            credit=payable_to(order.manufacturer),
            amount=payout,
            note="Released to the manufacturer",
            request=request,
        )
    if tax.minor:
        post(
            key=f"tax:{key}",
            kind="tax_payable",
            debit=tax_of(order),
            credit=payable_to(order.manufacturer),
            amount=tax,
            note="VAT released with it; the manufacturer owes it to its state",
            request=request,
        )
    due = payout + tax
    if due.minor:
        # What has not come in pays no debt; when it does, `receivables` sees to that.
        waits = waits_for_buyer(request)
        rest = due if waits else due - keep_for_debt(order, request, due, key)
        if waits:
            _tell_that_it_waits(order, request, due)
        if rest.minor:
            instruct(
                key=f"transfer:{key}",
                kind=Instruction.Kind.TRANSFER,
                request=request,
                receiver=order.manufacturer,
                amount=rest,
                charge=request.charge,
            )
    record(
        events.PAYMENT_RELEASED,
        request,
        thread=order,
        actor=actor,
        # What is left after our commission is not the buyer's to know; the contract's own fact
        # tells both how much was released.
        visible_to=[order.manufacturer],
        payout=str(due),
        payout_minor=due.minor,
        currency=request.currency,
    )


def _tell_that_it_waits(order: Order, request: PaymentRequest, payout: Money) -> None:
    """Released before the buyer has paid: the manufacturer reads when that is expected."""
    open_receivable(order=order, request=request, on=timezone.localdate())
    record(
        events.PAYOUT_WAITS,
        request,
        thread=order,
        actor=ACTOR,
        visible_to=[order.manufacturer],
        payout=str(payout),
        payout_minor=payout.minor,
        currency=payout.currency,
        by=Receivable.objects.get(request=request).due_on.isoformat(),  # type: ignore[union-attr]
    )


def _refund(
    actor: Actor, order: Order, request: PaymentRequest, amount: Money, tax: Money, key: str
) -> None:
    """What the buyer owes becomes less first: nothing is sent back that never came in."""
    off = min(amount.minor + tax.minor, missing_minor(request))
    if off:
        total = (request.amount_minor, request.tax_minor)
        net, vat = split_gross(off, total, (amount.minor, tax.minor))
        less, less_tax = Money(net, amount.currency), Money(vat, amount.currency)
        _take_off(actor, order, request, less, less_tax, key)
        amount, tax = amount - less, tax - less_tax
    if amount.minor or tax.minor:
        _send_back(actor, order, request, amount, tax, key)


def _take_off(
    actor: Actor, order: Order, request: PaymentRequest, amount: Money, tax: Money, key: str
) -> None:
    for part, books, kind, debit in (
        (amount, f"{key}:lowered", "lowered", held_of(order)),
        (tax, f"tax:{key}:lowered", "tax_lowered", tax_of(order)),
    ):
        if part.minor:
            post(
                key=books,
                kind=kind,
                debit=debit,
                credit=owing_of(order, request),
                amount=part,
                note="Goes off what is owed on account",
                request=request,
            )
    lower_receivable(actor=actor, order=order, request=request, minor=(amount + tax).minor)


def _send_back(
    actor: Actor, order: Order, request: PaymentRequest, amount: Money, tax: Money, key: str
) -> None:
    post(
        key=f"{key}:refund",
        kind="refund_asked",
        debit=held_of(order),
        credit=refund_of(request.charge),
        amount=amount,
        note="Goes back to the buyer",
        request=request,
    )
    if tax.minor:
        post(
            key=f"tax:{key}",
            kind="tax_back",
            debit=tax_of(order),
            credit=refund_of(request.charge),
            amount=tax,
            note="VAT on it goes back too",
            request=request,
        )
    gross = amount + tax
    instruct(
        key=f"refund:{key}",
        kind=Instruction.Kind.REFUND,
        request=request,
        receiver=order.buyer,
        amount=gross,
        tax_minor=tax.minor,
        charge=request.charge,
    )
    record(
        events.PAYMENT_REFUNDED,
        request,
        thread=order,
        actor=actor,
        visible_to=order.parties,
        amount=str(gross),
        amount_minor=gross.minor,
        currency=request.currency,
    )
