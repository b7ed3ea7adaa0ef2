"""A release in the middle of traffic: old and new code on the same tables, the new one started
beside the old, the switch, and the old one ended by SIGTERM. Nobody notices."""

from __future__ import annotations

import time
from pathlib import Path

from django.db import connection

from tests.faults import report
from tests.faults.house import Door, House, Web
from tests.faults.proxy import Proxy
from tests.faults.stage import FAULT, IS_LONG, tokens
from tests.faults.storm import Storm
from tests.rollback import checked_out, previous

pytestmark = FAULT
# The release before knows no settings of these tests.
OWN = {"DJANGO_SETTINGS_MODULE": "config.settings"}

if IS_LONG and connection.vendor == "postgresql":
    # Two releases at once are what a small installation on SQLite does without.

    def test_a_release_in_the_middle_of_traffic(house: House, tmp_path: Path) -> None:
        """Kills: a stop that ends requests half-way, a release the one before cannot live with."""
        before = previous()
        with checked_out(before, tmp_path / "before") as root:
            old = Web(house, root, **OWN)
            front = Proxy(old.port)
            storm = Storm(Door(front.port), tokens(4), 45)
            with storm.blowing():
                storm.wait_for(30)
                try:
                    new = Web(house, **OWN)
                    assert new.ask("GET", "/readyz").status == 200
                    assert new.ask("GET", "/manufacturers/").status == 200
                    # The proxy's configuration names the new one; whoever is inside stays there.
                    front.target = new.port
                    time.sleep(0.5)
                    began = time.monotonic()
                    code = old.stop()
                    drained = time.monotonic() - began
                finally:
                    storm.enough.set()
        try:
            assert code == 0
            assert storm.counts() == {"ok": 180}, storm.said()
            assert {answer.status for answer in storm.reads} == {200}
            lost = storm.lost()
            storm.settle()
        finally:
            new.stop()
            front.stop()
        report.row(
            "a release in the middle",
            caused=f"{before} beside this commit, traffic switched, SIGTERM to the old one",
            seen=f"nothing: {storm.said()}; {len(storm.reads)} reads, all answered",
            lost=lost,
            healed=drained,
        )
