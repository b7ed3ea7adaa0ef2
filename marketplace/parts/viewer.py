"""What the 3D viewer is given: addresses, marks and pins, for templates/parts/_viewer.html.

Used by the part page and by the request pages of both sides, which decide themselves who may see
the files and make the links.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.core.templatetags.formats import dims
from marketplace.parts.figures import in_words
from marketplace.parts.manufacturability import Shown

# More dots than these hide the part they are about.
MOST_POINTS = 12


@dataclass(frozen=True)
class Pin:
    """A comment on a point of the model: millimeters in the file's own coordinates. `url` leads to
    the conversation, if there is one."""

    x: float
    y: float
    z: float
    text: str
    who: str = ""
    url: str = ""


def viewer_for(
    *,
    name: str,
    facts: dict[str, Any],
    preview_url: str,
    poster_url: str,
    findings: Iterable[Shown] = (),
    pins: Sequence[Pin] = (),
    pin_action: str = "",
    ghost_url: str = "",
) -> dict[str, str]:
    """Everything the template needs. With `pin_action` people may place pins: the form posts `x`,
    `y`, `z` (millimeters) and `text` there. `ghost_url` is a second model, shown pale."""
    marks = [
        {
            "rule": one.rule,
            "title": one.title,
            "severity": one.severity,
            "points": one.points[:MOST_POINTS],
        }
        for one in findings
        if one.points
    ]
    return {
        "name": name,
        "src": preview_url,
        "poster": poster_url,
        "dims": dims(facts["bbox_mm"]) if facts.get("bbox_mm") else "",
        "summary": in_words(facts),
        "marks": json.dumps(marks),
        "pins": json.dumps([vars(pin) for pin in pins]),
        "pin_action": pin_action,
        "ghost": ghost_url,
    }
