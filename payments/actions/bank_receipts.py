"""Money that came to our bank account, matched by staff; and money moved from there to Stripe."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.money import Money
from orders.queries import lock_order
from payments import events
from payments.actions.gates import NOT_COVERED
from payments.actions.instructions import ACTOR, close_settled_order, unblock_instruction
from payments.actions.ledger import BANK, STRIPE, post
from payments.actions.receivables import lock_receivable, owing_of, receive
from payments.actions.releases import conclude
from payments.credit_rules import check_can_match_transfers
from payments.models import BankReceipt, Instruction, LedgerEntry, Receivable
from payments.queries import lock_payment
from payments.states import InstructionState
from payments.ways import bank_source

MOST_REFERENCE = 80


@transaction.atomic
def match_bank_transfer(
    *, actor: Actor, public_id: str, reference: str, minor: int, received_on: date
) -> BankReceipt:
    """Book a transfer that came to our bank account for a receivable, in whole or in part.

    `reference` is the bank's and counts once: the same values again change nothing. Raises
    NotAllowed, NotFound, Conflict for a reference that was used otherwise, DomainError with a
    sentence for what does not fit.
    """
    check_can_match_transfers(actor)
    found = Receivable.objects.select_related("request__order").filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    order = lock_order(found.request.order.public_id)
    request = lock_payment(found.request_id)
    request.order = order
    receivable = lock_receivable(request)
    reference = _reference(reference)
    earlier = BankReceipt.objects.filter(reference=reference).select_related("receivable").first()
    if earlier is not None:
        return _the_same(earlier, receivable, minor, received_on)
    _check_fits(receivable, minor, received_on)
    made = BankReceipt.objects.create(
        receivable=receivable,
        reference=reference,
        amount_minor=minor,
        currency=receivable.currency,
        received_on=received_on,
    )
    post(
        key=f"bank:{made.public_id}:received",
        kind="received",
        debit=BANK,
        credit=owing_of(order, request),
        amount=made.amount,
        note=f"Paid by bank transfer for invoice {receivable.number}",
        request=request,
    )
    source = bank_source(receivable.public_id)
    receive(actor=actor, order=order, request=request, minor=minor, source=source)
    conclude(request)
    close_settled_order(order_id=order.public_id)
    return made


def _reference(typed: str) -> str:
    clean = " ".join(typed.split()).upper()
    if not clean or len(clean) > MOST_REFERENCE:
        sentence = f"Enter the reference of the bank, at most {MOST_REFERENCE} characters."
        raise DomainError(sentence, fields={"reference": sentence})
    return clean


def _the_same(
    earlier: BankReceipt, receivable: Receivable, minor: int, received_on: date
) -> BankReceipt:
    same = (receivable.pk, minor, received_on)
    if (earlier.receivable_id, earlier.amount_minor, earlier.received_on) == same:
        return earlier
    raise Conflict(
        f"The reference {earlier.reference} was matched before: {earlier.amount} of "
        f"{earlier.received_on} for {earlier.receivable.number}. Check the bank statement."
    )


def _check_fits(receivable: Receivable, minor: int, received_on: date) -> None:
    if not receivable.missing.minor:
        raise Conflict(f"Nothing is owed for {receivable.number} any more.")
    if minor < 1:
        sentence = "Enter the amount that came, above 0."
        raise DomainError(sentence, fields={"amount": sentence})
    if minor > receivable.missing.minor:
        sentence = (
            f"Only {receivable.missing} are open for {receivable.number}. Match that much here and "
            "the rest to another invoice, or send the rest back at the bank."
        )
        raise DomainError(sentence, fields={"amount": sentence})
    if received_on > timezone.localdate():
        sentence = "The day is in the future. Enter the day the money came."
        raise DomainError(sentence, fields={"received_on": sentence})


@transaction.atomic
def note_top_up(*, actor: Actor, amount: Money, reference: str) -> LedgerEntry:
    """Money moved from our bank account to the Stripe balance, so that what came by bank transfer
    can be paid out. `reference` is Stripe's balance transaction; the same again changes nothing.

    Raises NotAllowed, Conflict, DomainError.
    """
    check_can_match_transfers(actor)
    reference = reference.strip()
    if not reference.startswith("txn_") or len(reference) > MOST_REFERENCE:
        sentence = "Enter Stripe's balance transaction of the top-up; it begins with txn_."
        raise DomainError(sentence, fields={"reference": sentence})
    if amount.minor < 1:
        sentence = "Enter the amount of the top-up, above 0."
        raise DomainError(sentence, fields={"amount": sentence})
    key = f"top_up:{reference}"
    earlier = LedgerEntry.objects.filter(key=key).first()
    if earlier is not None and earlier.amount == amount:
        return earlier
    if LedgerEntry.objects.filter(stripe_ref=reference).exists():
        raise Conflict(f"{reference} is in the books already, as something else.")
    made = post(
        key=key,
        kind="topped_up",
        debit=STRIPE,
        credit=BANK,
        amount=amount,
        note="Moved from our bank account to the Stripe balance",
        stripe_ref=reference,
    )
    record(
        events.TOPPED_UP,
        _Noted(reference),
        actor=actor,
        amount=str(amount),
        amount_minor=amount.minor,
        currency=amount.currency,
        reference=reference,
    )
    _try_what_waited(amount.currency)
    return made


def _try_what_waited(currency: str) -> None:
    """The Stripe balance was topped up: try again what waited for it."""
    waiting = Instruction.objects.filter(
        kind=Instruction.Kind.TRANSFER,
        state=InstructionState.BLOCKED,
        currency=currency,
        last_error=NOT_COVERED,
    )
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        unblock_instruction(actor=ACTOR, pk=pk)


class _Noted:
    """What a top-up's fact is about: Stripe's movement."""

    def __init__(self, public_id: str) -> None:
        self.public_id = public_id
