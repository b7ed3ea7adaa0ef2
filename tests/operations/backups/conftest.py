"""A database of one's own, which a test may destroy, and a folder for backups."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from config.settings.base import SQLITE_OPTIONS
from marketplace.operations.backups.databases import (
    connect,
    settings_for,
    settings_of,
    standing_in,
)
from tests.operations.backups.scene import House
from tests.template import sqlite_template

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")


@pytest.fixture
def house(
    request: pytest.FixtureRequest, django_db_blocker: Any, settings: Any, tmp_path: Path
) -> Iterator[House]:
    """An empty house: models ask a migrated database that belongs to this test alone.

    Tests marked `journey` have one of the kind that the round is for. The others have SQLite in
    both rounds: a database of PostgreSQL with all its tables takes a second to make, and another
    one each time it is restored.
    """
    settings.BACKUP_DIR = tmp_path / "backups"
    usual = connection.settings_dict
    if connection.vendor == "postgresql" and request.node.get_closest_marker("journey"):
        name, template = f"house_{WORKER}", os.environ["TEST_TEMPLATE_DATABASE"]
        own = settings_of(usual, NAME=name)
        _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        _on_server(f"CREATE DATABASE {name} TEMPLATE {template}")
    else:
        place = tmp_path / "house.sqlite3"
        shutil.copy(sqlite_template({**os.environ}), place)
        own = settings_of(settings_for(f"sqlite:///{place}"), OPTIONS=SQLITE_OPTIONS)
    wrapper = connect(own)
    try:
        with django_db_blocker.unblock(), standing_in(wrapper):
            yield House(own, Path(settings.BACKUP_DIR))
    finally:
        with django_db_blocker.unblock():
            wrapper.close()


def _on_server(statement: str) -> None:
    with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as server:
        server.execute(statement)  # type: ignore[call-overload]
