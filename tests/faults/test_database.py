"""PostgreSQL restarts, hangs, or its answer to COMMIT is lost: nothing acknowledged is lost, and a
retry with the same key does it once."""

from __future__ import annotations

import time

import pytest
from django.db import connection

from tests.faults import report
from tests.faults.house import House, fresh, wait_for
from tests.faults.stage import FAULT, IS_LONG, rounds, tokens
from tests.faults.storm import PATH, Storm, address, written

pytestmark = FAULT
# Connecting is given up after 3 s (connect_timeout), and a page that says so must not try again.
BOUND = 8.0

if connection.vendor == "postgresql":
    # SQLite has no server; its process is killed in test_web.

    @pytest.mark.parametrize("after", [0, 1], ids=["of the key", "of the work"])
    def test_the_answer_to_commit_is_lost(house: House, token: str, after: int) -> None:
        """Kills: an answer that is kept outside the transaction."""
        web, label, database = house.web, fresh("commit-"), house.database
        assert database is not None
        assert web.ask("GET", PATH, token=token).status == 200
        with database.faulty("lose_answer", "COMMIT", after):
            answer = web.ask("POST", PATH, address(label), token=token, key=label)
        assert database.swallowed == 1
        assert answer.status == 503 and answer.is_sentence, answer
        assert answer.headers["retry-after"]
        assert written(label) == (after, after)
        again = web.ask("POST", PATH, address(label), token=token, key=label)
        assert again.status == 201
        assert ("idempotency-replayed" in again.headers) == bool(after)
        assert written(label) == (1, 1)
        report.row(
            f"answer to COMMIT {'of the work' if after else 'of the key'} lost",
            caused="a proxy that hands COMMIT on and resets the connection before its answer",
            seen=f"503: {answer.json['detail']} The same key again: once",
            healed=again.seconds,
        )

    def test_the_database_is_away_for_a_moment(house: House) -> None:
        """Kills: a connection that is used without being looked at, an error without a sentence."""
        web, database = house.web, house.database
        assert database is not None
        storm = Storm(web, tokens(2), rounds(6, 40))
        storm.enough.set()
        with storm.blowing():
            storm.wait_for(3)
            if IS_LONG:
                house.restart_database()
            else:
                with database.refusing():
                    page = web.ask("GET", "/manufacturers/")
            back = time.monotonic()
            healed = wait_for(lambda: web.ask("GET", "/readyz").status == 200)
        if not IS_LONG:
            assert page.status == 503 and page.is_sentence, page
        lost, bare = storm.lost(), storm.bare()
        storm.settle()
        assert not bare, bare[0]
        assert time.monotonic() > back
        report.row(
            "PostgreSQL restarted" if IS_LONG else "PostgreSQL away",
            caused="SIGQUIT to the server, started again" if IS_LONG else "a proxy that refuses",
            seen=f"503 with a sentence; {storm.said()}",
            lost=lost,
            healed=healed,
        )

    def test_a_database_that_takes_connections_and_says_nothing(house: House, token: str) -> None:
        """Kills: waiting for a connection without end, trying again for the page that says so."""
        web, database = house.web, house.database
        assert database is not None
        # So that every worker has to connect anew.
        database.cut()
        with database.faulty("hang"):
            alive = web.ask("GET", "/livez")
            page = web.ask("GET", "/manufacturers/")
            call = web.ask("GET", PATH, token=token)
            ready = web.ask("GET", "/readyz")
        healed = wait_for(lambda: web.ask("GET", PATH, token=token).status == 200)
        assert (alive.status, ready.status) == (200, 503)
        for answer in (page, call):
            assert answer.status == 503 and answer.is_sentence, answer
            assert answer.seconds < BOUND
        report.row(
            "PostgreSQL says nothing",
            caused="a proxy that takes connections and hands nothing on",
            seen=f"503 with a sentence after {max(page.seconds, call.seconds):.1f} s; "
            "/livez 200, /readyz 503",
            healed=healed,
        )
