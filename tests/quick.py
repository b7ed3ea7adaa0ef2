"""Which tests `make test-fast` runs: the quickest, as many as fit into a minute.

Every run on PostgreSQL notes how long each test took, in var/; the next choice goes by that. A test
nobody has run yet counts as quick.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path

import pytest

KEPT = Path(__file__).resolve().parents[1] / "var" / "test-seconds.json"
# Of tests, for each worker. Starting, collecting, copying the database, and steps that longer tests
# did first (tests/steps.py) take half a minute more.
SECONDS_EACH = 30.0


def noted() -> dict[str, float]:
    """Seconds by the name of the test, as it took them last."""
    try:
        found: dict[str, float] = json.loads(KEPT.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found


def note(seconds: Mapping[str, float]) -> None:
    """Keep what these took, beside what is known of others."""
    rounded = {name: round(taken, 3) for name, taken in seconds.items()}
    KEPT.parent.mkdir(exist_ok=True)
    making = KEPT.with_suffix(".making")
    making.write_text(json.dumps({**noted(), **rounded}, indent=0, sort_keys=True))
    making.rename(KEPT)


def quickest(
    items: Sequence[pytest.Item], seconds: Mapping[str, float], budget: float
) -> list[pytest.Item]:
    """The items that take `budget` seconds together, quickest first chosen, in their order."""
    by_time = sorted(items, key=lambda item: (seconds.get(item.nodeid, 0.0), item.nodeid))
    total = accumulate(seconds.get(item.nodeid, 0.0) for item in by_time)
    chosen = {item.nodeid for item, so_far in zip(by_time, total, strict=True) if so_far <= budget}
    return [item for item in items if item.nodeid in chosen]
