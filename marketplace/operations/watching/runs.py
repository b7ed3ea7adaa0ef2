"""Runs of the schedule: each turn is taken once, whoever asks, and leaves what came of it."""

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.module_loading import import_string

from marketplace.core.ids import new_public_id
from marketplace.core.request_id import set_request_id
from marketplace.operations.models import ScheduledTask, TaskDay, TaskRun
from marketplace.operations.watching.alerts import end_alert, raise_alert
from marketplace.operations.watching.turns import is_frequent, turn_of

logger = logging.getLogger(__name__)
MOST_KEPT = 4000
# A worker whose clock is behind the one of beat must not take the turn before.
CLOCKS_DIFFER = timedelta(seconds=2)
# How long kombu's Redis transport waits for a message to be acknowledged, unless it is told.
BROKER_WAITS = timedelta(hours=1)
GRACE = timedelta(minutes=1)
# A sweep that failed once is repeated in seconds; one that keeps failing needs a person.
FAILURES_UNTIL_ALERT = 3


def schedule() -> Mapping[str, dict[str, Any]]:
    """The lines of config/schedule.py by their names."""
    found: Mapping[str, dict[str, Any]] = import_string(settings.SCHEDULE)
    return found


def run_line(name: str, *, again: bool = False) -> str:
    """Run a line of the schedule if its turn is not taken; what came of it in words.

    `again`: the broker gives the message out a second time because a worker died with it; a turn
    that was begun and not ended is then taken over. Raises what the work raises, after writing it
    down.
    """
    line = schedule()[name]
    now = timezone.now()
    turn = turn_of(line["schedule"], name, now + CLOCKS_DIFFER)
    # The broker also gives a message out again when its work takes longer than the broker waits.
    again = again and time_limit(line) <= BROKER_WAITS
    if not _take(name, turn, now, again=again):
        return "Somebody else has this turn."
    set_request_id(new_public_id("run"))
    is_kept = not is_frequent(line["schedule"])
    if is_kept:
        TaskRun.objects.update_or_create(
            name=name, slot=turn, defaults={"started_at": now, "error": "", "ended_at": None}
        )
    started = time.monotonic()
    try:
        result = import_string(line["task"])(*line.get("args", ()))
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        _end(name, turn, now, int((time.monotonic() - started) * 1000), error=words, is_kept=True)
        _alarm(name, words, at_once=is_kept)
        raise
    words = "" if result is None else str(result)
    spent = int((time.monotonic() - started) * 1000)
    _end(name, turn, now, spent, result=words, is_kept=is_kept)
    end_alert(f"schedule:{name}")
    return words


def time_limit(line: Mapping[str, Any]) -> timedelta:
    """When a worker ends a run of this line by force."""
    seconds = line.get("options", {}).get("time_limit", settings.CELERY_TASK_TIME_LIMIT)
    return timedelta(seconds=seconds)


def alarm_of_unended(now: datetime) -> list[str]:
    """Raise an alert for each line whose run can no longer be at work and never ended; their
    names. The next run that succeeds ends it."""
    lines, found = schedule(), []
    for task in ScheduledTask.objects.filter(slot__isnull=False, ended_at__isnull=True):
        line = lines.get(task.name)
        if line and task.started_at and now - task.started_at > time_limit(line) + GRACE:
            found.append(task.name)
            raise_alert(f"schedule:{task.name}", f"Did not end: {task.name}.")
    return found


def _take(name: str, turn: datetime, now: datetime, *, again: bool) -> bool:
    """Take the turn by one conditional update, which of two at once lets one through."""
    row = ScheduledTask.objects.filter(name=name)
    if not row.exists():
        ScheduledTask.objects.bulk_create([ScheduledTask(name=name)], ignore_conflicts=True)
    free = Q(slot__isnull=True) | Q(slot__lt=turn)
    if again and (begun := row.filter(slot=turn, ended_at__isnull=True).first()):
        free |= Q(slot=turn, ended_at__isnull=True, started_at=begun.started_at)
    return bool(row.filter(free).update(slot=turn, started_at=now, ended_at=None))


@transaction.atomic
def _end(
    name: str,
    turn: datetime,
    started_at: datetime,
    milliseconds: int,
    *,
    result: str = "",
    error: str = "",
    is_kept: bool,
) -> None:
    ended_at = timezone.now()
    words = {"result": result[:MOST_KEPT], "error": error[:MOST_KEPT]}
    times: dict[str, Any] = {"ended_at": ended_at, "milliseconds": milliseconds}
    row = ScheduledTask.objects.filter(name=name, slot=turn)
    if error:
        row.update(**words, **times, failures_in_a_row=F("failures_in_a_row") + 1)
    else:
        row.update(**words, **times, failures_in_a_row=0, succeeded_at=ended_at)
    if is_kept:
        TaskRun.objects.update_or_create(
            name=name, slot=turn, defaults={"started_at": started_at, **words, **times}
        )
    day, _ = TaskDay.objects.get_or_create(name=name, day=started_at.date())
    TaskDay.objects.filter(pk=day.pk).update(
        runs=F("runs") + 1,
        failures=F("failures") + int(bool(error)),
        milliseconds=F("milliseconds") + milliseconds,
        longest_ms=Greatest("longest_ms", milliseconds),
    )


def _alarm(name: str, words: str, *, at_once: bool) -> None:
    task = ScheduledTask.objects.get(name=name)
    if at_once or task.failures_in_a_row >= FAILURES_UNTIL_ALERT:
        raise_alert(f"schedule:{name}", f"Failed: {name}. {words}")
