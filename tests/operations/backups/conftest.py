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

from marketplace.operations.backups.databases import connect, settings_of, standing_in
from tests.operations.backups.scene import House
from tests.template import SQLITE

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")


@pytest.fixture
def house(django_db_blocker: Any, settings: Any, tmp_path: Path) -> Iterator[House]:
    """An empty house: models ask a migrated database that belongs to this test alone."""
    settings.BACKUP_DIR = tmp_path / "backups"
    usual = connection.settings_dict
    if connection.vendor == "sqlite":
        place = tmp_path / "house.sqlite3"
        shutil.copy(next(SQLITE.glob("template-*.sqlite3")), place)
        own = settings_of(usual, NAME=str(place))
    else:
        own = settings_of(usual, NAME=f"house_{WORKER}")
        _on_server(f"DROP DATABASE IF EXISTS house_{WORKER} WITH (FORCE)")
        _on_server(
            f"CREATE DATABASE house_{WORKER} TEMPLATE {os.environ['TEST_TEMPLATE_DATABASE']}"
        )
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
