"""Money that came back: a refund a bank refused, and a shop's payout its bank refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.states import move
from orders.queries import lock_order
from payments import events
from payments.actions.instructions import settle_instruction
from payments.actions.ledger import STRIPE, post, refund_of
from payments.comparisons import amount_of
from payments.models import BankPayout, ConnectedAccount, Instruction
from payments.states import INSTRUCTION, InstructionState
from payments.values import GatewayUnreachable, Payout, Refund

ACTOR = Actor.system("Payments")
Status = BankPayout.Status


def apply_failed_refund(refund: Refund) -> bool:
    """A refund came back: the money is owed to the buyer again and a person pays it another way.

    Any number of times; a refund whose departure was never heard of is booked out first. False
    when it is not ours. Raises GatewayUnreachable while Stripe has not booked the return.
    """
    public_id = refund.metadata.get("instruction", "-")
    if not settle_instruction(public_id, refund):
        return False
    if not refund.failure_entry:
        raise GatewayUnreachable("The refund is not back in the Stripe balance yet.")
    with transaction.atomic():
        found = Instruction.objects.select_related("request__order").get(public_id=public_id)
        order = lock_order(found.request.order.public_id)
        instruction = Instruction.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if instruction.state != InstructionState.DONE:
            return True
        move(instruction, INSTRUCTION, "fail_instruction", by=Side.SYSTEM)
        Instruction.objects.filter(pk=instruction.pk).update(last_error=refund.failure[:2000])
        post(
            key=f"{instruction.key}:failed",
            kind="refund_failed",
            debit=STRIPE,
            credit=refund_of(instruction.charge),
            amount=instruction.amount,
            note="The refund came back from the bank",
            request=found.request,
            stripe_ref=refund.failure_entry,
        )
        record(
            events.REFUND_FAILED,
            instruction,
            thread=order,
            actor=ACTOR,
            visible_to=[order.buyer],
            amount=str(instruction.amount),
            amount_minor=instruction.amount_minor,
            currency=instruction.currency,
        )
    return True


@transaction.atomic
def apply_payout(account_id: str, payout: Payout) -> bool:
    """Take in how a payout of a connected account to its bank stands; our books do not move.

    False when the account is not ours.
    """
    account = (
        ConnectedAccount.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(account=account_id)
        .first()
    )
    if account is None:
        return False
    before = BankPayout.objects.filter(payout=payout.id).first()
    arrives = datetime.fromtimestamp(payout.arrives, UTC).date() if payout.arrives else None
    row, _ = BankPayout.objects.update_or_create(
        payout=payout.id,
        defaults={
            "organization": account.organization,
            "amount_minor": payout.amount,
            "currency": payout.currency,
            "status": payout.status,
            "failure": payout.failure[:300],
            "arrives_on": arrives,
            "made_at": datetime.fromtimestamp(payout.created, UTC),
            "synced_at": timezone.now(),
        },
    )
    fact = {Status.PAID: events.BANK_PAYOUT_PAID, Status.FAILED: events.BANK_PAYOUT_FAILED}.get(
        Status(payout.status)
    )
    if fact is not None and (before is None or before.status != payout.status):
        data: dict[str, Any] = {"amount": amount_of(payout.amount, payout.currency)}
        if fact is events.BANK_PAYOUT_FAILED:
            data["why"] = payout.failure[:200] or "the bank gave no reason"
        record(fact, row, actor=ACTOR, visible_to=[account.organization], **data)
    return True
