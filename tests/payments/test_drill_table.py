"""The table at the end of a round of drills."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.payments.drills import report


def test_each_drill_has_a_line_with_what_it_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Drills of this process have counted before.
    monkeypatch.setattr(report, "counted", Counter())
    kept = tmp_path / "table"
    report.counted.update(steps=70, kills=68)
    report.keep(kept, "test_killed_workers.py::test_killed[page]", "sqlite", "passed", 9.04)
    report.keep(kept, "test_storm.py::test_a_storm", "postgresql", "failed", 700)
    head, first, second, summary = report.table(kept).splitlines()
    assert head.split()[:4] == ["drill", "database", "result", "seconds"]
    assert first.split() == ["test_storm.py::test_a_storm", "postgresql", "failed", "700.0"]
    assert second.split(maxsplit=4)[1:] == ["sqlite", "passed", "9.0", "68 kills, 70 steps"]
    assert summary == "1 failed, 1 passed"


def test_a_round_that_never_began_says_so(tmp_path: Path) -> None:
    assert report.table(tmp_path / "nothing").splitlines()[-1] == "no drill ran"
