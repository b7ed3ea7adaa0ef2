"""What /metrics says, in the text format of Prometheus (0.0.4).

Every figure is read from rows, so that it does not matter which of several processes is asked.
Prometheus' own client keeps counters in each process and would have to add them up over files.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from marketplace.operations.models import (
    Alert,
    HealthCheck,
    KpiDay,
    MachineMinute,
    RequestMinute,
    ScheduledTask,
)
from marketplace.operations.watching.counting import HEALTH, added, percentile

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MINUTES = 5


@dataclass
class Family:
    """One metric with its samples: (labels, value)."""

    name: str
    help: str
    samples: list[tuple[dict[str, str], float]] = field(default_factory=list)

    def add(self, value: float | None, **labels: str) -> None:
        """One sample, unless there is nothing to tell."""
        if value is not None:
            self.samples.append((labels, value))


def exposition() -> str:
    """The whole answer."""
    return "".join(_written(family) for family in families())


def families() -> Iterator[Family]:
    """Every metric, also those without a sample at the moment."""
    build = Family("marketplace_build_info", "What is running.")
    build.add(1, version=settings.RELEASE, environment=settings.ENVIRONMENT)
    yield build
    yield from _of_requests()
    yield from _of_machine()
    yield from _of_parts()
    yield from _of_schedule()
    figures = Family("marketplace_kpi", "Figures of the board, as of their last day.")
    seen: set[str] = set()
    for row in KpiDay.objects.filter(day__gte=timezone.now().date() - timedelta(days=7)):
        if row.figure not in seen:
            seen.add(row.figure)
            figures.add(row.part / row.whole if row.whole else row.part, figure=row.figure)
    yield figures


def _of_requests() -> Iterator[Family]:
    now = timezone.now().replace(second=0, microsecond=0)
    rows = list(
        RequestMinute.objects.filter(minute__gte=now - timedelta(minutes=MINUTES), minute__lt=now)
    )
    requests = Family(
        "marketplace_requests_per_minute", f"Answers a minute, over {MINUTES} minutes."
    )
    errors = Family("marketplace_errors_per_minute", "Answers of 500 and above a minute.")
    times = Family(
        "marketplace_response_seconds", f"Time of answers over {MINUTES} minutes, by share of them."
    )
    by_group: dict[str, list[list]] = {}
    for row in rows:
        for group, counts in row.groups.items():
            by_group.setdefault(group, []).append(counts)
    for group, counted in sorted(by_group.items()):
        requests.add(sum(counts[0] for counts in counted) / MINUTES, group=group)
        errors.add(sum(counts[1] for counts in counted) / MINUTES, group=group)
    told = added(
        counts for group, counted in by_group.items() if group != HEALTH for counts in counted
    )
    for share in (0.5, 0.95, 0.99):
        milliseconds = percentile(told, share)
        times.add(milliseconds / 1000 if milliseconds is not None else None, quantile=str(share))
    web = Family("marketplace_web_processes", f"Web processes that lived in {MINUTES} minutes.")
    web.add(len({row.process for row in rows}))
    yield from (requests, errors, times, web)


def _of_machine() -> Iterator[Family]:
    row = MachineMinute.objects.first()
    if row and timezone.now() - row.minute > timedelta(minutes=MINUTES):
        row = None
    for name, told, column in (
        ("cpu_percent", "CPU of the worker's machine.", "cpu"),
        ("memory_percent", "Memory of the worker's machine.", "memory"),
        ("disk_percent", "Disk of the worker's machine.", "disk"),
        ("active_users", "People active in 15 minutes.", "active_users"),
        ("deliveries_due", "Reactions to facts that are due.", "waiting"),
        ("deliveries_dead", "Reactions that failed for good.", "dead"),
        ("delivery_oldest_seconds", "The oldest is due for.", "oldest_seconds"),
    ):
        family = Family(f"marketplace_{name}", told)
        family.add(getattr(row, column, None))
        yield family


def _of_parts() -> Iterator[Family]:
    up = Family("marketplace_part_up", "1 when the part answered at its last check.")
    age = Family("marketplace_part_checked_seconds", "How long ago the part was checked.")
    now = timezone.now()
    for check in HealthCheck.objects.all():
        up.add(int(check.is_ok), part=check.name)
        age.add((now - check.checked_at).total_seconds(), part=check.name)
    alerts = Family("marketplace_alerts_open", "Alerts that are not over.")
    alerts.add(Alert.objects.filter(ended_at__isnull=True).count())
    yield from (up, age, alerts)


def _of_schedule() -> Iterator[Family]:
    success = Family(
        "marketplace_schedule_success_timestamp_seconds", "When the line last succeeded."
    )
    failing = Family("marketplace_schedule_failures", "Failures of the line since it succeeded.")
    spent = Family("marketplace_schedule_seconds", "How long the line's last run took.")
    for task in ScheduledTask.objects.all():
        if task.succeeded_at:
            success.add(task.succeeded_at.timestamp(), line=task.name)
        failing.add(task.failures_in_a_row, line=task.name)
        spent.add(task.milliseconds / 1000, line=task.name)
    yield from (success, failing, spent)


def _written(family: Family) -> str:
    lines = [f"# HELP {family.name} {family.help}", f"# TYPE {family.name} gauge"]
    lines += [
        f"{family.name}{_labels(labels.items())} {value!r}" for labels, value in family.samples
    ]
    return "\n".join(lines) + "\n"


def _labels(pairs: Iterable[tuple[str, str]]) -> str:
    written = ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs)
    return f"{{{written}}}" if written else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
