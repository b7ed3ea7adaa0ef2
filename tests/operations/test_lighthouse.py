"""The budget of the pages judges what Lighthouse says."""

from __future__ import annotations

import json
from typing import Any

from tests.lighthouse import __main__ as lighthouse

BUDGET = json.loads((lighthouse.HERE / "budget.json").read_text())
ASKED = {"buyer home": {"name": "buyer home", "url": "http://127.0.0.1:8000/home/"}}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def row(**other: Any) -> dict[str, Any]:
    return {
        "name": "buyer home",
        "device": "phone",
        "at": "http://127.0.0.1:8000/home/",
        "scores": dict.fromkeys(CATEGORIES, 95),
        "below": [],
        "bytes": 1000,
        "error": "",
        **other,
    }


def test_each_category_has_at_least_95() -> None:
    assert all(BUDGET[name] >= 95 for name in CATEGORIES)
    assert lighthouse.faults(row(), ASKED, BUDGET) == []
    slow = row(scores={**row()["scores"], "performance": 94}, below=["largest-contentful-paint"])
    assert lighthouse.faults(slow, ASKED, BUDGET) == [
        "buyer home (phone): performance 94, 95 is asked: largest-contentful-paint"
    ]
    assert "bytes" in lighthouse.faults(row(bytes=BUDGET["bytes"] + 1), ASKED, BUDGET)[0]


def test_a_page_that_was_not_reached_is_no_success() -> None:
    away = row(at="http://127.0.0.1:8000/accounts/login/?next=/home/")
    assert lighthouse.faults(away, ASKED, BUDGET) == [
        "buyer home (phone): the browser was sent to /accounts/login/."
    ]
    assert lighthouse.faults(row(error="NO_FCP"), ASKED, BUDGET) == ["buyer home (phone): NO_FCP"]
