"""The journey of the load test goes through, and its thresholds judge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.actions.tokens import create_api_token
from marketplace.parts.models import Part
from tests.load import __main__ as load
from tests.load.__main__ import Load
from tests.orders.scene import make_order
from tests.personas import PASSWORD, Persona, make_member
from tests.quotes.scene import open_rfq, submitted


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_everybody_of_the_journey_gets_through(
    bea: Persona,
    milo: Persona,
    live_server: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rfq = open_rfq(bea, milo)
    submitted(rfq, milo)
    # The order's part has the same number.
    Part.objects.update(number="BRK-0")
    people = {
        "buyers": [_member(bea, f"b{number}") for number in range(5)],
        "makers": [_member(milo, f"m{number}") for number in range(2)],
        "tokens": [{"side": "buyers", "token": create_api_token(actor=bea.actor, name="Load")[1]}],
        "rfqs": [rfq.id],
        "orders": [make_order(bea, milo).public_id],
    }
    (tmp_path / "people.json").write_text(json.dumps(people))
    # How fast a busy machine answers is not the question here.
    monkeypatch.setattr(load, "P95_MS", 60_000)
    done = load.measure(Load(live_server.url, str(tmp_path / "people.json"), 10, 10, 6))
    said = capsys.readouterr().out
    assert done == 0, said
    for name in ("/accounts/login/ (sign in)", "/api/v1/{list}/", "Aggregated"):
        assert name in said


def _member(boss: Persona, name: str) -> dict[str, str]:
    member = make_member(boss, name, "owner")
    return {"email": member.user.email, "password": PASSWORD}


def test_a_slow_or_failing_site_is_named() -> None:
    fine = {"Request Count": "1000", "Failure Count": "9", "95%": "1999"}
    assert load.faults(fine) == []
    assert load.faults({**fine, "95%": "2000"}) == [
        "The 95th percentile is 2000 ms; it must be below 2000 ms."
    ]
    assert "1.0 % of the answers" in load.faults({**fine, "Failure Count": "10"})[0]
    assert load.faults({}) == ["Nothing was measured: locust asked for no page."]
