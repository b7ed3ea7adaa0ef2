"""A buyer's bank claims a payment: freeze it, book what Stripe takes, follow the decision."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.money import Money
from marketplace.core.states import move
from orders.models import Order
from orders.queries import lock_order
from payments import events
from payments.actions.debts import keep_waiting, record_debt
from payments.actions.funding import tell_failed
from payments.actions.instructions import close_settled_order, unblock_instruction
from payments.actions.ledger import (
    DISPUTE_FEES,
    DISPUTED,
    LOSSES,
    STRIPE,
    debt_of,
    held_of,
    lock_shop,
    post,
    refund_of,
    tax_of,
)
from payments.actions.releases import carry_out_decisions, held_minor
from payments.actions.returns import carry_out_claims
from payments.actions.review_steps import ask_again, in_suspense
from payments.debt_queries import released_minor, returnable_minor
from payments.models import DisputeCase, Instruction, PaymentRequest
from payments.queries import lock_payment
from payments.states import (
    DISPUTE,
    INSTRUCTION,
    PAYMENT,
    DisputeState,
    InstructionState,
    PaymentState,
)
from payments.tax import split_gross
from payments.tax_queries import tax_held_minor, tax_returnable_minor
from payments.values import BalanceEntry, Dispute

ACTOR = Actor.system("Payments")
# An inquiry ("warning") takes no money and ends without a decision.
UPHELD = ("won", "warning_closed")


def apply_dispute(dispute: Dispute) -> bool:
    """Take in how a dispute stands; freshly fetched, any number of times, in any order.

    False when the disputed charge paid none of our requests, and is none that goes back.
    """
    found = PaymentRequest.objects.filter(charge=dispute.charge).select_related("order").first()
    if found is None:
        return _apply_to_stray(dispute)
    with transaction.atomic():
        order = lock_order(found.order.public_id)
        request = lock_payment(found.pk)
        case, is_new = _case(dispute, request)
        if is_new:
            _freeze(order, request, dispute)
        for entry in dispute.entries:
            _book(request, entry)
        if case.state == DisputeState.OPEN and dispute.status in UPHELD:
            _win(order, request, case)
        elif case.state == DisputeState.OPEN and dispute.status == "lost":
            _lose(order, request, case)
    return True


def _apply_to_stray(dispute: Dispute) -> bool:
    """A bank claims what was paid without need and goes back anyway (`send_stray_back`): there is
    nothing to argue about. What it takes, the buyer need not get from us."""
    refund = Instruction.objects.filter(key=f"refund:{dispute.charge}")
    found = refund.select_related("request__order").first()
    if found is None:
        return False
    with transaction.atomic():
        order = lock_order(found.request.order.public_id)
        request = lock_payment(found.request_id)
        case, _ = _case(dispute, None)
        for entry in dispute.entries:
            _book(request, entry)
        if case.state == DisputeState.OPEN and dispute.status in UPHELD:
            move(case, DISPUTE, "win_case", by=Side.SYSTEM)
            _unblock(refund)
        elif case.state == DisputeState.OPEN and dispute.status == "lost":
            move(case, DISPUTE, "lose_case", by=Side.SYSTEM)
            _post_rest(request, case, case.amount_minor)
            close_settled_order(order_id=order.public_id)
    return True


def _case(dispute: Dispute, request: PaymentRequest | None) -> tuple[DisputeCase, bool]:
    """The case, and whether it is new; without a request it is about money that goes back."""
    due = datetime.fromtimestamp(dispute.due_by, UTC) if dispute.due_by else None
    return DisputeCase.objects.get_or_create(
        dispute=dispute.id,
        defaults={
            "request": request,
            "charge": dispute.charge,
            "was_released": request is not None and request.state == PaymentState.RELEASED,
            "reason": dispute.reason,
            "amount_minor": dispute.amount,
            "currency": dispute.currency,
            "evidence_due_at": due if request else None,
        },
    )


def _freeze(order: Order, request: PaymentRequest, dispute: Dispute) -> None:
    if not PAYMENT.find("dispute_payment", request.state):
        return
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
    record(events.DISPUTE_WON, request, thread=order, actor=ACTOR, visible_to=order.parties)
    if request.state != PaymentState.DISPUTED or _another_is_open(request):
        return
    verb = "win_dispute_released" if case.was_released else "win_dispute_held"
    move(request, PAYMENT, verb, by=Side.SYSTEM)
    _thaw(order, request)


def _lose(order: Order, request: PaymentRequest, case: DisputeCase) -> None:
    """What is still held covers the loss; the part that was paid out becomes a debt. What was on
    its way back to the buyer has arrived by the bank. What the buyer had got back before is ours to
    bear: the manufacturer does not have it either. A bank takes gross: each part is net and the VAT
    on it."""
    move(case, DISPUTE, "lose_case", by=Side.SYSTEM)
    if request.state == PaymentState.REVIEW and in_suspense(request) == case.amount:
        _lose_in_review(order, request, case)
        return
    total = (request.amount_minor, request.tax_minor)
    held = split_gross(case.amount_minor, total, (held_minor(request), tax_held_minor(request)))
    released = (returnable_minor(request), tax_returnable_minor(request))
    back = split_gross(case.amount_minor - sum(held), total, released)
    owed = Money(sum(back), case.currency)
    ours = case.amount_minor - sum(held) - owed.minor
    _post_loss(request, case, "lost", held_of(order), held[0])
    _post_loss(request, case, "lost:tax", tax_of(order), held[1])
    if owed.minor:
        lock_shop(order.manufacturer)
        _post_loss(request, case, "lost:debt", debt_of(order.manufacturer), back[0])
        _post_loss(request, case, "lost:debt:tax", debt_of(order.manufacturer), back[1])
        record_debt(order, request, owed, "a dispute lost at the buyer's bank")
    _post_rest(request, case, ours)
    record(events.DISPUTE_LOST, request, thread=order, actor=ACTOR, visible_to=order.parties)
    if request.state == PaymentState.DISPUTED and not _another_is_open(request):
        move(request, PAYMENT, _verb_of_loss(request, case), by=Side.SYSTEM)
        if owed.minor:
            keep_waiting(order, case.currency)
        _thaw(order, request)


def _lose_in_review(order: Order, request: PaymentRequest, case: DisputeCase) -> None:
    """What came and did not fit has gone back by the bank; the payment can be made again."""
    ask_again(order, request, by=Side.SYSTEM)
    _post_rest(request, case, case.amount_minor)
    tell_failed(order, request, "Your bank gave all of the money back to you.")


def _post_rest(request: PaymentRequest, case: DisputeCase, minor: int) -> None:
    """Of what neither order nor manufacturer bears, refunds under way, which end with it; then
    us."""
    returned = 0
    waiting = Instruction.objects.select_for_update(of=("self",)).filter(
        kind=Instruction.Kind.REFUND,
        charge=case.charge,
        state__in=(InstructionState.PENDING, InstructionState.BLOCKED),
    )
    for instruction in waiting.order_by("pk"):
        if returned + instruction.amount_minor <= minor:
            move(instruction, INSTRUCTION, "cancel_instruction", by=Side.SYSTEM)
            returned += instruction.amount_minor
    _post_loss(request, case, "lost:returned", refund_of(case.charge), returned)
    _post_loss(request, case, "lost:ours", LOSSES, minor - returned)


# Part of a loss -> how the books call it, "dispute_lost" unless said.
_KINDS = {
    "lost:tax": "tax_lost",
    "lost:debt:tax": "tax_lost",
    "lost:returned": "refunded",
    "lost:ours": "loss",
}


def _post_loss(
    request: PaymentRequest, case: DisputeCase, key: str, debit: str, minor: int
) -> None:
    if minor == 0:
        return
    did = "Given back by" if key == "lost:returned" else "Lost to"
    post(
        key=f"dispute:{case.dispute}:{key}",
        kind=_KINDS.get(key, "dispute_lost"),
        debit=debit,
        credit=DISPUTED,
        amount=Money(minor, case.currency),
        note=f"{did} the buyer's bank",
        request=request,
    )


def _verb_of_loss(request: PaymentRequest, case: DisputeCase) -> str:
    """Where a payment goes after a loss: what is left is held, was released, or is nothing."""
    if held_minor(request):
        return "lose_part_held"
    is_part = case.amount_minor < request.gross_minor
    return "lose_part_released" if is_part and released_minor(request) else "lose_dispute"


def _another_is_open(request: PaymentRequest) -> bool:
    return request.disputes.filter(state=DisputeState.OPEN).exists()


def _thaw(order: Order, request: PaymentRequest) -> None:
    """What stood still while the bank had the case goes on."""
    _unblock(request.instructions.all())
    carry_out_decisions(actor=ACTOR, order_id=order.public_id)
    carry_out_claims(actor=ACTOR, order_id=order.public_id)


def _unblock(instructions: QuerySet[Instruction]) -> None:
    blocked = instructions.filter(state=InstructionState.BLOCKED)
    for pk in list(blocked.values_list("pk", flat=True)):
        unblock_instruction(actor=ACTOR, pk=pk)
