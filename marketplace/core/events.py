"""Facts: declared in each app's `events.py`, recorded by its actions, heard through one map."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from marketplace.core.live import announce
from marketplace.core.models import Delivery, Event, Sighting
from marketplace.core.request_id import current_request_id
from marketplace.core.templatetags.formats import moment_text, plain_day

ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d\S*)?")


class ActorLike(Protocol):
    """What the kernel needs to know of who is acting."""

    @property
    def label(self) -> str: ...

    @property
    def public_id(self) -> str: ...


class Identified(Protocol):
    """Anything with a public id."""

    public_id: Any


@dataclass(frozen=True)
class Fact:
    """A kind of fact: its name, the keys its data must have, and how a timeline says it.

    `sentence` may name any key of the data in braces, and `{actor}`.
    """

    name: str
    sentence: str
    keys: Collection[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", frozenset(self.keys))


def _as_read(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data as a sentence says it: programs read days as "2026-12-05" and moments in RFC 3339,
    people do not."""
    return {key: _day_as_read(value) for key, value in data.items()}


def _day_as_read(value: Any) -> Any:
    found = ISO_DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    try:
        if found[1]:
            return moment_text(datetime.fromisoformat(value))
        return plain_day(date.fromisoformat(value))
    except ValueError:
        return value


def subscriptions() -> Mapping[str, Iterable[str]]:
    """The map fact name -> dotted handler paths (config/subscriptions.py)."""
    found: Mapping[str, Iterable[str]] = import_string(settings.FACT_SUBSCRIPTIONS)
    return found


def record(
    fact: Fact,
    subject: Identified,
    *,
    actor: ActorLike,
    thread: Identified | None = None,
    visible_to: Iterable[Identified] = (),
    **data: Any,
) -> Event:
    """Save one fact and the deliveries it owes, in the caller's transaction.

    `thread` is the story it belongs to (an order, a request), the subject itself unless said.
    `visible_to` are the organizations whose timelines and audit logs show it and whose open pages
    are nudged; staff see all. Raises ValueError when the data's keys are not exactly the fact's.
    """
    if set(data) != set(fact.keys):
        raise ValueError(f"{fact.name} carries {sorted(fact.keys)}, got {sorted(data)}.")
    event = Event.objects.create(
        type=fact.name,
        subject=subject.public_id,
        thread=(thread or subject).public_id,
        actor_label=actor.label,
        actor_id=actor.public_id,
        sentence=fact.sentence.format(actor=actor.label, **_as_read(data))[:400],
        data=data,
        request_id=current_request_id(),
    )
    seen_by = {organization.public_id for organization in visible_to}
    Sighting.objects.bulk_create(
        Sighting(event=event, organization=public_id) for public_id in sorted(seen_by)
    )
    announce(thread=event.thread, seen_by=seen_by)
    handlers = list(subscriptions().get(fact.name, ()))
    owed = Delivery.objects.bulk_create(
        [Delivery(event=event, handler=handler) for handler in handlers]
    )
    if owed:
        from marketplace.core.outbox import nudge

        transaction.on_commit(lambda: nudge(owed), robust=True)
    return event


def timeline(thread: Identified, organization: Identified | None, limit: int = 100) -> list[Event]:
    """The newest `limit` facts of a story, oldest first, as an organization sees it (None: all)."""
    return _newest(Event.objects.filter(thread=thread.public_id), organization, limit)


def facts_about(
    subject: Identified, organization: Identified | None, limit: int = 100
) -> list[Event]:
    """The same of one thing inside a story."""
    return _newest(Event.objects.filter(subject=subject.public_id), organization, limit)


def facts_of_type(thread: Identified, fact: Fact, limit: int = 100) -> list[Event]:
    """The newest `limit` facts of one kind in a story, oldest first, whoever may see them."""
    return _newest(Event.objects.filter(thread=thread.public_id, type=fact.name), None, limit)


def _newest(events: QuerySet[Event], organization: Identified | None, limit: int) -> list[Event]:
    if organization is not None:
        events = events.filter(sightings__organization=organization.public_id)
    return list(events[:limit])[::-1]
