"""What a buyer owes on account: opened when it falls due, lowered, received, and settled.

The caller holds the locks of the order and the payment; the receivable's is taken here.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.money import Money
from marketplace.core.states import move
from orders.models import Order
from orders.queries import lock_order
from orders.states import OrderState
from payments import events
from payments.actions.debts import keep_waiting
from payments.actions.instructions import unblock_instruction
from payments.actions.ledger import RECEIVABLE_LOSSES, receivable_of
from payments.models import Instruction, PaymentRequest, Receivable
from payments.states import PAYMENT, RECEIVABLE, InstructionState, ReceivableState
from payments.ways import bank_source

ACTOR = Actor.system("Payments")
# Paid for a step before the goods leave: due from the day they are used.
Stage = PaymentRequest.Stage
STEPS = (Stage.DEPOSIT, Stage.TOOLING, Stage.FIRST_ARTICLE)
SHIPPED = (OrderState.SHIPPED, OrderState.DELIVERED, OrderState.ACCEPTED)


def lock_receivable(request: PaymentRequest) -> Receivable:
    """The receivable of a payment on account, locked until the transaction ends."""
    rows = Receivable.objects.select_for_update(of=("self",)).select_related("account")
    return rows.get(request=request)


def owing_of(order: Order, request: PaymentRequest) -> str:
    """The account that what need not be paid any more goes off: the buyer's, or our loss once it
    was written off."""
    is_lost = Receivable.objects.filter(request=request, state=ReceivableState.WRITTEN_OFF).exists()
    return RECEIVABLE_LOSSES if is_lost else receivable_of(order.buyer)


def opens_at_once(order: Order, request: PaymentRequest) -> bool:
    """A step before the goods leave, or goods that have left already."""
    return request.stage in STEPS or (order.left_state or order.state) in SHIPPED


def open_receivable(*, order: Order, request: PaymentRequest, on: date) -> None:
    """The amount is owed from the day `on` and due net days later. Twice is once."""
    receivable = lock_receivable(request)
    if receivable.state != ReceivableState.COMMITTED:
        return
    receivable.due_on = on + timedelta(days=receivable.net_days)
    receivable.opened_at = timezone.now()
    receivable.save(update_fields=["due_on", "opened_at"])
    move(receivable, RECEIVABLE, "open_receivable", by=Side.SYSTEM)
    record(
        events.RECEIVABLE_OPENED,
        request,
        thread=order,
        actor=ACTOR,
        visible_to=[order.buyer],
        amount=str(receivable.left),
        amount_minor=receivable.open_minor,
        currency=receivable.currency,
        due_on=receivable.due_on.isoformat(),
        number=receivable.number,
        po_number=receivable.po_number,
    )


@transaction.atomic
def open_shipped(*, order_id: str, on: date) -> int:
    """The goods left on the day `on`: whatever of the order waits for that is owed now; the
    number opened. Twice is once."""
    order = lock_order(order_id)
    waiting = PaymentRequest.objects.filter(
        order=order, receivable__state=ReceivableState.COMMITTED
    ).order_by("seq")
    for request in waiting:
        open_receivable(order=order, request=request, on=on)
    return len(waiting)


def lower_receivable(*, actor: Actor, order: Order, request: PaymentRequest, minor: int) -> None:
    """`minor` units, VAT included, need not be paid; the caller has booked them off. What is left
    of a receivable that owes nothing then ends."""
    receivable = lock_receivable(request)
    receivable.lowered_minor += minor
    if receivable.state == ReceivableState.WRITTEN_OFF:
        receivable.written_off_minor -= minor
    receivable.save(update_fields=["lowered_minor", "written_off_minor"])
    record(
        events.RECEIVABLE_LOWERED,
        request,
        thread=order,
        actor=actor,
        visible_to=[order.buyer],
        amount=str(Money(minor, receivable.currency)),
        amount_minor=minor,
        currency=receivable.currency,
        number=receivable.number,
    )
    _end_if_clear(actor, order, request, receivable, bank_source(receivable.public_id))


def receive(
    *, actor: Actor, order: Order, request: PaymentRequest, minor: int, source: str
) -> None:
    """`minor` units came in for a receivable, booked by the caller; `source` is the charge, or
    what stands for our bank account."""
    receivable = lock_receivable(request)
    receivable.received_minor += minor
    receivable.on_its_way_at = None
    if receivable.state == ReceivableState.WRITTEN_OFF:
        receivable.written_off_minor -= minor
    receivable.save(update_fields=["received_minor", "on_its_way_at", "written_off_minor"])
    if receivable.missing.minor:
        record(
            events.RECEIVABLE_PAID_IN_PART,
            request,
            thread=order,
            actor=actor,
            visible_to=[order.buyer],
            amount=str(Money(minor, receivable.currency)),
            amount_minor=minor,
            currency=receivable.currency,
            left=str(receivable.missing),
            number=receivable.number,
        )
    _end_if_clear(actor, order, request, receivable, source)


def _end_if_clear(
    actor: Actor, order: Order, request: PaymentRequest, receivable: Receivable, source: str
) -> None:
    if receivable.state == ReceivableState.WRITTEN_OFF:
        _recover(actor, order, request, receivable)
        return
    if receivable.open_minor:
        return
    if receivable.received_minor == 0:
        move(receivable, RECEIVABLE, "cancel_receivable", by=Side.SYSTEM)
        move(request, PAYMENT, "cancel_payment", by=Side.SYSTEM)
        record(
            events.RECEIVABLE_CANCELLED,
            request,
            thread=order,
            actor=actor,
            visible_to=order.parties,
            number=receivable.number,
        )
    else:
        _settle(actor, order, request, receivable, source)


def _settle(
    actor: Actor, order: Order, request: PaymentRequest, receivable: Receivable, source: str
) -> None:
    """Everything that was owed is there: the payment is held like any other, and what waited for
    it goes on."""
    receivable.settled_at = timezone.now()
    receivable.save(update_fields=["settled_at"])
    move(receivable, RECEIVABLE, "settle_receivable", by=Side.SYSTEM)
    record(
        events.RECEIVABLE_SETTLED,
        request,
        thread=order,
        actor=actor,
        visible_to=order.parties,
        number=receivable.number,
    )
    _cover(order, request, source)


def _cover(order: Order, request: PaymentRequest, source: str) -> None:
    """The payment is held by `source`; what the manufacturer waited for goes on."""
    request.charge, request.paid_at = source, timezone.now()
    request.save(update_fields=["charge", "paid_at"])
    move(request, PAYMENT, "settle_payment", by=Side.SYSTEM)
    request.instructions.filter(state=InstructionState.BLOCKED, charge="").update(charge=source)
    # What the manufacturer owes us was not taken from money that had not come in.
    keep_waiting(order, request.currency)
    waiting = request.instructions.filter(
        state=InstructionState.BLOCKED, kind=Instruction.Kind.TRANSFER
    )
    for pk in list(waiting.values_list("pk", flat=True)):
        unblock_instruction(actor=ACTOR, pk=pk)


def write_off(*, actor: Actor, order: Order, request: PaymentRequest) -> None:
    """What is still owed is given up; the caller has booked it as our loss. The manufacturer is
    paid out of what in the Stripe balance belongs to nobody else."""
    receivable = lock_receivable(request)
    lost = receivable.left
    receivable.written_off_minor = lost.minor
    receivable.save(update_fields=["written_off_minor"])
    move(receivable, RECEIVABLE, "write_off_receivable", by=Side.STAFF)
    record(
        events.RECEIVABLE_WRITTEN_OFF,
        request,
        thread=order,
        actor=actor,
        visible_to=[order.buyer],
        amount=str(lost),
        amount_minor=lost.minor,
        currency=lost.currency,
        number=receivable.number,
    )
    _cover(order, request, bank_source(receivable.public_id))


def _recover(actor: Actor, order: Order, request: PaymentRequest, receivable: Receivable) -> None:
    """What was written off came after all: once nothing is missing it is paid."""
    if receivable.missing.minor or not receivable.received_minor:
        return
    receivable.settled_at = timezone.now()
    receivable.save(update_fields=["settled_at"])
    move(receivable, RECEIVABLE, "recover_receivable", by=Side.SYSTEM)
    record(
        events.RECEIVABLE_SETTLED,
        request,
        thread=order,
        actor=actor,
        visible_to=[order.buyer],
        number=receivable.number,
    )
