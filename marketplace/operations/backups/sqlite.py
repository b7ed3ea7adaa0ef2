"""SQLite: its online backup, both ways. Who reads or writes the file meanwhile goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from marketplace.operations.backups.databases import PIECE, Settings, connect, settings_of
from marketplace.operations.backups.errors import BackupDamaged, BackupFault

# Seconds to wait for somebody who writes.
PATIENCE = 60


class Sqlite:
    """See `Kind`."""

    @contextmanager
    def snapshot(self, database: Settings, scratch: Path) -> Iterator[SqliteSnapshot]:
        """A copy of the file in one step: in WAL mode nobody waits for it."""
        copy = scratch / "snapshot.sqlite3"
        copy.touch(mode=0o600)
        running = Path(database["NAME"])
        if not running.exists():
            raise BackupFault(f"There is no database {running}.")
        with closing(_open(running)) as source, closing(_open(copy)) as target:
            source.backup(target)
            # One file: the copy needs no journal beside it.
            target.execute("PRAGMA journal_mode=DELETE")
        connection = connect(_plain(database, copy))
        try:
            yield SqliteSnapshot(connection, copy)
        finally:
            connection.close()

    def restore(self, database: Settings, pieces: Iterable[bytes], scratch: Path) -> None:
        """The dump becomes a file, is checked, and then copied over in one transaction."""
        found = scratch / "restored.sqlite3"
        with found.open("wb") as target:
            for piece in pieces:
                target.write(piece)
        place = Path(database["NAME"])
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(_open(found)) as source:
                answer = source.execute("PRAGMA quick_check").fetchone()[0]
                if answer != "ok":
                    raise BackupDamaged(f"The database of the backup is damaged: {answer}")
                with closing(_open(place)) as target:
                    source.backup(target)
        except sqlite3.Error as error:
            raise BackupFault(
                f"The database was not restored and is as it was: {error}. "
                "End what still works with it (web, worker, beat) and try again."
            ) from error
        finally:
            found.unlink(missing_ok=True)

    @contextmanager
    def scratch_database(self, database: Settings, scratch: Path) -> Iterator[Settings]:
        """A file in the folder that goes."""
        place = scratch / "scratch.sqlite3"
        place.touch(mode=0o600)
        yield _plain(database, place)


class SqliteSnapshot:
    """See `Snapshot`."""

    def __init__(self, connection: BaseDatabaseWrapper, copy: Path) -> None:
        self.connection, self._copy = connection, copy

    def dump(self) -> Iterator[bytes]:
        """The file itself."""
        with self._copy.open("rb") as source:
            while piece := source.read(PIECE):
                yield piece


def _plain(database: Settings, place: Path) -> Settings:
    """The settings of a copy that one process works with: no journal beside the file."""
    options = {k: v for k, v in database.get("OPTIONS", {}).items() if k != "init_command"}
    return settings_of(database, NAME=str(place), OPTIONS=options)


def _open(place: Path) -> sqlite3.Connection:
    return sqlite3.connect(place, timeout=PATIENCE)
