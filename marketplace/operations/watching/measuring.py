"""Once a minute: the machine, who is here, what waits; held against the thresholds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import psutil
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import Avg, Count, Min
from django.utils import timezone

from marketplace.core.models import Delivery
from marketplace.operations.models import MachineMinute, RequestMinute, Threshold
from marketplace.operations.watching.alerts import end_alert, raise_alert
from marketplace.operations.watching.counting import HEALTH, added, percentile
from marketplace.operations.watching.runs import alarm_of_unended

ACTIVE_WITHIN = timedelta(minutes=15)
# Of fewer answers no share is told: one error among ten is no storm.
FEWEST_ANSWERS = 20
MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Measure:
    """Something that has a threshold. `value` reads it over so many minutes up to a moment; None:
    nothing to tell. `limit` is where an installation starts."""

    label: str
    unit: str
    limit: float
    minutes: int
    value: Callable[[datetime, int], float | None]


def measure_machine(now: datetime) -> MachineMinute:
    """Write down how busy machine and queue are in this minute. Percent, seconds."""
    owed = Delivery.objects.filter(
        status__in=[Delivery.State.PENDING, Delivery.State.RUNNING], due_at__lte=now
    )
    oldest = owed.aggregate(at=Min("due_at"))["at"]
    dead = Delivery.objects.filter(status=Delivery.State.DEAD)
    row, _ = MachineMinute.objects.update_or_create(
        minute=now.replace(second=0, microsecond=0),
        defaults={
            # Over a moment of its own: two workers would share "since the last time".
            "cpu": psutil.cpu_percent(interval=0.3),
            "memory": psutil.virtual_memory().percent,
            "disk": psutil.disk_usage(str(settings.VAR_DIR)).percent,
            "active_users": active_users(now),
            "waiting": len(owed.values_list("pk")[:MOST_COUNTED]),
            "dead": len(dead.values_list("pk")[:MOST_COUNTED]),
            "oldest_seconds": max(0, int((now - oldest).total_seconds())) if oldest else 0,
        },
    )
    return row


def active_users(now: datetime) -> int:
    """People with a session that was used within the last minutes."""
    seen = UserSession.objects.filter(last_seen_at__gt=now - ACTIVE_WITHIN)
    return seen.values("user").distinct().count()


def _rows(now: datetime, minutes: int) -> list[RequestMinute]:
    # The running minute is written when it is over.
    current = now.replace(second=0, microsecond=0)
    since = current - timedelta(minutes=minutes)
    return list(RequestMinute.objects.filter(minute__gte=since, minute__lt=current))


def buckets_of(rows: Iterable[RequestMinute]) -> list[int]:
    """The answers of people and programs in these rows, by their time."""
    return added(counts for row in rows for group, counts in row.groups.items() if group != HEALTH)


def response_ms(now: datetime, minutes: int) -> float | None:
    """Within how many milliseconds 95 % were answered."""
    buckets = buckets_of(_rows(now, minutes))
    return percentile(buckets, 0.95) if sum(buckets) >= FEWEST_ANSWERS else None


def error_percent(now: datetime, minutes: int) -> float | None:
    """How many of a hundred answers were errors of ours."""
    rows = _rows(now, minutes)
    requests = sum(row.requests for row in rows)
    if requests < FEWEST_ANSWERS:
        return None
    return 100 * sum(row.errors for row in rows) / requests


def _machine(field: str) -> Callable[[datetime, int], float | None]:
    def mean(now: datetime, minutes: int) -> float | None:
        # The running minute may not be measured yet; the last whole one is.
        since = now.replace(second=0, microsecond=0) - timedelta(minutes=minutes)
        rows = MachineMinute.objects.filter(minute__gte=since, minute__lte=now)
        found = rows.aggregate(mean=Avg(field), rows=Count("pk"))
        # One busy minute after a pause is no five minutes.
        value: float | None = found["mean"] if 2 * found["rows"] >= minutes else None
        return value

    return mean


MEASURES: Mapping[str, Measure] = {
    "response": Measure("Response time, 95 % within", "ms", 2000, 5, response_ms),
    "errors": Measure("Answers that were errors", "%", 1, 5, error_percent),
    "cpu": Measure("CPU", "%", 80, 5, _machine("cpu")),
    "memory": Measure("Memory", "%", 85, 5, _machine("memory")),
    "disk": Measure("Disk", "%", 90, 1, _machine("disk")),
    "users": Measure("People active in 15 minutes", "", 1000, 1, _machine("active_users")),
}


@dataclass(frozen=True)
class Reading:
    """A threshold with what is measured now."""

    threshold: Threshold
    measure: Measure
    value: float | None

    @property
    def is_over(self) -> bool:
        """Whether it is watched and above its limit."""
        value = self.value
        return self.threshold.is_on and value is not None and value > self.threshold.limit


def readings(now: datetime) -> list[Reading]:
    """Every measure with its threshold, in the order of the table; missing rows are made."""
    known = {row.name: row for row in Threshold.objects.all()}
    if missing := MEASURES.keys() - known.keys():
        Threshold.objects.bulk_create(
            [
                Threshold(name=name, limit=MEASURES[name].limit, minutes=MEASURES[name].minutes)
                for name in sorted(missing)
            ],
            ignore_conflicts=True,
        )
        known = {row.name: row for row in Threshold.objects.all()}
    return [
        Reading(known[name], measure, measure.value(now, known[name].minutes))
        for name, measure in MEASURES.items()
    ]


def said(value: float | None, unit: str) -> str:
    """A value as people read it: "2,431 ms", "0.4 %"."""
    if value is None:
        return "nothing to tell"
    text = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}"
    return f"{text} {unit}".strip()


def hold_against_thresholds(now: datetime) -> list[str]:
    """Raise an alert for each breach that has none, end those that are over; names of breaches."""
    over = []
    for reading in readings(now):
        cause = f"threshold:{reading.threshold.name}"
        if reading.is_over:
            over.append(reading.threshold.name)
            unit = reading.measure.unit
            value, limit = said(reading.value, unit), said(reading.threshold.limit, unit)
            raise_alert(cause, f"{reading.measure.label}: {value}; the limit is {limit}.")
        elif reading.value is not None or not reading.threshold.is_on:
            end_alert(cause)
    return over


def watch() -> str:
    """Measure, compare, and look for runs that never ended."""
    now = timezone.now()
    measure_machine(now)
    over = [*hold_against_thresholds(now), *alarm_of_unended(now)]
    return f"Wrong: {', '.join(over)}." if over else "Everything is as it should be."
