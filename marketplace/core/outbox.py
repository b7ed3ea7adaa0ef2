"""Delivering facts: a nudge to the broker for speed, a sweep as the guarantee."""

import logging
import time
from collections.abc import Collection, Iterable
from datetime import timedelta

from celery import Task
from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Window
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from marketplace.core import threads
from marketplace.core.models import Delivery
from marketplace.core.redis_away import is_known_away, note_away
from marketplace.core.request_id import set_request_id

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 10
# Longer than any handler may run (CELERY_TASK_TIME_LIMIT), so a claim is never taken twice alive.
LEASE = timedelta(minutes=11)
# After a failed publish the broker is left alone this long: a page pays for its absence once.
BROKER_REST_SECONDS = 15.0
_broker_rests_until = 0.0


def slow_handlers() -> Collection[str]:
    """Dotted paths of handlers that may run for minutes (config/subscriptions.py)."""
    found: Collection[str] = import_string(settings.FACT_SLOW_HANDLERS)
    return found


def nudge(deliveries: Iterable[Delivery]) -> None:
    """Ask for these deliveries soon. Never raises and never waits: sweep() is the guarantee."""
    slow = slow_handlers()
    owed: dict[str, list[int]] = {}
    for delivery in deliveries:
        task = "deliver_slow_facts" if delivery.handler in slow else "deliver_facts"
        owed.setdefault(task, []).append(delivery.pk)
    for task, ids in owed.items():
        if settings.BACKGROUND == "thread":
            threads.start(_deliver_all, ids)
        elif settings.BACKGROUND == "celery":
            # By name: the tasks import this module.
            publish(import_string(f"marketplace.core.tasks.{task}"), ids)


def publish(task: Task, *args: object) -> None:
    """Send one Celery message, or give up in silence within half a second."""
    global _broker_rests_until
    if settings.BACKGROUND != "celery" or time.monotonic() < _broker_rests_until:
        return
    if is_known_away():
        return
    try:
        task.apply_async(args=args, retry=False, ignore_result=True)
    except (OSError, OperationalError) as error:
        _broker_rests_until = time.monotonic() + BROKER_REST_SECONDS
        note_away()
        logger.warning("The broker did not take a nudge (%s); the sweep will deliver.", error)


def _deliver_all(delivery_ids: list[int]) -> None:
    for delivery_id in delivery_ids:
        deliver(delivery_id)


def deliver(delivery_id: int) -> bool:
    """Run one owed reaction if nobody else has it. True when it is delivered now.

    The claim is one conditional update, so two workers never run the same delivery at once; a
    worker that dies leaves a lease that runs out. A failing handler is retried with growing
    pauses (30 s doubling, at most 6 h) and is dead after MAX_ATTEMPTS.
    """
    now = timezone.now()
    claimed = Delivery.objects.filter(
        Q(status=Delivery.State.PENDING) | Q(status=Delivery.State.RUNNING, due_at__lte=now),
        pk=delivery_id,
    ).update(status=Delivery.State.RUNNING, due_at=now + LEASE, attempts=F("attempts") + 1)
    if not claimed:
        return False
    delivery = Delivery.objects.select_related("event").get(pk=delivery_id)
    set_request_id(delivery.event.request_id or "-")
    try:
        import_string(delivery.handler)(delivery.event)
    except Exception as error:
        logger.exception("%s failed for %s", delivery.handler, delivery.event)
        _postpone(delivery, error)
        return False
    Delivery.objects.filter(pk=delivery_id).update(
        status=Delivery.State.DELIVERED, delivered_at=timezone.now(), last_error=""
    )
    return True


def _postpone(delivery: Delivery, error: Exception) -> None:
    dead = delivery.attempts >= MAX_ATTEMPTS
    pause = min(timedelta(seconds=30 * 2 ** (delivery.attempts - 1)), timedelta(hours=6))
    Delivery.objects.filter(pk=delivery.pk).update(
        status=Delivery.State.DEAD if dead else Delivery.State.PENDING,
        due_at=timezone.now() + pause,
        last_error=f"{type(error).__name__}: {error}"[:2000],
    )


def _due() -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        status__in=[Delivery.State.PENDING, Delivery.State.RUNNING], due_at__lte=timezone.now()
    )


def sweep(limit: int = 200, *, but_slow: bool = False) -> int:
    """Deliver what is owed and due, oldest first; the number delivered.

    Finds what a lost broker, a killed worker or a failed handler left behind. `but_slow` leaves the
    slow handlers to `deliver_next_slow`.
    """
    due = _due().order_by("pk")
    if but_slow:
        due = due.exclude(handler__in=slow_handlers())
    return sum(deliver(pk) for pk in list(due.values_list("pk", flat=True)[:limit]))


def deliver_next_slow() -> bool:
    """Deliver one reaction of a slow handler, the oldest of the person who has the fewest waiting:
    one file does not wait behind somebody else's five hundred. False when none is due."""
    waiting = Window(Count("pk"), partition_by=F("event__actor_id"))
    due = _due().filter(handler__in=slow_handlers()).annotate(waiting=waiting)
    # Another worker may be faster with the first.
    chosen = due.order_by("waiting", "pk").values_list("pk", flat=True)[:3]
    return any(deliver(pk) for pk in list(chosen))


def deliver_again(delivery: Delivery) -> None:
    """Give a dead delivery a new life (the button of staff)."""
    Delivery.objects.filter(pk=delivery.pk, status=Delivery.State.DEAD).update(
        status=Delivery.State.PENDING, attempts=0, due_at=timezone.now()
    )
    nudge([delivery])
