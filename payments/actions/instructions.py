"""Money goes out: decided in a transaction, done at Stripe afterwards, exactly once."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.money import Money
from marketplace.core.states import move
from orders.actions.placement import close_order
from orders.models import Order
from orders.queries import lock_order
from orders.states import OrderState
from payments import events, gateway
from payments.actions.gates import (
    NOT_COVERED,
    WAITS_FOR_BUYER,
    destination_of,
    set_aside,
    why_it_waits,
)
from payments.actions.ledger import (
    STRIPE,
    debt_of,
    lock_shop,
    payable_to,
    post,
    refund_of,
)
from payments.background import soon
from payments.credit_queries import unsettled_payments, waits_for_buyer
from payments.hold_queries import claimed_charges, stopped_payments
from payments.models import ConnectedAccount, Instruction, PaymentRequest
from payments.states import INSTRUCTION, AccountState, InstructionState, PaymentState
from payments.values import (
    GatewayIndeterminate,
    GatewayRefused,
    GatewayUnreachable,
    Refund,
    Reversal,
    Transfer,
)
from payments.ways import is_bank_source

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
# Stripe keeps an idempotency key for a day at least; later the same key would act anew.
KEY_LIFE = timedelta(hours=20)
RETRY_BLOCKED_AFTER = timedelta(hours=1)
ACTOR = Actor.system("Payments")
SETTLED_STATES = (
    PaymentState.RELEASED,
    PaymentState.REFUNDED,
    PaymentState.LOST,
    PaymentState.CANCELLED,
)
UNFINISHED = (InstructionState.PENDING, InstructionState.BLOCKED, InstructionState.FAILED)
Kind = Instruction.Kind
Made = Transfer | Refund | Reversal
# Kind -> how the books call it, what they say of it, and the fact that tells.
_DONE = {
    Kind.TRANSFER: ("transferred", "Transferred to the manufacturer", events.PAYOUT_SENT),
    Kind.REFUND: ("refunded", "Sent back to the buyer", events.REFUND_SENT),
    Kind.REVERSAL: ("taken_back", "Taken back from the payout account", events.PAYOUT_REVERSED),
}


def instruct(
    *,
    key: str,
    kind: str,
    request: PaymentRequest,
    receiver: Organization,
    amount: Money,
    charge: str,
    transfer: Instruction | None = None,
    tax_minor: int = 0,
) -> Instruction:
    """Write down that money must leave, once for each key; the caller has booked it as due.
    `transfer` is what a reversal takes back; `tax_minor` the VAT in the amount of a refund."""
    made, created = Instruction.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "request": request,
            "organization": receiver,
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "charge": charge,
            "transfer": transfer,
            "tax_minor": tax_minor,
        },
    )
    if created and kind == Kind.TRANSFER and waits_for_buyer(request):
        made.last_error = WAITS_FOR_BUYER
        made.save(update_fields=["last_error"])
        move(made, INSTRUCTION, "block_instruction", by=Side.SYSTEM)
    elif created:
        soon("execute_instruction", made.pk)
    return made


def execute_instruction(pk: int) -> None:
    """Carry out one instruction at Stripe; for the worker, any number of times."""
    instruction = _claim(pk)
    if instruction is None:
        return
    destination = ""
    if instruction.kind == Kind.REVERSAL:
        if not _transfer_is_done(instruction):
            return
    elif why := why_it_waits(instruction):
        _block(instruction, why)
        return
    if instruction.kind == Kind.TRANSFER:
        destination = destination_of(instruction)
        if not destination:
            _block(instruction, "the manufacturer's payout account is not ready")
            return
        if is_bank_source(instruction.charge) and not set_aside(instruction):
            _block(instruction, NOT_COVERED)
            return
    try:
        made = _find_or_do(instruction, destination)
    except GatewayRefused as error:
        # The stored refusal would be replayed for ever, so the next try needs a fresh key.
        _next_generation(instruction)
        if instruction.kind == Kind.REVERSAL:
            _give_up(instruction, str(error))
        else:
            _block(instruction, str(error))
    except GatewayIndeterminate as error:
        _postpone(instruction, str(error), look_first=True)
    except GatewayUnreachable as error:
        _postpone(instruction, str(error), look_first=instruction.look_first)
    else:
        settle_instruction(instruction.public_id, made)


def _claim(pk: int) -> Instruction | None:
    now = timezone.now()
    waiting = Instruction.objects.filter(pk=pk, state=InstructionState.PENDING, due_at__lte=now)
    if not waiting.update(due_at=now + LEASE, tries=F("tries") + 1):
        return None
    return Instruction.objects.select_related(
        "request__order__manufacturer", "organization", "transfer"
    ).get(pk=pk)


def _transfer_is_done(instruction: Instruction) -> bool:
    """Whether there is something to take back; else the reversal waits, or ends with its
    transfer."""
    transfer = instruction.transfer
    assert transfer is not None
    if transfer.state == InstructionState.CANCELLED:
        _give_up(instruction, "the transfer was never made")
    elif transfer.state != InstructionState.DONE:
        _postpone(instruction, "the transfer is under way", look_first=instruction.look_first)
    return transfer.state == InstructionState.DONE


def _find_or_do(instruction: Instruction, destination: str) -> Made:
    now = timezone.now()
    stale = instruction.key_used_at is not None and instruction.key_used_at < now - KEY_LIFE
    if instruction.look_first or stale:
        found = _look(instruction)
        if found is not None:
            return found
        _next_generation(instruction)
    if instruction.key_used_at is None:
        instruction.key_used_at = now
        instruction.save(update_fields=["key_used_at"])
    metadata = {
        "instruction": instruction.public_id,
        "payment": instruction.request.public_id,
    }
    if instruction.kind == Kind.REFUND:
        return gateway.create_refund(
            key=instruction.idempotency_key,
            charge=instruction.charge,
            amount=instruction.amount_minor,
            metadata=metadata,
        )
    if instruction.transfer is not None:
        return gateway.create_reversal(
            key=instruction.idempotency_key,
            transfer=instruction.transfer.stripe_ref,
            amount=instruction.amount_minor,
            metadata=metadata,
        )
    return gateway.create_transfer(
        key=instruction.idempotency_key,
        amount=instruction.amount_minor,
        currency=instruction.currency,
        destination=destination,
        source_charge="" if is_bank_source(instruction.charge) else instruction.charge,
        transfer_group=instruction.request.order.public_id,
        metadata=metadata,
    )


def _look(instruction: Instruction) -> Made | None:
    if instruction.kind == Kind.REFUND:
        return gateway.find_refund(charge=instruction.charge, instruction=instruction.public_id)
    if instruction.transfer is not None:
        return gateway.find_reversal(
            transfer=instruction.transfer.stripe_ref, instruction=instruction.public_id
        )
    return gateway.find_transfer(
        transfer_group=instruction.request.order.public_id, instruction=instruction.public_id
    )


def _next_generation(instruction: Instruction) -> None:
    instruction.generation += 1
    instruction.look_first = False
    instruction.key_used_at = None
    instruction.save(update_fields=["generation", "look_first", "key_used_at"])


def _postpone(instruction: Instruction, why: str, *, look_first: bool) -> None:
    pause = min(timedelta(seconds=2**instruction.tries), timedelta(hours=1))
    Instruction.objects.filter(pk=instruction.pk).update(
        due_at=timezone.now() + pause, look_first=look_first, last_error=why[:2000]
    )


@transaction.atomic
def _block(instruction: Instruction, why: str) -> None:
    logger.warning("Instruction %s is blocked: %s", instruction.key, why)
    order = instruction.request.order
    lock_order(order.public_id)
    Instruction.objects.filter(pk=instruction.pk).update(last_error=why[:2000])
    move(instruction, INSTRUCTION, "block_instruction", by=Side.SYSTEM)
    if instruction.kind == Kind.TRANSFER:
        record(
            events.PAYOUT_BLOCKED,
            instruction,
            thread=order,
            actor=ACTOR,
            visible_to=[order.manufacturer],
            why=why[:200],
        )


@transaction.atomic
def _give_up(instruction: Instruction, why: str) -> None:
    """Stripe takes nothing back: what the manufacturer owes stays owed and is kept from what is
    released to it later."""
    order = lock_order(instruction.request.order.public_id)
    lock_shop(order.manufacturer)
    Instruction.objects.filter(pk=instruction.pk).update(last_error=why[:2000])
    move(instruction, INSTRUCTION, "cancel_instruction", by=Side.SYSTEM)
    record(
        events.REVERSAL_REFUSED,
        instruction,
        thread=order,
        actor=ACTOR,
        visible_to=[order.manufacturer],
        amount=str(instruction.amount),
        amount_minor=instruction.amount_minor,
        currency=instruction.currency,
    )
    close_settled_order(order_id=order.public_id)


@transaction.atomic
def unblock_instruction(*, actor: Actor, pk: int) -> None:
    """Try a blocked instruction again, because the reason may have gone."""
    instruction = Instruction.objects.select_for_update(of=("self",)).get(pk=pk)
    side = Side.STAFF if actor.is_staff else Side.SYSTEM
    move(instruction, INSTRUCTION, "unblock_instruction", by=side)
    Instruction.objects.filter(pk=pk).update(due_at=timezone.now(), tries=0)
    soon("execute_instruction", pk)


@transaction.atomic
def settle_instruction(public_id: str, made: Made) -> bool:
    """Note that Stripe has done it, book it, and close the order when nothing is left.

    Called by the worker and by webhooks, whoever comes first. False when the instruction is not
    ours.
    """
    found = Instruction.objects.select_related("request__order").filter(public_id=public_id).first()
    if found is None:
        return False
    order = lock_order(found.request.order.public_id)
    instruction = (
        Instruction.objects.select_for_update(of=("self",))
        .select_related("request", "organization")
        .get(pk=found.pk)
    )
    # Also when it came back since, or a person paid it another way.
    if instruction.stripe_ref:
        return True
    if (made.amount, made.currency) != (instruction.amount_minor, instruction.currency):
        raise ValueError(f"{made.id} is not what instruction {instruction.key} asked for.")
    if instruction.kind == Kind.REVERSAL:
        lock_shop(order.manufacturer)
    instruction.stripe_ref = made.id
    instruction.last_error = ""
    instruction.save(update_fields=["stripe_ref", "last_error"])
    move(instruction, INSTRUCTION, "finish_instruction", by=Side.SYSTEM)
    _book_departure(order, instruction, made)
    close_settled_order(order_id=order.public_id)
    return True


def _book_departure(order: Order, instruction: Instruction, made: Made) -> None:
    kind, note, fact = _DONE[Kind(instruction.kind)]
    debit, credit = {
        Kind.TRANSFER: (payable_to(instruction.organization), STRIPE),
        Kind.REFUND: (refund_of(instruction.charge), STRIPE),
        Kind.REVERSAL: (STRIPE, debt_of(instruction.organization)),
    }[Kind(instruction.kind)]
    post(
        key=f"{instruction.key}:done",
        kind=kind,
        debit=debit,
        credit=credit,
        amount=instruction.amount,
        note=note,
        request=instruction.request,
        stripe_ref=made.entry,
    )
    record(
        fact,
        instruction,
        thread=order,
        actor=ACTOR,
        visible_to=[instruction.organization],
        amount=str(instruction.amount),
        amount_minor=instruction.amount_minor,
        currency=instruction.currency,
    )


@transaction.atomic
def close_settled_order(*, order_id: str) -> None:
    """End an accepted order once all its money has left. Twice is once."""
    order = lock_order(order_id)
    if order.state != OrderState.ACCEPTED:
        return
    requests = PaymentRequest.objects.filter(order=order)
    waiting = Instruction.objects.filter(request__order=order, state__in=UNFINISHED)
    if not requests.exclude(state__in=SETTLED_STATES).exists() and not waiting.exists():
        close_order(actor=ACTOR, public_id=order.public_id)


def retry_blocked() -> int:
    """Try again what was refused over an hour ago and may go now; the number unblocked.

    Most reasons end with an event of Stripe that unblocks at once; this is for the others.
    """
    before = timezone.now() - RETRY_BLOCKED_AFTER
    rows = Instruction.objects.filter(state=InstructionState.BLOCKED, state_changed_at__lt=before)
    rows = rows.exclude(request__state=PaymentState.DISPUTED)
    rows = rows.exclude(charge__in=claimed_charges())
    rows = rows.exclude(request__in=stopped_payments())
    rows = rows.exclude(request__in=unsettled_payments())
    ready = ConnectedAccount.objects.filter(state=AccountState.ACTIVE).values("organization")
    rows = rows.filter(~Q(kind=Kind.TRANSFER) | Q(organization__in=ready))
    blocked = list(rows.order_by("pk").values_list("pk", flat=True)[:100])
    for pk in blocked:
        unblock_instruction(actor=ACTOR, pk=pk)
    return len(blocked)


def instructions_to_do() -> list[int]:
    """Pending instructions that may be tried now, oldest first."""
    rows = Instruction.objects.filter(state=InstructionState.PENDING, due_at__lte=timezone.now())
    return list(rows.order_by("pk").values_list("pk", flat=True)[:100])
