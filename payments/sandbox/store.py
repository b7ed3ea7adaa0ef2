"""The sandbox's memory: one SQLite file, so that ids survive a restart."""

from __future__ import annotations

import json
import secrets
import sqlite3
import string
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Body = dict[str, Any]

PLATFORM = "acct_1SandboxPlatform"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    account TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, account, seq);
CREATE TABLE IF NOT EXISTS answers (
    account TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, kind TEXT NOT NULL,
    endpoint TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL, answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due);
CREATE TABLE IF NOT EXISTS alarms (object TEXT PRIMARY KEY, due INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS alarms_due ON alarms (due);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, account TEXT NOT NULL, key TEXT NOT NULL, params TEXT NOT NULL,
    status INTEGER NOT NULL, error TEXT NOT NULL, replayed INTEGER NOT NULL);
"""
_ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """Return a fresh id in Stripe's style, such as ``pi_`` and 24 letters or digits."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


class Store:
    """Documents by id and kind, plus answers, deliveries, settings and the call log.

    One connection and one lock serve every thread: a request runs alone inside
    ``transaction()``, which is what makes balance checks safe.
    """

    def __init__(self, path: str) -> None:
        self.lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_SCHEMA)
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run alone; commit at the end of the outermost block, roll back on any exception."""
        with self.lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Run one statement and return its rows."""
        with self.lock:
            return self._db.execute(sql, values).fetchall()

    def now(self) -> int:
        """Seconds since 1970 on the sandbox's clock, which can be moved forward."""
        return int(time.time()) + int(self.setting("clock_offset", 0))

    def setting(self, name: str, default: Any = None) -> Any:
        """Return a stored setting or the default."""
        found = self.rows("SELECT value FROM settings WHERE name=?", name)
        return json.loads(found[0]["value"]) if found else default

    def set_setting(self, name: str, value: Any) -> None:
        """Store a setting as JSON."""
        self.rows("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, json.dumps(value))

    def save(self, body: Body, account: str = PLATFORM) -> Body:
        """Insert or replace one object (its ``id`` and ``object`` say what it is)."""
        self.rows(
            "INSERT INTO objects (id, kind, account, body) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET body=excluded.body",
            body["id"],
            body["object"],
            account,
            json.dumps(body),
        )
        return body

    def get(
        self, object_id: str, kind: str | None = None, account: str | None = None
    ) -> Body | None:
        """Return one object, or None when it does not exist for that kind and account."""
        found = self.rows("SELECT * FROM objects WHERE id=?", object_id)
        if not found or (kind and found[0]["kind"] != kind):
            return None
        if account and found[0]["account"] != account:
            return None
        body: Body = json.loads(found[0]["body"])
        return body

    def owner(self, object_id: str) -> str:
        """Return the account an existing object belongs to."""
        return str(self.rows("SELECT account FROM objects WHERE id=?", object_id)[0]["account"])

    def all(self, kind: str, account: str = PLATFORM, limit: int = -1, **fields: Any) -> list[Body]:
        """Return the objects of a kind whose fields have these values, newest first."""
        tests = [f"AND json_extract(body, '$.{name}')=?" for name in fields]
        found = self.rows(
            f"SELECT body FROM objects WHERE kind=? AND account=? {' '.join(tests)} "  # noqa: S608
            "ORDER BY seq DESC LIMIT ?",
            kind,
            account,
            *fields.values(),
            limit,
        )
        return [json.loads(row["body"]) for row in found]

    def set_alarm(self, object_id: str, due: int) -> None:
        """Let an object wake at a time of the sandbox's clock (Unix seconds)."""
        self.rows("INSERT OR REPLACE INTO alarms VALUES (?, ?)", object_id, due)

    def due_alarms(self, now: int) -> list[str]:
        """Take out the objects that wake now, oldest alarm first."""
        found = self.rows("SELECT object FROM alarms WHERE due<=? ORDER BY due LIMIT 50", now)
        for row in found:
            self.rows("DELETE FROM alarms WHERE object=?", row["object"])
        return [row["object"] for row in found]

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self._db.close()
