"""The database side of a backup: a snapshot that stands still, and bringing one back.

Everything here works on both databases. What asks the models is told to ask another database than
the running one by `standing_in`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import environ
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import load_backend

from marketplace.operations.backups.errors import BackupFault

PIECE = 1 << 20
Settings = dict[str, Any]


class Snapshot(Protocol):
    """The database as it was at one moment, whatever is written meanwhile."""

    connection: BaseDatabaseWrapper

    def dump(self) -> Iterator[bytes]:
        """What `restore` brings back, in pieces. Raises BackupFault."""


class Kind(Protocol):
    """What PostgreSQL and SQLite each do in their own way (postgres.py, sqlite.py)."""

    def snapshot(self, database: Settings, scratch: Path) -> Any:
        """A context with a Snapshot; `scratch` is a folder that goes afterwards."""

    def restore(self, database: Settings, pieces: Iterable[bytes], scratch: Path) -> None:
        """Replace all tables by those of a dump, all or nothing. Raises BackupFault."""

    def scratch_database(self, database: Settings, scratch: Path) -> Any:
        """A context with the settings of an empty database beside this one; it goes afterwards."""


def kind_of(database: Settings) -> Kind:
    """Raises BackupFault for a database of another kind."""
    vendor = str(database["ENGINE"]).rsplit(".", 1)[-1]
    if vendor == "postgresql":
        from marketplace.operations.backups.postgres import Postgres

        return Postgres()
    if vendor == "sqlite3":
        from marketplace.operations.backups.sqlite import Sqlite

        return Sqlite()
    raise BackupFault(f"There are no backups of {vendor}: PostgreSQL and SQLite are supported.")


def settings_for(url: str) -> Settings:
    """The settings of a database by its address, such as postgres://user:word@host/name.

    Raises BackupFault for an address of nothing we know.
    """
    if not url.startswith(("postgres://", "postgresql://", "sqlite:///")):
        raise BackupFault(
            "--to takes postgres://user:password@host:port/name or sqlite:////folder/file."
        )
    database = environ.Env.db_url_config(url)
    found: Settings = connections.configure_settings({DEFAULT_DB_ALIAS: database})[DEFAULT_DB_ALIAS]
    kind_of(found)
    return found


def connect(database: Settings) -> BaseDatabaseWrapper:
    """A connection of its own to a database, for `standing_in`; the caller closes it."""
    backend = load_backend(database["ENGINE"])
    wrapper: BaseDatabaseWrapper = backend.DatabaseWrapper(database, DEFAULT_DB_ALIAS)
    return wrapper


def settings_of(base: Settings, **others: Any) -> Settings:
    """The settings of a database with some of them changed."""
    return {**base, "CONN_MAX_AGE": 0, **others}


@contextmanager
def standing_in(other: BaseDatabaseWrapper) -> Iterator[None]:
    """In this thread, models and actions ask `other` while the block runs.

    Never inside a transaction of the running database: it would go on in the other one.
    """
    usual = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = other
    # Which number a kind of thing has may differ between the two.
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = usual
        ContentType.objects.clear_cache()


def count_rows(connection: BaseDatabaseWrapper) -> dict[str, int]:
    """How many rows each table has, by its name."""
    with connection.cursor() as cursor:
        counts = {}
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            counts[table] = int(cursor.fetchone()[0])
        return counts


def missing_migrations(connection: BaseDatabaseWrapper) -> list[str]:
    """Migrations of this version that the database has not seen, such as `orders.0007_x`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
