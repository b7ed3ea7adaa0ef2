"""PostgreSQL: `pg_dump` of an exported snapshot; back through `pg_restore` into one transaction.

The programs must be of the server's version or a newer one.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.db import ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.client import DatabaseClient

from marketplace.operations.backups.databases import PIECE, Settings, connect, settings_of
from marketplace.operations.backups.errors import BackupFault
from marketplace.operations.embedded import postgres_client

# Every table goes and comes in one transaction; each holds a lock, and so does each of its indexes.
MORE_LOCKS = (
    "Set max_locks_per_transaction = 256 in postgresql.conf, start PostgreSQL again, and restore "
    "once more."
)
# Waiting longer than this for the tables means that something still works with them.
OPTIONS = "-c lock_timeout=30s -c client_min_messages=warning"


class Postgres:
    """See `Kind`."""

    @contextmanager
    def snapshot(self, database: Settings, scratch: Path) -> Iterator[PostgresSnapshot]:
        """One read-only transaction from now on; `pg_dump` looks through the same one."""
        connection = connect(settings_of(database))
        try:
            connection.set_autocommit(False)
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SELECT pg_export_snapshot()")
                exported = cursor.fetchone()[0]
            yield PostgresSnapshot(connection, exported)
        finally:
            connection.close()

    def restore(self, database: Settings, pieces: Iterable[bytes], scratch: Path) -> None:
        """`pg_restore` turns the dump into statements, `psql` carries them out.

        `psql` hears of the end, and commits, only when the whole dump was opened and understood.
        """
        with tempfile.TemporaryFile() as told:
            understood = subprocess.Popen(
                [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
            )
            words, environment = _address(database)
            environment["PGOPTIONS"] = OPTIONS
            done = subprocess.Popen(
                [
                    *(_program("psql"), "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1"),
                    *("-c", "DROP SCHEMA IF EXISTS public CASCADE", "-c", "CREATE SCHEMA public"),
                    *("-f", "-", *words),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=told,
                env=environment,
            )
            feeder = _Feeder(understood, pieces)
            whole = False
            try:
                _pour(understood.stdout, done.stdin)
                feeder.join()
                whole = understood.wait() == 0 and feeder.fault is None
                if whole:
                    _close(done.stdin)
                    done.wait()
            finally:
                # Killed before its input ends, psql's transaction is rolled back.
                for process in (understood, done):
                    _end(process)
                feeder.join()
            if feeder.fault is not None:
                raise feeder.fault
            if not whole or done.returncode != 0:
                why = _last_words(told)
                more = f" {MORE_LOCKS}" if "out of shared memory" in why else ""
                raise BackupFault(f"The database was not restored and is as it was: {why}{more}")

    @contextmanager
    def scratch_database(self, database: Settings, scratch: Path) -> Iterator[Settings]:
        """A database named after the running one; what an earlier attempt left goes first."""
        name = f"{database['NAME']}_verify"[:63]
        drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        try:
            _carry_out(database, drop, f'CREATE DATABASE "{name}" TEMPLATE template0')
        except ProgrammingError as error:
            raise BackupFault(
                f"The scratch database {name} cannot be made: {error} Allow it once: "
                f"ALTER ROLE {database['USER'] or 'NAME'} CREATEDB."
            ) from error
        try:
            yield settings_of(database, NAME=name)
        finally:
            _carry_out(database, drop)


class PostgresSnapshot:
    """See `Snapshot`."""

    def __init__(self, connection: BaseDatabaseWrapper, exported: str) -> None:
        self.connection, self._exported = connection, exported

    def dump(self) -> Iterator[bytes]:
        """`pg_dump` in its custom format, not deflated: sealing does that."""
        words, environment = _address(self.connection.settings_dict)
        command = [
            *(_program("pg_dump"), "--format=custom", "--compress=0", "--no-owner"),
            *("--no-privileges", f"--snapshot={self._exported}", *words),
        ]
        with tempfile.TemporaryFile() as told:
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=told, env=environment
            )
            try:
                assert process.stdout is not None
                while piece := process.stdout.read(PIECE):
                    yield piece
                if process.wait() != 0:
                    raise BackupFault(f"The database was not dumped: {_last_words(told)}")
            finally:
                _end(process)


class _Feeder(threading.Thread):
    """Hands the dump to `pg_restore` while its answer is read; `fault` is what went wrong."""

    def __init__(self, process: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> None:
        super().__init__(daemon=True)
        self.fault: Exception | None = None
        self._process, self._pieces = process, pieces
        self.start()

    def run(self) -> None:
        target = self._process.stdin
        assert target is not None
        try:
            for piece in self._pieces:
                target.write(piece)
            target.close()
        except BrokenPipeError:
            # It ended by itself; its last words say why.
            return
        except Exception as error:  # noqa: BLE001 - told by the thread that waits
            self.fault = error
            self._process.kill()


def _pour(source: IO[bytes] | None, target: IO[bytes] | None) -> None:
    assert source is not None
    assert target is not None
    # psql that ended by itself has said why; the rest of the dump is read all the same.
    with suppress(BrokenPipeError):
        while piece := source.read(PIECE):
            target.write(piece)
        target.flush()
    while source.read(PIECE):
        pass


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()
    _close(process.stdin)
    _close(process.stdout)


def _close(stream: IO[bytes] | None) -> None:
    if stream is not None:
        with suppress(BrokenPipeError):
            stream.close()


def _carry_out(database: Settings, *statements: str) -> None:
    connection = connect(settings_of(database))
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


def _program(name: str) -> str:
    found = postgres_client(name)
    if found is None:
        raise BackupFault(
            f"{name} was not found: install PostgreSQL's client programs of the server's version "
            "(Debian: postgresql-client)."
        )
    return found


def _address(database: Settings) -> tuple[list[str], dict[str, str]]:
    """The words that name a database to PostgreSQL's programs, and their environment."""
    words, own = DatabaseClient.settings_to_cmd_args_env(database, [])
    # The first word is psql; the password is in the environment, where `ps` does not show it.
    return words[1:], {**os.environ, "PGCONNECT_TIMEOUT": "10", **(own or {})}


def _last_words(told: IO[bytes]) -> str:
    """The first line a program complained with: what follows it is only its consequence."""
    told.seek(0)
    lines = told.read(64_000).decode(errors="replace").strip().splitlines()
    wrong = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()]
    return (wrong or lines or ["it gave no reason."])[0]
