"""What a round of drills did: a line for each, kept in a file while it runs, a table at the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

HEAD = ("drill", "database", "result", "seconds", "kills and steps")
# What the drill that runs now has counted: kills, steps, webhooks, orders.
counted: Counter[str] = Counter()


def keep(path: Path, drill: str, database: str, result: str, seconds: float) -> None:
    """Add a line about a drill that ended, with what was counted; the next one counts anew."""
    line = [drill, database, result, round(seconds, 1), dict(counted)]
    with path.open("a") as file:
        file.write(f"{json.dumps(line)}\n")
    counted.clear()


def table(path: Path) -> str:
    """The lines kept at `path` as text, and how many drills ended how.

    A database comes after the other, each in the order it ran.
    """
    kept = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    kept.sort(key=itemgetter(1))
    rows = [_row(*line) for line in kept]
    widths = [max(len(row[at]) for row in [HEAD, *rows]) for at in range(len(HEAD))]
    ends = Counter(line[2] for line in kept)
    summary = ", ".join(f"{count} {end}" for end, count in sorted(ends.items())) or "no drill ran"
    return "\n".join([*(_line(row, widths) for row in [HEAD, *rows]), summary, ""])


def _row(
    drill: str, database: str, result: str, seconds: float, counts: dict[str, Any]
) -> tuple[str, ...]:
    did = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    return (drill, database, result, f"{seconds:.1f}", did)


def _line(row: Iterable[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
