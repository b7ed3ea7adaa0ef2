"""kill -9 of a worker and of beat, and two beats: what was begun is done once in effect, what was
left the sweep brings, and each turn of the schedule is taken once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest
from celery import Celery
from django.utils import timezone
from redis import Redis

from marketplace.core.models import Delivery
from marketplace.operations.models import TaskDay
from marketplace.operations.watching.turns import turn_of
from tests.faults import report
from tests.faults.house import House, end, fresh, wait_for
from tests.faults.stage import FAULT, IS_LONG
from tests.payments.drills.stage import expire_leases

pytestmark = FAULT
# Every twenty seconds.
LINE = "send webhooks that are due"
SENT = re.compile(rf"Sending due task {LINE}")


def start_worker(house: House) -> subprocess.Popen[bytes]:
    """As in production; the first to come is told of what waits."""
    words = ("worker", "--loglevel=warning", "--concurrency=1", "--hostname=faults@%h")
    return house.celery("worker", *words)


@pytest.fixture
def worker(house: House) -> Iterator[subprocess.Popen[bytes]]:
    process = start_worker(house)
    yield process
    with suppress(ProcessLookupError):
        end(process)


def sweep_by_message(house: House) -> None:
    """What beat would send next."""
    sender = Celery(broker=house.redis_server.url, set_as_current=False)
    sender.send_task("marketplace.core.tasks.sweep_deliveries")
    sender.close()


def drained(house: House) -> None:
    """Wait until nothing is in the queue."""
    queue = Redis.from_url(house.redis_server.url)
    wait_for(lambda: queue.llen("celery") == 0)
    queue.close()


if IS_LONG:
    # In a short round the drills of payments kill workers.

    def test_a_worker_killed_in_the_middle_of_a_mail(
        house: House, token: str, worker: subprocess.Popen[bytes]
    ) -> None:
        """Kills: a delivery that is marked before it is made, one without a lease."""
        guest = f"{fresh('mid')}@example.com"
        invited = {"email": guest, "role": "viewer"}
        with house.mail.faulty("hang"):
            before = house.mail.passed
            assert house.web.ask("POST", "/api/v1/invitations/", invited, token=token).status == 201
            # A web process that missed Redis a moment ago, in another test, tells nobody.
            sweep_by_message(house)
            wait_for(lambda: house.mail.passed > before)
            for child in psutil.Process(worker.pid).children():
                child.kill()
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        assert house.postbox.got(guest) == 0
        assert Delivery.objects.filter(status=Delivery.State.RUNNING).exists()
        # The lease of a worker that died runs out after eleven minutes, which nobody here waits.
        expire_leases()
        again = start_worker(house)
        try:
            sweep_by_message(house)
            healed = wait_for(lambda: house.postbox.got(guest))
            sweep_by_message(house)
            drained(house)
        finally:
            # What is at work is finished first.
            end(again)
        assert house.postbox.got(guest) == 1
        report.row(
            "worker killed",
            caused="SIGKILL of the worker and its child while a mail is sent",
            seen="nothing; the mail arrives once",
            healed=f"11 min lease + {healed:.0f} s",
        )

    def test_two_beats_of_which_one_is_killed(
        house: House, worker: subprocess.Popen[bytes]
    ) -> None:
        """Kills: a turn that is a message, a timetable that begins with the process."""
        began = timezone.now()
        beats = [_start_beat(house, name) for name in ("beat1", "beat2")]
        try:
            wait_for(lambda: all(_sent(house, name) for name in ("beat1", "beat2")))
            os.killpg(beats[0].pid, signal.SIGKILL)
            beats[0].wait()
            told = _sent(house, "beat1")
            beats[0] = _start_beat(house, "beat1")
            healed = wait_for(lambda: _sent(house, "beat1") > told and _sent(house, "beat2") > 1)
        finally:
            for beat in beats:
                end(beat)
        drained(house)
        end(worker)
        messages, runs = _sent(house, "beat1") + _sent(house, "beat2"), _runs()
        first, last = (turn_of(20.0, LINE, moment) for moment in (began, timezone.now()))
        assert 2 <= runs <= (last - first).total_seconds() / 20 + 1
        assert messages >= 4 and messages > runs
        report.row(
            "two beats, one of them killed",
            caused="two processes of beat, SIGKILL of one, started again",
            seen=f"nothing: {messages} messages, {runs} runs, one for each turn",
            healed=healed,
        )

    def _start_beat(house: House, name: str) -> subprocess.Popen[bytes]:
        schedule = f"--schedule={house.folder / name}"
        words = ("beat", "--loglevel=info", schedule, "--pidfile=")
        return house.celery(name, *words, LOG_LEVEL="INFO")

    def _sent(house: House, name: str) -> int:
        return len(SENT.findall(house.log(name)))

    def _runs() -> int:
        return sum(TaskDay.objects.filter(name=LINE).values_list("runs", flat=True))
