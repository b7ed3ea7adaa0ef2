"""Viewers with the pins of questions on them, for both sides of a request."""

from collections.abc import Iterable, Mapping, Sequence

from marketplace.messaging.models import Message, PublishedAnswer
from marketplace.parts.models import PartRevision
from marketplace.parts.viewer import Pin, viewer_for


def pins_of(rows: Iterable[Message | PublishedAnswer], url: str) -> Mapping[str, list[Pin]]:
    """Line (public id) -> the texts that sit on a point of its model. `url` leads to them."""
    found: dict[str, list[Pin]] = {}
    for row in rows:
        if row.point is None:
            continue
        x, y, z = row.point
        if isinstance(row, PublishedAnswer):
            text, who = row.question, "Answered for all"
        else:
            text, who = row.text, row.organization.name
        found.setdefault(row.place, []).append(Pin(x, y, z, text[:300], who, url))
    return found


def viewer_of(
    revision: PartRevision,
    preview: str,
    poster: str,
    pins: Sequence[Pin] = (),
    pin_action: str = "",
) -> dict[str, str]:
    """What `parts/_viewer.html` shows; with `pin_action` a new pin may be placed."""
    return viewer_for(
        name=revision.part.name,
        facts=revision.facts,
        preview_url=preview,
        poster_url=poster,
        pins=pins,
        pin_action=pin_action,
    )
