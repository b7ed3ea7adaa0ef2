"""The process that forks workers, one for all drills; and a line of the table for each drill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from tests.payments.conftest import ROOT
from tests.payments.drills import report

KILLED = -9
# The names of settings a worker needs as the test has them.
PASSED_ON = (
    "MEDIA_ROOT",
    "SITE_URL",
    "STRIPE_API_HOST",
    "STRIPE_TEST_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRETS",
)


@dataclass
class Worker:
    """The process that forks workers (`worker.py`), and where they write down their steps."""

    process: subprocess.Popen[str]
    trail: Path

    def start(self, kill_at: int = 0, *, patient: bool = False) -> None:
        """Let one worker do all that is owed, or die at a step; a patient one outlives a database
        that goes away."""
        self.trail.unlink(missing_ok=True)
        given = {name: getattr(django_settings, name) for name in PASSED_ON}
        given["MEDIA_ROOT"] = str(given["MEDIA_ROOT"])
        order = {
            "kill_at": kill_at,
            "trail": str(self.trail),
            "settings": given,
            "patient": patient,
        }
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def steps_so_far(self) -> int:
        return len(self.trail.read_text().splitlines()) if self.trail.exists() else 0

    def finish(self, kill_at: int = 0) -> list[str]:
        """Wait for the end; the steps it made. It must have ended as it was told to."""
        assert self.process.stdout is not None
        code = json.loads(self.process.stdout.readline())["code"]
        steps = self.trail.read_text().splitlines()
        assert code == (KILLED if 0 < kill_at <= len(steps) else 0)
        report.counted["steps"] += len(steps)
        if code == KILLED:
            report.counted["kills"] += 1
        return steps

    def work(self, kill_at: int = 0) -> list[str]:
        """Start and finish."""
        self.start(kill_at)
        return self.finish(kill_at)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A line of the table for each drill that ran, or that could not be set up."""
    made = yield
    kept = os.environ.get("DRILL_TABLE")
    if kept and (made.when == "call" or made.failed):
        name = item.nodeid.removeprefix("tests/payments/drills/")
        report.keep(Path(kept), name, connection.vendor, made.outcome, made.duration)
    return made


@pytest.fixture(scope="session")
def worker(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.payments.drills.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url()},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield Worker(process, tmp_path_factory.mktemp("worker") / "steps")
    process.communicate()


def database_url() -> str:
    """The address of the database of this test process."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return f"postgres://{found['USER']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"
