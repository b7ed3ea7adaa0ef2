"""What a manufacturer owes us: kept from what is released later, or taken back at Stripe.

The order is locked by the caller; the manufacturer's lock (`lock_shop`) is taken here, before its
debt is read. Nothing else may move the debt without that lock.
"""

from __future__ import annotations

from django.db.models import QuerySet, Sum

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.money import Money
from marketplace.core.states import move
from orders.models import Order
from payments import events
from payments.actions.instructions import instruct
from payments.actions.ledger import debt_of, lock_shop, payable_to, post
from payments.credit_queries import unsettled_payments
from payments.debt_queries import coming_back_minor, debt_to_us, open_debts
from payments.models import Instruction, PaymentRequest
from payments.states import INSTRUCTION, InstructionState

Kind = Instruction.Kind
ACTOR = Actor.system("Payments")


def record_debt(order: Order, request: PaymentRequest, amount: Money, why: str) -> None:
    """Tell the manufacturer that it owes money now, and why."""
    record(
        events.DEBT_OWED,
        request,
        thread=order,
        actor=ACTOR,
        visible_to=[order.manufacturer],
        amount=str(amount),
        amount_minor=amount.minor,
        currency=amount.currency,
        why=why[:200],
    )


def keep_for_debt(order: Order, request: PaymentRequest, payout: Money, key: str) -> Money:
    """Keep of a payout what the manufacturer owes, the oldest debt first; what was kept.

    `payout` is booked as payable. What Stripe is asked to take back is left to Stripe.
    """
    shop, currency = order.manufacturer, payout.currency
    lock_shop(shop)
    free = debt_to_us(shop, currency) - coming_back_minor(shop, currency)
    kept = Money(max(0, min(payout.minor, free)), currency)
    left = kept.minor
    for debt in open_debts(shop, currency):
        part = min(left, debt.left.minor)
        if part > 0:
            origin = debt.entry.request.order.reference if debt.entry.request else "before"
            _net(order, request, Money(part, currency), f"{key}:{debt.entry.pk}", origin)
            left -= part
    if kept.minor:
        record(
            events.DEBT_KEPT,
            request,
            thread=order,
            actor=ACTOR,
            visible_to=[shop],
            amount=str(kept),
            amount_minor=kept.minor,
            currency=currency,
            left=str(Money(debt_to_us(shop, currency), currency)),
        )
    return kept


def collect_debt(order: Order, request: PaymentRequest, amount: Money, key: str) -> None:
    """Collect what was booked as owed a moment ago, as far as the order's payouts reach.

    Payouts that certainly never left pay first; then Stripe is asked to take back what did leave
    of this instalment. The rest stays owed.
    """
    lock_shop(order.manufacturer)
    left = _keep_waiting(order, amount, _waiting_payouts(order, amount.currency))
    transfers = request.instructions.filter(kind=Kind.TRANSFER).exclude(
        state=InstructionState.CANCELLED
    )
    for transfer in transfers.order_by("pk"):
        part = min(left, _reversible_minor(transfer))
        if part > 0:
            instruct(
                key=f"reversal:{key}:{transfer.pk}",
                kind=Kind.REVERSAL,
                request=request,
                receiver=order.manufacturer,
                amount=Money(part, amount.currency),
                charge=request.charge,
                transfer=transfer,
            )
            left -= part


def keep_waiting(order: Order, currency: str) -> None:
    """Payouts of an order that wait and certainly never left pay what the manufacturer owes; those
    whose buyer has not paid do not."""
    shop = order.manufacturer
    lock_shop(shop)
    free = debt_to_us(shop, currency) - coming_back_minor(shop, currency)
    there = _waiting_payouts(order, currency).exclude(request__in=unsettled_payments())
    _keep_waiting(order, Money(max(0, free), currency), there)


def _waiting_payouts(order: Order, currency: str) -> QuerySet[Instruction]:
    """Blocked without a key in use: Stripe was never asked, or said a definite no."""
    return Instruction.objects.filter(
        request__order=order,
        kind=Kind.TRANSFER,
        state=InstructionState.BLOCKED,
        currency=currency,
        look_first=False,
        key_used_at__isnull=True,
    ).select_related("request")


def _keep_waiting(order: Order, amount: Money, waiting: QuerySet[Instruction]) -> int:
    """Replace waiting transfers by smaller ones, or by none; what is left of `amount`."""
    left = amount.minor
    for transfer in waiting.order_by("pk"):
        part = Money(min(left, transfer.amount_minor), amount.currency)
        if part.minor == 0:
            break
        move(transfer, INSTRUCTION, "cancel_instruction", by=Side.SYSTEM)
        _net(order, transfer.request, part, f"waiting:{transfer.pk}", order.reference)
        rest = transfer.amount - part
        if rest.minor:
            instruct(
                key=f"rest:{transfer.pk}",
                kind=Kind.TRANSFER,
                request=transfer.request,
                receiver=order.manufacturer,
                amount=rest,
                charge=transfer.charge,
            )
        left -= part.minor
    return left


def _net(order: Order, request: PaymentRequest, amount: Money, key: str, origin: str) -> None:
    post(
        key=f"netted:{key}",
        kind="netted",
        debit=payable_to(order.manufacturer),
        credit=debt_of(order.manufacturer),
        amount=amount,
        note=f"Kept for what was owed from {origin}",
        request=request,
    )


def _reversible_minor(transfer: Instruction) -> int:
    """What of a transfer nobody has asked Stripe to take back, minor units."""
    asked = transfer.reversals.exclude(state=InstructionState.CANCELLED)
    return transfer.amount_minor - int(asked.aggregate(sum=Sum("amount_minor", default=0))["sum"])
