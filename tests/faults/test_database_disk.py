"""PostgreSQL's own disk is full: the server ends, and what it acknowledged is there once it has
room again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection

from tests.faults import report
from tests.faults.house import House, wait_for
from tests.faults.stage import FAULT, IS_LONG, tokens
from tests.faults.storm import PATH, Storm

pytestmark = FAULT
# A file of the write-ahead log has 16 MB: room for one more.
ROOM = 20 << 20
FILLED = "SELECT pg_logical_emit_message(false, 'faults', repeat('x', 4000000))"

# Mounting needs root, and the server must be one that may end.
if IS_LONG and connection.vendor == "postgresql" and os.geteuid() == 0:

    def test_the_disk_of_the_database_is_full(house: House) -> None:
        """Kills: an acknowledgment before COMMIT, an error without a sentence."""
        web, own = house.web, tokens(2)
        storm = Storm(web, own, 40)
        storm.enough.set()
        with small_disk(house) as disk:
            with storm.blowing():
                storm.wait_for(10)
                fill(house)
                page = web.ask("GET", "/manufacturers/")
                call = web.ask("GET", PATH, token=own[0])
                alive, ready = web.ask("GET", "/livez"), web.ask("GET", "/readyz")
                # Started on the full disk it ends again.
                house.start_database()
                assert house.server is not None
                assert house.server.process.wait(timeout=60) != 0
                subprocess.run(["mount", "-o", f"remount,size={8 * ROOM}", disk], check=True)
                house.start_database()
                healed = wait_for(lambda: web.ask("GET", "/readyz").status == 200)
            lost, bare = storm.lost(), storm.bare()
            storm.settle()
        assert (alive.status, ready.status) == (200, 503)
        for answer in (page, call):
            assert answer.status == 503 and answer.is_sentence, answer
        assert not bare, bare[0]
        report.row(
            "disk of PostgreSQL full",
            caused="its log on a mounted disk with room for 16 MB, filled; then more room",
            seen="503 with a sentence, the server does not start until there is room; "
            + storm.said(),
            lost=lost,
            healed=healed,
        )


@contextmanager
def small_disk(house: House) -> Iterator[Path]:
    """The write-ahead log stands on a disk of its own with room for one more file."""
    assert house.server is not None and house.server.folder is not None
    log = house.server.folder / "data" / "pg_wal"
    kept = log.with_name("pg_wal_kept")
    house.stop_database()
    log.rename(kept)
    log.mkdir()
    size = sum(file.stat().st_size for file in kept.rglob("*") if file.is_file()) + ROOM
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", log], check=True)
    # Root's copy keeps the owner, that of the folder itself too.
    subprocess.run(["cp", "-a", f"{kept}/.", log], check=True)
    house.start_database()
    wait_for(lambda: house.web.ask("GET", "/readyz").status == 200)
    try:
        yield log
    finally:
        if house.server.process.poll() is None:
            house.stop_database()
        subprocess.run(["rm", "-r", kept], check=True)
        subprocess.run(["cp", "-a", log, kept], check=True)
        subprocess.run(["umount", "--lazy", log], check=True)
        log.rmdir()
        kept.rename(log)
        house.start_database()
        wait_for(lambda: house.web.ask("GET", "/readyz").status == 200)


def fill(house: House) -> None:
    """Write log until the server has ended for want of room."""
    assert house.server is not None
    server = house.server.process
    with psycopg.connect(house.url, autocommit=True) as own:
        wait_for(lambda: _is_lost(own))
    # Its connections end first; then it tries to recover, needs room for that too, and ends.
    wait_for(lambda: server.poll() is not None)
    connection.close()


def _is_lost(own: psycopg.Connection[tuple[object, ...]]) -> bool:
    try:
        own.execute(FILLED)
    except psycopg.OperationalError:
        return True
    return False
