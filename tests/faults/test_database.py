"""PostgreSQL restarts, hangs, or its answer to COMMIT is lost: nothing acknowledged is lost, and a
retry with the same key does it once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from tests.faults import report
from tests.faults.house import House, Web, end, free_port, fresh, port_of, wait_for
from tests.faults.proxy import Proxy
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


# Two addresses of a line that exists only for the test: ours, and the one on the far side.
HERE, THERE, NETWORK = "10.213.7.1", "10.213.7.2", f"faults{os.getpid()}"
# What is sent is given up after ten seconds, a new connection after three.
OPEN_BOUND = 20.0
CAN_CUT = os.geteuid() == 0 and shutil.which("ip")

if IS_LONG and connection.vendor == "postgresql" and CAN_CUT:

    def test_the_line_to_the_database_is_dead(house: House, token: str) -> None:
        """Packets vanish while connections are open: nothing is refused, nothing is reset.

        Kills: connections without tcp_user_timeout, which the kernel gives up after a quarter of an
        hour.
        """
        with far_side(house) as port:
            address = house.url.replace(f"127.0.0.1:{port_of(house.url)}", f"{THERE}:{port}")
            web = Web(house, DATABASE_URL=address)
            for _ in range(8):
                assert web.ask("GET", PATH, token=token).status == 200
            _ip("netns", "exec", NETWORK, "ip", "route", "add", "blackhole", HERE)
            call = web.ask("GET", PATH, token=token, timeout=120)
            alive = web.ask("GET", "/livez")
            ready = web.ask("GET", "/readyz")
            _ip("netns", "exec", NETWORK, "ip", "route", "del", "blackhole", HERE)
            healed = wait_for(lambda: web.ask("GET", PATH, token=token).status == 200)
            web.stop()
        assert (call.status, alive.status, ready.status) == (503, 200, 503)
        assert call.seconds < OPEN_BOUND
        report.row(
            "line to PostgreSQL dead",
            caused="a network of its own whose answers vanish, connections open",
            seen=f"503 with a sentence after {call.seconds:.1f} s; /livez 200, /readyz 503",
            healed=healed,
        )


@contextmanager
def far_side(house: House) -> Iterator[int]:
    """The database at a port of THERE, at the other end of a line that can be cut."""
    near, port = Proxy(port_of(house.url), listens="0.0.0.0"), free_port()  # noqa: S104
    _ip("netns", "add", NETWORK)
    far = None
    try:
        _ip("link", "add", "faults0", "type", "veth", "peer", "name", "faults1")
        _ip("link", "set", "faults1", "netns", NETWORK)
        _ip("addr", "add", f"{HERE}/30", "dev", "faults0")
        _ip("link", "set", "faults0", "up")
        inside = ("netns", "exec", NETWORK, "ip")
        _ip(*inside, "addr", "add", f"{THERE}/30", "dev", "faults1")
        _ip(*inside, "link", "set", "faults1", "up")
        words = ("-m", "tests.faults.proxy", THERE, str(port), HERE, str(near.port))
        far = house.spawn("far", "ip", "netns", "exec", NETWORK, sys.executable, *words)
        yield port
    finally:
        if far:
            end(far)
        near.stop()
        # The line goes with its end.
        _ip("netns", "del", NETWORK)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
