"""What the status page says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min, Prefetch, Q, QuerySet
from django.utils import timezone

from marketplace.operations.incidents.models import Severity
from marketplace.operations.incidents.parts import PARTS
from marketplace.operations.models import (
    HealthCheck,
    Incident,
    IncidentUpdate,
    KpiDay,
    Outage,
    SupportContact,
)
from marketplace.operations.states import IncidentState
from marketplace.operations.watching.health import OLD_AFTER

HISTORY_DAYS = 90
DAY_WIDTH, DAY_HEIGHT = 8, 32
SHOWN_INCIDENTS = 30
OVER = (IncidentState.RESOLVED, IncidentState.CLOSED)
# Tone of a pill, words; from best to worst.
WELL, UNKNOWN, TROUBLED, DOWN = (
    ("success", "Works"),
    ("neutral", "Not known"),
    ("warning", "Disturbed"),
    ("error", "Does not work"),
)
ORDER = [WELL, UNKNOWN, TROUBLED, DOWN]


@dataclass(frozen=True)
class Day:
    """One day of a part: how many minutes it was out, and where its bar stands."""

    day: date
    minutes: int
    x: int
    is_measured: bool

    @property
    def label(self) -> str:
        """What the bar says to who points at it."""
        if not self.is_measured:
            return f"{self.day:%Y-%m-%d}: not measured"
        out = f"out for {self.minutes} min" if self.minutes else "no outage"
        return f"{self.day:%Y-%m-%d}: {out}"


@dataclass(frozen=True)
class Part:
    """A part as the page shows it."""

    name: str
    label: str
    tone: str
    words: str
    days: list[Day]

    @property
    def minutes_out(self) -> int:
        """Of all the days shown."""
        return sum(day.minutes for day in self.days)


def incidents() -> QuerySet[Incident]:
    """Newest first, each with what was told, newest first."""
    updates = Prefetch("updates", IncidentUpdate.objects.order_by("-pk"))
    return Incident.objects.prefetch_related(updates)


def parts(now: datetime) -> list[Part]:
    """Every part with its state now and its days."""
    checks = {check.name: check for check in HealthCheck.objects.all()}
    since = now - timedelta(days=HISTORY_DAYS)
    outages = list(Outage.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since)))
    first = _first_measured(outages, now.date())
    running = list(Incident.objects.exclude(state__in=OVER))
    found = []
    for name, (label, names) in PARTS.items():
        tone, words = max(
            [*(_of_check(checks.get(one), now) for one in names)]
            + [_of_incident(one) for one in running if one.part == name],
            key=ORDER.index,
        )
        own = [outage for outage in outages if outage.name in names]
        found.append(Part(name, label, tone, words, _days(own, now, first)))
    return found


def summary(found: Iterable[Part]) -> tuple[str, str]:
    """Tone and sentence for the whole."""
    tones = {part.tone for part in found}
    if DOWN[0] in tones:
        return DOWN[0], "A part of the marketplace does not work"
    if TROUBLED[0] in tones:
        return TROUBLED[0], "A part of the marketplace is disturbed"
    if UNKNOWN[0] in tones:
        return UNKNOWN[0], "Not every part is known at the moment"
    return WELL[0], "Everything works"


def public_contacts() -> QuerySet[SupportContact]:
    """Whom anybody may ask."""
    return SupportContact.objects.filter(is_public=True)


def _of_check(check: HealthCheck | None, now: datetime) -> tuple[str, str]:
    if check is None or now - check.checked_at > OLD_AFTER:
        return UNKNOWN
    return WELL if check.is_ok else DOWN


def _of_incident(incident: Incident) -> tuple[str, str]:
    is_mended = incident.state == IncidentState.MONITORED
    return TROUBLED if is_mended or incident.severity == Severity.MINOR else DOWN


def _first_measured(outages: list[Outage], today: date) -> date:
    """The day since which parts are tried: nothing is said of those before."""
    kept = KpiDay.objects.filter(figure="uptime").aggregate(first=Min("day"))["first"]
    return min([kept or today, *(outage.began_at.date() for outage in outages)])


def _days(outages: list[Outage], now: datetime, first: date) -> list[Day]:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = []
    for place in range(HISTORY_DAYS):
        start = today - timedelta(days=HISTORY_DAYS - 1 - place)
        end = min(start + timedelta(days=1), now)
        # Two checks of a part may fail at once: a minute is out once.
        out = _union((max(o.began_at, start), min(o.ended_at or now, end)) for o in outages)
        minutes = round(out.total_seconds() / 60)
        days.append(Day(start.date(), minutes, place * DAY_WIDTH, start.date() >= first))
    return days


def _union(spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    total, until = timedelta(), datetime.min.replace(tzinfo=timezone.get_default_timezone())
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        total += max(timedelta(), end - max(start, until))
        until = max(until, end)
    return total
