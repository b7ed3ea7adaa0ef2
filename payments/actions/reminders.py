"""Buyers are reminded of what they owe on account; manufacturers hear why their payout waits."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.events import record
from orders.queries import lock_order
from payments import events
from payments.actions.receivables import lock_receivable
from payments.dunning import REMINDERS, TELL_SHOP_AT, first_day, reminder_for
from payments.models import Instruction, PaymentRequest, Receivable
from payments.queries import lock_payment
from payments.states import InstructionState, ReceivableState

TIMER = Actor.system("Payment timer")
MOST_AT_ONCE = 500


def remind_of_receivables() -> int:
    """Send every reminder that is due, each once; the number sent. Called by the timer."""
    rows = Receivable.objects.filter(
        state=ReceivableState.OPEN,
        due_on__lte=first_day(timezone.localdate()),
        reminders__lt=REMINDERS[-1].number,
        on_its_way_at__isnull=True,
    ).order_by("due_on", "pk")
    found = list(rows.values_list("request__order__public_id", "request")[:MOST_AT_ONCE])
    return sum(_remind(order_id, pk) for order_id, pk in found)


@transaction.atomic
def _remind(order_id: str, pk: int) -> int:
    order = lock_order(order_id)
    request = lock_payment(pk)
    receivable = lock_receivable(request)
    today = timezone.localdate()
    if receivable.state != ReceivableState.OPEN or receivable.due_on is None:
        return 0
    reminder = reminder_for(receivable.due_on, today, receivable.reminders)
    if reminder is None or receivable.on_its_way_at is not None:
        return 0
    told_shop = receivable.reminders >= TELL_SHOP_AT
    receivable.reminders = reminder.number
    receivable.save(update_fields=["reminders"])
    more = {"days": receivable.days_overdue(today)} if reminder.is_overdue else {}
    record(
        events.RECEIVABLE_OVERDUE if reminder.is_overdue else events.RECEIVABLE_DUE,
        request,
        thread=order,
        actor=TIMER,
        visible_to=[order.buyer],
        amount=str(receivable.left),
        amount_minor=receivable.open_minor,
        currency=receivable.currency,
        due_on=receivable.due_on.isoformat(),
        number=receivable.number,
        **more,
    )
    if reminder.number >= TELL_SHOP_AT and not told_shop and _payout_waits(request):
        record(
            events.PAYOUT_LATE,
            request,
            thread=order,
            actor=TIMER,
            visible_to=[order.manufacturer],
            since=receivable.due_on.isoformat(),
        )
    return 1


def _payout_waits(request: PaymentRequest) -> bool:
    """The manufacturer has earned it already and only the buyer's money is missing."""
    waiting = request.instructions.filter(
        kind=Instruction.Kind.TRANSFER, state=InstructionState.BLOCKED
    )
    return waiting.exists()
