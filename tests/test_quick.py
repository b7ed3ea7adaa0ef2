"""What `make test-fast` chooses."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import quick


def items(*names: str) -> list[Any]:
    return [SimpleNamespace(nodeid=name) for name in names]


def names_of(chosen: list[Any]) -> list[str]:
    return [item.nodeid for item in chosen]


def test_the_quickest_fill_the_time_in_their_order() -> None:
    seconds = {"long": 9.0, "b": 0.5, "a": 0.5, "middle": 2.0}
    found = quick.quickest(items("long", "new", "b", "middle", "a"), seconds, 2.0)
    assert names_of(found) == ["new", "b", "a"]
    assert names_of(quick.quickest(items("long", "b"), {}, 2.0)) == ["long", "b"]


def test_what_a_run_noted_is_known_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick, "KEPT", tmp_path / "seconds.json")
    assert quick.noted() == {}
    quick.note({"a": 0.12345, "b": 1.0})
    quick.note({"b": 2.0})
    assert quick.noted() == {"a": 0.123, "b": 2.0}
    quick.KEPT.write_text("{half")
    assert quick.noted() == {}
