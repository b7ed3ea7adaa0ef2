"""Emptying the tables after a test needs the ledger's rules out of the way, and back afterwards.

Loaded as a plugin by the tests' conftest: every test that commits empties every table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db import connections

from payments import ledger_rules


@pytest.fixture(autouse=True, scope="session")
def _flush_knows_the_ledger() -> Any:
    original: Callable[..., None] = flush.Command.handle

    def handle(self: flush.Command, **options: Any) -> None:
        connection = connections[options["database"]]
        ledger_rules.remove(connection)
        try:
            original(self, **options)
        finally:
            ledger_rules.install(connection)

    flush.Command.handle = handle  # type: ignore[method-assign]
    yield
    flush.Command.handle = original  # type: ignore[method-assign]
