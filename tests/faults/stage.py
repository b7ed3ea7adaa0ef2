"""What the tests of faults share: their marks, and how long a round is."""

from __future__ import annotations

import pytest

from accounts.actions.tokens import create_api_token
from tests.faults.house import fresh
from tests.payments.drills.stage import IS_LONG, rounds
from tests.personas import make_buyer

__all__ = ["IS_LONG", "rounds"]
# One process has the house.
FAULT = [pytest.mark.slow, pytest.mark.drill]
# Seconds a page may take that misses something it can do without. Before the safeguards it was
# six to eight, so that a busy machine is told apart from one that waits.
PATIENCE = 5.0


def tokens(count: int) -> list[str]:
    """API tokens of so many new organizations."""
    names = [fresh("Storm") for _ in range(count)]
    people = [make_buyer(name, f"{name} Works") for name in names]
    return [create_api_token(actor=one.actor, name="ERP")[1] for one in people]
