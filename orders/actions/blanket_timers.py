"""What the clock does to blanket orders: reminders once each, and the end of the period."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.states import move
from orders import events
from orders.blanket_queries import known_orders, lock_blanket
from orders.blanket_states import BLANKET, BlanketState
from orders.models import BlanketOrder, CallOffLine

TIMER = "blanket order timer"
MOST_AT_ONCE = 500


def run_blanket_timers() -> None:
    """Called every few minutes; each blanket order is a transaction of its own."""
    end_blankets()
    remind_of_end()
    remind_of_use()


def end_blankets() -> int:
    """End those whose last day is over, and proposals nobody answered until then; how many."""
    rows = BlanketOrder.objects.filter(
        state__in=[BlanketState.PROPOSED, BlanketState.ACTIVE], ends_on__lt=timezone.localdate()
    )
    return sum(_end(public_id) for public_id in _ids(rows))


@transaction.atomic
def _end(public_id: str) -> int:
    blanket = lock_blanket(public_id)
    if not BLANKET.find("end_blanket", blanket.state):
        return 0
    move(blanket, BLANKET, "end_blanket", by=Side.SYSTEM)
    actor = Actor.system(TIMER)
    record(events.BLANKET_ENDED, blanket, actor=actor, visible_to=blanket.parties)
    return 1


def remind_of_end() -> int:
    """Tell both sides once, BLANKET_REMINDER_DAYS before the last day; how many."""
    ahead = timezone.localdate() + timedelta(days=settings.BLANKET_REMINDER_DAYS)
    rows = BlanketOrder.objects.filter(
        state=BlanketState.ACTIVE, told_ending=False, ends_on__lte=ahead
    )
    return sum(_tell_ending(public_id) for public_id in _ids(rows))


@transaction.atomic
def _tell_ending(public_id: str) -> int:
    blanket = lock_blanket(public_id)
    if blanket.told_ending or blanket.state != BlanketState.ACTIVE:
        return 0
    blanket.told_ending = True
    blanket.save(update_fields=["told_ending"])
    record(
        events.BLANKET_ENDING,
        blanket,
        actor=Actor.system(TIMER),
        visible_to=blanket.parties,
        day=f"{blanket.ends_on:%Y-%m-%d}",
    )
    return 1


def remind_of_use() -> int:
    """Tell both sides once when BLANKET_USED_PERCENT of a line is called off; how many.

    What waits for the buyer's approval does not count yet: the manufacturer does not know of it.
    """
    rows = BlanketOrder.objects.filter(
        state=BlanketState.ACTIVE, told_nearly_used=False, lines__called__gt=0
    )
    return sum(_tell_used(public_id) for public_id in _ids(rows.distinct()))


@transaction.atomic
def _tell_used(public_id: str) -> int:
    blanket = lock_blanket(public_id)
    if blanket.told_nearly_used or blanket.state != BlanketState.ACTIVE:
        return 0
    known = known_orders(blanket).order_by().values("pk")
    counted = (
        CallOffLine.objects.filter(call_off__counts=True, call_off__order__in=known)
        .order_by()
        .values_list("line")
        .annotate(pieces=Sum("quantity"))
    )
    called = dict(counted)
    percent = settings.BLANKET_USED_PERCENT
    if all(100 * called.get(row.pk, 0) < percent * row.quantity for row in blanket.lines.all()):
        return 0
    blanket.told_nearly_used = True
    blanket.save(update_fields=["told_nearly_used"])
    record(
        events.BLANKET_NEARLY_USED,
        blanket,
        actor=Actor.system(TIMER),
        visible_to=blanket.parties,
        percent=percent,
    )
    return 1


def _ids(rows: object) -> list[str]:
    return list(rows.order_by("pk").values_list("public_id", flat=True)[:MOST_AT_ONCE])  # type: ignore[attr-defined]
