"""What a round of faults did: a row for each one, kept in a file, a table at the end."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Sequence
from pathlib import Path

from django.db import connection

HEAD = ("fault", "caused by", "what people saw", "lost", "healed in")
WIDTHS = (26, 38, 52, 4, 9)
# What other commands of `make drill` cause.
ELSEWHERE = (
    ("worker killed at each step of paying, funding, release, refund", "payments.drills -k killed"),
    ("Stripe away, slow, 429, 500, its answer lost", "payments.drills -k 'paying or money_out'"),
    ("database cut off while a worker books money", "payments.drills -k restarts"),
    ("Redis away while an order is paid", "payments.drills -k redis"),
    ("webhooks three times, shuffled, lost", "payments.drills -k storm"),
    ("database and files destroyed, restored from the backup", "operations/backups/test_drill.py"),
    ("the release before on the tables of this one", "tests.rollback"),
)


def row(fault: str, *, caused: str, seen: str, lost: int = 0, healed: float | str = "-") -> None:
    """Keep a row about a fault that was caused; `healed` are seconds, or words."""
    assert lost == 0, f"{fault}: {lost} lost."
    kept = os.environ.get("FAULTS_TABLE")
    if kept:
        time = f"{healed:.1f} s" if isinstance(healed, float) else healed
        with Path(kept).open("a") as file:
            line = [f"{fault} [{connection.vendor}]", caused, seen, str(lost), time]
            file.write(f"{json.dumps(line)}\n")


def table(path: Path) -> str:
    """The rows kept at `path` as text, and what is caused elsewhere."""
    kept = sorted(map(json.loads, path.read_text().splitlines())) if path.exists() else []
    lines = [_wrapped(HEAD), "-" * (sum(WIDTHS) + 2 * len(WIDTHS))]
    lines += [_wrapped(cells) for cells in kept] or ["no fault was caused"]
    lines += ["", "Caused by the other commands of `make drill`:"]
    lines += [f"  {fault}: {command}" for fault, command in ELSEWHERE]
    return "\n".join([*lines, ""])


def _wrapped(cells: Sequence[str]) -> str:
    columns = [
        textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, WIDTHS, strict=True)
    ]
    height = max(len(column) for column in columns)
    rows = [
        "  ".join(
            (column[at] if at < len(column) else "").ljust(width)
            for column, width in zip(columns, WIDTHS, strict=True)
        ).rstrip()
        for at in range(height)
    ]
    return "\n".join(rows)
