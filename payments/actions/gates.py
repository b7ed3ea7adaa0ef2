"""What a transfer or refund has to wait for before a worker sends it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from payments.books import free_at_stripe, lock_balance
from payments.credit_queries import waits_for_buyer
from payments.hold_queries import claimed_charges, hold_on
from payments.models import ConnectedAccount, Instruction
from payments.states import AccountState, PaymentState
from payments.ways import is_bank_source

Kind = Instruction.Kind
WAITS_FOR_BUYER = "the buyer's invoice is not settled yet"
NOT_COVERED = "the money came to our bank account and is being moved to Stripe"
BY_BANK = "the buyer paid by bank transfer; a person pays it back the same way"


def why_it_waits(instruction: Instruction) -> str:
    """Why a transfer or refund may not leave now; "" when it may."""
    is_claimed = claimed_charges().filter(charge=instruction.charge).exists()
    if is_claimed or instruction.request.state == PaymentState.DISPUTED:
        return "the buyer's bank disputes the payment"
    if hold_on(instruction.request) is not None:
        return "the platform holds the payment"
    if instruction.kind == Kind.TRANSFER and waits_for_buyer(instruction.request):
        return WAITS_FOR_BUYER
    if instruction.kind == Kind.REFUND and is_bank_source(instruction.charge):
        return BY_BANK
    return ""


def destination_of(instruction: Instruction) -> str:
    """Where a transfer goes: the active payout account, "" while there is none."""
    found = ConnectedAccount.objects.filter(
        organization=instruction.organization, state=AccountState.ACTIVE
    ).first()
    return found.account if found else ""


@transaction.atomic
def set_aside(instruction: Instruction) -> bool:
    """Whether the Stripe balance has this much that belongs to nobody else; then it is set aside.

    The buyer's money is in our bank account, so nothing of it came to Stripe.
    """
    if instruction.key_used_at is not None:
        return True
    lock_balance(instruction.currency)
    if free_at_stripe(instruction.currency) < instruction.amount_minor:
        return False
    instruction.key_used_at = timezone.now()
    instruction.save(update_fields=["key_used_at"])
    return True
