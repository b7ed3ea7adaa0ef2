"""A message's body, one function a version. What left once keeps its shape."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from marketplace.core.ids import new_public_id
from marketplace.core.models import Event
from marketplace.integrations.facts import TEST


def body_of(event: Event, version: str) -> str:
    """The JSON text of a fact in the shape an endpoint was made with."""
    return json.dumps(SHAPES[version](event), separators=(",", ":"), ensure_ascii=False)


def test_event(at: datetime, subject: str, actor: str) -> Event:
    """A fact that is no fact and stands in no timeline, to try an endpoint with."""
    return Event(
        public_id=new_public_id("evt"),
        type=TEST,
        subject=subject,
        thread=subject,
        actor_label=actor,
        sentence="This is a test. Nothing happened.",
        data={},
        at=at,
    )


def _v2026_11_28(event: Event) -> dict[str, Any]:
    """Standard Webhooks' three keys; `subject` and `story` are ids that the API knows."""
    return {
        "type": event.type,
        "timestamp": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {
            "id": event.public_id,
            "version": "2026-11-28",
            "subject": event.subject,
            "story": event.thread,
            "actor": event.actor_label,
            "sentence": event.sentence,
            "details": event.data,
        },
    }


SHAPES: Mapping[str, Callable[[Event], dict[str, Any]]] = {"2026-11-28": _v2026_11_28}
