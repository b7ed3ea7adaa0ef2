"""The drill: people write while the backup is taken, then database and files are destroyed.

Everything acknowledged before the backup began is back, nothing is half there, and what came back
is one moment of the house: a number of the series is missing only if all later ones are.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction

from marketplace.files.models import StoredFile
from marketplace.operations.backups.databases import connect, standing_in
from payments.invariants import check_books
from payments.models import LedgerEntry
from tests.operations.backups.scene import House, newest, say
from tests.personas import Persona

pytestmark = [pytest.mark.journey, pytest.mark.slow]


class Writer(threading.Thread):
    """Adds a file and an entry of the books in one transaction, numbered, until it is told to stop.

    `done` are the numbers whose commit was acknowledged.
    """

    def __init__(self, house: House, bea: Persona) -> None:
        super().__init__()
        self.done: list[int] = []
        self.fault: Exception | None = None
        self._house, self._bea, self._enough = house, bea, threading.Event()
        self.organization = bea.organization

    def run(self) -> None:
        own = connect(self._house.database)
        try:
            with standing_in(own):
                while not self._enough.is_set():
                    number = len(self.done) + 1
                    with transaction.atomic():
                        self._house.add_file(self._bea, f"n{number}", os.urandom(300) * 40)
                        self._house.add_money(f"n{number}", number)
                    self.done.append(number)
                    time.sleep(0.01)
        except Exception as error:  # noqa: BLE001 - raised by the test
            self.fault = error
        finally:
            own.close()

    def stop(self) -> None:
        self._enough.set()
        self.join()
        if self.fault:
            raise self.fault

    def wait_for(self, count: int) -> None:
        while len(self.done) < count and self.is_alive():
            time.sleep(0.01)


@contextmanager
def writing(house: House, bea: Persona) -> Iterator[Writer]:
    writer = Writer(house, bea)
    writer.start()
    try:
        yield writer
    finally:
        writer.stop()


def numbers() -> tuple[list[int], list[int]]:
    """Of the entries of the books, and of the files whose content is right."""
    entries = LedgerEntry.objects.filter(key__startswith="n").values_list("key", flat=True)
    files = []
    for file in StoredFile.objects.filter(name__startswith="n"):
        with default_storage.open(file.content.name) as content:
            if hashlib.sha256(content.read()).hexdigest() == file.sha256:
                files.append(int(file.name[1:-4]))
    return sorted(int(key[1:]) for key in entries), sorted(files)


def destroy(house: House) -> None:
    """As if the disk were gone: the tables, or the file, and every uploaded file."""
    house.destroy_files()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        return
    connection.close()
    for end in ("", "-wal", "-shm"):
        Path(f"{house.database['NAME']}{end}").unlink(missing_ok=True)


def test_everything_up_to_the_backup_comes_back(house: House) -> None:
    bea = house.furnish()
    with writing(house, bea) as writer:
        writer.wait_for(10)
        before = len(writer.done)
        started = time.monotonic()
        say("backup")
        took = time.monotonic() - started
        after = len(writer.done)
        writer.wait_for(after + 5)
    name = newest().name
    destroy(house)
    started = time.monotonic()
    say("restore", name, "--yes")
    back = time.monotonic() - started
    entries, files = numbers()
    assert entries == files == list(range(1, len(entries) + 1))
    assert before <= len(entries) <= after
    assert all(each.difference == 0 for each in check_books() if "add up" in each.label)
    assert newest().state == "done"
    sys.stderr.write(
        f"\nrestore drill on {connection.vendor}: {before} acknowledged before the backup, "
        f"{after} when it ended, {len(writer.done)} in all; {len(entries)} back with their files; "
        f"backup {took:.1f} s under load, restore {back:.1f} s\n"
    )
