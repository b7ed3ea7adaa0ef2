"""The house that is hurt: one for a round, with a database of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts.actions.tokens import create_api_token
from marketplace.operations.backups.databases import connect, settings_for, settings_of, standing_in
from marketplace.operations.embedded import Server, start_postgres
from tests.faults.house import House, fresh
from tests.payments.drills.stage import IS_LONG
from tests.personas import Persona, make_buyer
from tests.template import fill, sqlite_template

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")


@pytest.fixture(scope="session")
def standing(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The processes, which all tests of a round share; each starts with the first that needs it."""
    folder = tmp_path_factory.mktemp("house")
    url, server = _database(folder)
    house = House(url, folder, server)
    try:
        yield house
    finally:
        house.stop()
        if server:
            server.stop()


def _database(folder: Path) -> tuple[str, Server | None]:
    """A migrated database. A long round has a server of its own, which it may restart."""
    if connection.vendor == "sqlite":
        place = folder / "house.sqlite3"
        shutil.copy(sqlite_template({**os.environ}), place)
        return f"sqlite:///{place}", None
    server = start_postgres() if IS_LONG else None
    url = server.url if server else os.environ["TEST_DATABASE_URL"]
    name = f"faults_{WORKER}"
    with psycopg.connect(url, autocommit=True) as admin:
        template = "" if server else f"TEMPLATE {os.environ['TEST_TEMPLATE_DATABASE']}"
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]
        admin.execute(f"CREATE DATABASE {name} {template}")  # type: ignore[arg-type]
        # The server of the tests forgets on purpose; what is acknowledged here must stay.
        admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")  # type: ignore[arg-type]
    url = f"{url.rsplit('/', 1)[0]}/{name}"
    assert server is None or fill(url) == 0
    return url, server


@pytest.fixture
def house(standing: House, django_db_blocker: Any, settings: Any) -> Iterator[House]:
    """The house; models of this test ask its database, past every proxy."""
    settings.MEDIA_ROOT = standing.folder / "files"
    own = settings_of(settings_for(standing.url))
    if standing.is_sqlite:
        from config.settings.base import SQLITE_OPTIONS

        own["OPTIONS"] = dict(SQLITE_OPTIONS)
    wrapper = connect(own)
    try:
        with django_db_blocker.unblock(), standing_in(wrapper):
            yield standing
    finally:
        with django_db_blocker.unblock():
            wrapper.close()


@pytest.fixture
def bea(house: House) -> Persona:
    """A buyer nobody else has."""
    name = fresh("Bea")
    return make_buyer(name, f"{name} Robotics")


@pytest.fixture
def token(bea: Persona) -> str:
    """A secret of her organization's API token."""
    return create_api_token(actor=bea.actor, name="ERP")[1]
