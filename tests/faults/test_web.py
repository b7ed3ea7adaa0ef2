"""kill -9 of a web worker: nothing is half-written, and the same key sent again does it once."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection

from marketplace.core.models import Event
from tests.faults import report
from tests.faults.house import Answer, House, fresh, wait_for
from tests.faults.stage import FAULT, IS_LONG, tokens
from tests.faults.storm import PATH, Storm, address, in_background, written

pytestmark = [*FAULT, pytest.mark.journey]
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"


@contextmanager
def held(house: House) -> Iterator[None]:
    """No fact can be written inside the block: a request that has changed its rows waits there. On
    SQLite, which has one writer, it waits before its first change."""
    if house.is_sqlite:
        lock = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        yield
        lock.close()
        return
    with psycopg.connect(house.url) as lock:
        lock.execute(f"LOCK TABLE {Event._meta.db_table} IN SHARE MODE")  # type: ignore[arg-type]
        yield


def waits(house: House) -> bool:
    """Whether a request waits for the lock."""
    if house.is_sqlite:
        time.sleep(0.2)
        return True
    with psycopg.connect(house.url) as asked:
        row = asked.execute(WAITING, [house.url.rsplit("/", 1)[1]]).fetchone()
    return bool(row and row[0])


def test_a_worker_killed_in_the_middle_of_a_transaction(house: House, token: str) -> None:
    """Kills: rows that are committed before their fact, a key whose answer is kept elsewhere."""
    label, web = fresh("killed-"), house.web
    ports: list[int] = []
    answers: list[Answer] = []

    def post() -> None:
        answer = web.ask("POST", PATH, address(label), token=token, key=label, began=ports.append)
        answers.append(answer)

    with held(house):
        client = in_background(post)
        wait_for(lambda: ports and waits(house))
        web.kill_who_serves(ports[0])
        killed = time.monotonic()
        client.join(timeout=30)
    assert [answer.status for answer in answers] == [0]
    wait_for(lambda: written(label) == (0, 0))
    wait_for(lambda: web.ask("POST", PATH, address(label), token=token, key=label).status == 201)
    healed = time.monotonic() - killed
    again = web.ask("POST", PATH, address(label), token=token, key=label)
    assert (again.status, again.headers["idempotency-replayed"]) == (201, "true")
    assert written(label) == (1, 1)
    wait_for(lambda: len(web.workers()) == 2)
    report.row(
        "web worker killed",
        caused="SIGKILL while its transaction waits for a lock",
        seen="a broken connection (the proxy's page); nothing written; the same key again: once",
        healed=healed,
    )


if IS_LONG:

    def test_workers_killed_all_the_time(house: House) -> None:
        seed = random.randrange(10**6)
        chance, web = random.Random(seed), house.web
        storm = Storm(web, tokens(4), 40)
        kills = 0
        storm.enough.set()
        with storm.blowing():
            while len(storm.answers) < 140:
                time.sleep(chance.uniform(0.5, 1.5))
                if workers := web.workers():
                    chance.choice(workers).kill()
                    kills += 1
        lost, bare = storm.lost(), storm.bare()
        took = wait_for(lambda: len(web.workers()) == 2)
        storm.settle()
        assert not bare, bare[0]
        report.row(
            "web workers killed again and again",
            caused=f"{kills} times SIGKILL, four clients, seed {seed}",
            seen=storm.said(),
            lost=lost,
            healed=took,
        )
