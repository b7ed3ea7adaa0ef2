"""A buyer's bank claims a payment: freeze it, book what Stripe takes, follow the decision."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.money import Money
from marketplace.core.states import move
from orders.models import Order
from orders.queries import lock_order
from payments import events
from payments.actions.instructions import unblock_instruction
from payments.actions.ledger import DISPUTE_FEES, DISPUTED, STRIPE, debt_of, held_of, post
from payments.actions.releases import carry_out_decisions
from payments.models import DisputeCase, PaymentRequest
from payments.queries import lock_payment
from payments.states import DISPUTE, PAYMENT, DisputeState, InstructionState, PaymentState
from payments.values import BalanceEntry, Dispute

ACTOR = Actor.system("Payments")


def apply_dispute(dispute: Dispute) -> bool:
    """Take in how a dispute stands; freshly fetched, any number of times, in any order.

    False when the disputed charge paid none of our requests.
    """
    found = PaymentRequest.objects.filter(charge=dispute.charge).select_related("order").first()
    if found is None:
        return False
    with transaction.atomic():
        order = lock_order(found.order.public_id)
        request = lock_payment(found.pk)
        case = _case(order, request, dispute)
        for entry in dispute.entries:
            _book(request, entry)
        if case.state == DisputeState.OPEN and dispute.status == "won":
            _win(order, request, case)
        elif case.state == DisputeState.OPEN and dispute.status == "lost":
            _lose(order, request, case)
    return True


def _case(order: Order, request: PaymentRequest, dispute: Dispute) -> DisputeCase:
    due = datetime.fromtimestamp(dispute.due_by, UTC) if dispute.due_by else None
    case, created = DisputeCase.objects.get_or_create(
        dispute=dispute.id,
        defaults={
            "request": request,
            "charge": dispute.charge,
            "was_released": request.state == PaymentState.RELEASED,
            "reason": dispute.reason,
            "amount_minor": dispute.amount,
            "currency": dispute.currency,
            "evidence_due_at": due,
        },
    )
    if created and PAYMENT.find("dispute_payment", request.state):
        move(request, PAYMENT, "dispute_payment", by=Side.SYSTEM)
        record(
            events.PAYMENT_DISPUTED,
            request,
            thread=order,
            actor=ACTOR,
            visible_to=order.parties,
            amount=str(Money(dispute.amount, dispute.currency)),
            amount_minor=dispute.amount,
            currency=dispute.currency,
            why=dispute.reason,
        )
    return case


def _book(request: PaymentRequest, entry: BalanceEntry) -> None:
    """Stripe takes amount and fee when a dispute opens, and gives both back when it is won."""
    taken = entry.amount < 0
    for kind, account, minor in (
        ("dispute", DISPUTED, abs(entry.amount)),
        ("dispute_fee", DISPUTE_FEES, abs(entry.fee)),
    ):
        if minor:
            post(
                key=f"{entry.id}:{kind}",
                kind=kind,
                debit=account if taken else STRIPE,
                credit=STRIPE if taken else account,
                amount=Money(minor, entry.currency),
                note="Taken back by the bank" if taken else "Returned by the bank",
                request=request,
                stripe_ref=entry.id,
            )


def _win(order: Order, request: PaymentRequest, case: DisputeCase) -> None:
    move(case, DISPUTE, "win_case", by=Side.SYSTEM)
    if request.state == PaymentState.DISPUTED:
        verb = "win_dispute_released" if case.was_released else "win_dispute_held"
        move(request, PAYMENT, verb, by=Side.SYSTEM)
    record(events.DISPUTE_WON, request, thread=order, actor=ACTOR, visible_to=order.parties)
    for instruction in request.instructions.filter(state=InstructionState.BLOCKED):
        unblock_instruction(actor=ACTOR, pk=instruction.pk)
    # What was decided while the money was frozen.
    carry_out_decisions(actor=ACTOR, order_id=order.public_id)


def _lose(order: Order, request: PaymentRequest, case: DisputeCase) -> None:
    """What is still held covers the loss; money already paid out becomes a debt."""
    move(case, DISPUTE, "lose_case", by=Side.SYSTEM)
    post(
        key=f"dispute:{case.dispute}:lost",
        kind="dispute_lost",
        debit=debt_of(order.manufacturer) if case.was_released else held_of(order),
        credit=DISPUTED,
        amount=Money(case.amount_minor, case.currency),
        note="Lost to the buyer's bank",
        request=request,
    )
    if request.state == PaymentState.DISPUTED:
        move(request, PAYMENT, "lose_dispute", by=Side.SYSTEM)
    record(events.DISPUTE_LOST, request, thread=order, actor=ACTOR, visible_to=order.parties)
