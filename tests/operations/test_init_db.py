"""A clean database by command, and SQLite as a database for small installations."""

import threading
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.db.utils import ConnectionHandler

from config.settings.base import SQLITE_OPTIONS
from tests.personas import Persona

WRITERS, TURNS = 3, 30


@pytest.mark.journey
@pytest.mark.django_db
def test_an_empty_database_is_made_ready() -> None:
    said = StringIO()
    call_command("init_db", stdout=said)
    assert "is ready" in said.getvalue()
    assert "create_admin_user" in said.getvalue()


@pytest.mark.django_db
def test_a_database_in_use_is_left_alone(bea: Persona) -> None:
    with pytest.raises(CommandError, match=r"is in use: account\w+ has rows"):
        call_command("init_db")


def test_a_database_that_is_not_there_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError, connection

    def refuse(*args: object) -> None:
        raise OperationalError('database "parts" does not exist\ndetails')

    monkeypatch.setattr(connection.introspection, "table_names", refuse)
    with pytest.raises(CommandError, match="Create it and look at DATABASE_URL"):
        call_command("init_db")


def small_installation(path: Path) -> ConnectionHandler:
    """Connections as the settings make them for SQLite, one a thread."""
    engine = "django.db.backends.sqlite3"
    options = {"ENGINE": engine, "NAME": path, "OPTIONS": dict(SQLITE_OPTIONS)}
    return ConnectionHandler({"default": options})


@pytest.mark.django_db
def test_several_write_to_sqlite_at_once_and_none_fails(tmp_path: Path) -> None:
    """Each reads before it writes: without IMMEDIATE the second writer would fail at once."""
    handler = small_installation(tmp_path / "small.sqlite3")
    with handler["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE counted (n integer)")
        cursor.execute("INSERT INTO counted VALUES (0)")
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (20_000,)
    failures: list[DatabaseError] = []

    def write() -> None:
        connection = handler["default"]
        try:
            for _ in range(TURNS):
                connection.set_autocommit(
                    False, force_begin_transaction_with_broken_autocommit=True
                )
                with connection.cursor() as cursor:
                    cursor.execute("SELECT n FROM counted")
                    (n,) = cursor.fetchone()
                    cursor.execute("UPDATE counted SET n = %s", [n + 1])
                connection.commit()
                connection.set_autocommit(True)
        except DatabaseError as error:
            failures.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with handler["default"].cursor() as cursor:
        cursor.execute("SELECT n FROM counted")
        counted = cursor.fetchone()
    handler["default"].close()
    assert (failures, counted) == ([], (WRITERS * TURNS,))
