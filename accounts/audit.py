"""The audit log: every fact an organization may see, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Membership
from accounts.roles import Permission
from marketplace.core.models import Event, Sighting
from marketplace.core.spreadsheets import csv_line

# More rows than this make a file nobody reads; a narrower period is asked for instead.
MAX_EXPORTED = 50_000
HEADER = ("time (UTC)", "fact", "who", "person", "what", "subject", "story", "request", "details")


@dataclass(frozen=True)
class AuditFilter:
    """What to show: a person's public id, the name of a fact, a period of whole days (UTC)."""

    person: str = ""
    fact: str = ""
    since: date | None = None
    until: date | None = None


def audit_log(actor: Actor, chosen: AuditFilter) -> QuerySet[Sighting]:
    """The facts the acting organization may see, each with its event.

    Raises NotAllowed for a role that may not read the log.
    """
    actor.check(Permission.VIEW_AUDIT)
    rows = Sighting.objects.filter(organization=actor.company.public_id).select_related("event")
    if chosen.person:
        rows = rows.filter(event__actor_id=chosen.person)
    if chosen.fact:
        rows = rows.filter(event__type=chosen.fact)
    if chosen.since:
        rows = rows.filter(event__at__gte=_midnight(chosen.since))
    if chosen.until:
        rows = rows.filter(event__at__lt=_midnight(chosen.until + timedelta(days=1)))
    return rows.order_by("-pk")


def audit_people(actor: Actor) -> list[Membership]:
    """Everybody who acts or acted for the organization, for the filter; at most 500."""
    rows = Membership.objects.filter(organization=actor.company).select_related("user")
    return list(rows.order_by("user__name")[:500])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())


def audit_csv(actor: Actor, chosen: AuditFilter) -> Iterator[str]:
    """The log as lines of CSV, newest first, at most MAX_EXPORTED facts."""
    yield csv_line(HEADER)
    rows = audit_log(actor, chosen)[:MAX_EXPORTED]
    for row in rows.iterator(chunk_size=1000):
        yield csv_line(_cells(row.event))


def _cells(event: Event) -> list[str]:
    details = "; ".join(f"{key}: {value}" for key, value in sorted(event.data.items()))
    return [
        event.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        event.type,
        event.actor_label,
        event.actor_id,
        event.sentence,
        event.subject,
        event.thread,
        event.request_id,
        details,
    ]
