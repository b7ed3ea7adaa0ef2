"""What has happened in a test so far, as far as only steps happened (tests/steps.py).

A step is what a helper does (a request is published, a quote is sent). The same steps in the same
order from the beginning of a test write the same rows, so the end of a story is a state that is
known. Whatever else writes, patches or moves the clock ends it: from then on helpers do the real
thing.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import Field, dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, models

from tests.watch import watch

Key = Any
# Stands for the address of the sandbox, which is another in each test.
SANDBOX = "{sandbox}"


class CannotSay(Exception):
    """A value that does not read the same in another test."""


class Beside:
    """The file of the test's payment sandbox, whose content belongs to the story."""

    def __init__(self, base: str, database: Path) -> None:
        self.base = base
        self._file = sqlite3.connect(database, isolation_level=None)
        self._file.execute("PRAGMA synchronous = OFF")

    def version(self) -> int:
        """A number that changes with every change by the sandbox."""
        return int(self._file.execute("PRAGMA data_version").fetchone()[0])

    def read(self) -> bytes:
        """The content."""
        content = bytearray(self._file.serialize())
        # In memory there is no write-ahead log (https://sqlite.org/fileformat.html, 1.3.3).
        content[18:20] = b"\x01\x01"
        return bytes(content)

    def write(self, content: bytes) -> None:
        """Put a content in its place that was read here or in another test."""
        with closing(sqlite3.connect(":memory:")) as memory:
            memory.deserialize(content)
            memory.backup(self._file)

    def close(self) -> None:
        self._file.close()


@dataclass
class Story:
    """Rows (table, number) and moments that steps wrote, in an order that is always the same."""

    # What happened, as the name of the state it leads to.
    name: str = ""
    is_known: bool = False
    writes: int = 0
    rows: list[tuple[str, int]] = field(default_factory=list)
    places: dict[tuple[str, int], int] = field(default_factory=dict)
    moments: list[datetime] = field(default_factory=list)
    # Inside a step other steps are parts of it.
    depth: int = 0
    patches: pytest.MonkeyPatch | None = None
    beside: Beside | None = None
    version: int = 0

    def begin_beside(self, base: str, database: Path) -> None:
        """The test has a payment sandbox from here on."""
        self.beside = Beside(base, database)
        self.version = self.beside.version()

    def goes_on(self) -> bool:
        """Whether nothing but steps has happened in this test until now."""
        self.is_known = (
            self.is_known
            and watch().writes == self.writes
            and not time_machine.escape_hatch.is_travelling()
            and not self._is_patched()
            and (self.beside is None or self.beside.version() == self.version)
        )
        return self.is_known

    @contextmanager
    def inside(self) -> Iterator[None]:
        """A step is being made; when it fails, nobody knows what it left."""
        self.depth += 1
        known, self.is_known = self.is_known, False
        try:
            yield
            self.is_known = known
        finally:
            self.depth -= 1

    def _is_patched(self) -> bool:
        patches = self.patches
        return patches is None or len(patches._setattr) > 1 or bool(patches._setitem)

    def after(self, key: Key) -> str:
        """The name of the state to which a step leads."""
        return sha256(f"{self.name} {key!r}".encode()).hexdigest()

    def add(self, name: str, rows: list[tuple[str, int]], moments: list[datetime]) -> None:
        """A step led to a state; these are its new rows and moments."""
        for row in rows:
            self.places[row] = len(self.rows)
            self.rows.append(row)
        self.moments += moments
        self.name, self.writes = name, watch().writes
        if self.beside is not None:
            self.version = self.beside.version()

    def say(self, value: Any) -> Key:
        """The value as a key that is the same in every test. Raises CannotSay."""
        if isinstance(value, models.Model):
            return self._say_row(value)
        if is_dataclass(value) and not isinstance(value, type):
            told = (getattr(value, each.name) for each in compared(value))
            return (type(value).__qualname__, *map(self.say, told))
        if isinstance(value, (list, tuple)):
            return (type(value).__name__, *map(self.say, value))
        if isinstance(value, Mapping):
            return ("mapping", *((self.say(k), self.say(v)) for k, v in value.items()))
        if isinstance(value, str) and self.beside is not None:
            return repr(value.replace(self.beside.base, SANDBOX))
        if value is None or isinstance(value, (str, bytes, bool, int, Decimal)):
            return repr(value)
        if isinstance(value, date) and not isinstance(value, datetime):
            return repr(value)
        if isinstance(value, (set, frozenset)):
            return ("set", *sorted(map(repr, map(self.say, value))))
        raise CannotSay(repr(value))

    def _say_row(self, row: models.Model) -> Key:
        table = row._meta.db_table
        place = self.places.get((table, row.pk))
        if place is not None:
            return ("row", place)
        if type(row).__module__.endswith(".taxonomy"):
            return (table, row.pk)
        raise CannotSay(repr(row))


def compared(value: Any) -> list[Field[Any]]:
    """The fields of a dataclass that say what it is."""
    return [each for each in fields(value) if each.compare and each.init]


_now = Story()


def story() -> Story:
    """That of the test that runs."""
    return _now


def begin_story(patches: pytest.MonkeyPatch) -> None:
    """A test begins."""
    global _now
    if _now.beside is not None:
        _now.beside.close()
    # REPLAY=off: everything by the real actions, which a run of the tests should bear as well.
    is_known = connection.vendor == "postgresql" and os.environ.get("REPLAY") != "off"
    _now = Story(is_known=is_known, patches=patches)
    _now.writes = watch().writes
