"""A sandbox of its own for each test, people, an order, and a pump that does the workers' work."""

from __future__ import annotations

import atexit
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from payments.sandbox import driver
from tests.payments.scene import Scene, set_scene
from tests.story import story

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk_test_" + "t" * 24
SECRET = "whsec_of_the_tests"


@dataclass
class Sandbox:
    """A running sandbox: its address, the number of its process, its file."""

    base: str
    number: int
    database: Path

    def command(self, name: str, **form: Any) -> dict[str, Any]:
        # What it is told to do wrong is not in its file.
        story().is_known = False
        return driver.command(self.base, name, **form)

    def calls(self, method: str = "", path: str = "") -> list[dict[str, Any]]:
        return [
            call
            for call in driver.read(self.base, "calls")
            if method in ("", call["method"]) and re.search(path, call["path"])
        ]

    def settle(self) -> dict[str, int]:
        return driver.settle(self.base)


@cache
def _forks() -> subprocess.Popen[str]:
    """The process that forks sandboxes; it ends with this one."""
    forks = subprocess.Popen(
        [sys.executable, "-m", "tests.payments.sandboxes", SECRET],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )
    atexit.register(forks.communicate)
    return forks


def start_sandbox(folder: Path) -> Sandbox:
    database = folder / "sandbox.sqlite3"
    forks = _forks()
    assert forks.stdin is not None and forks.stdout is not None
    forks.stdin.write(f"{database}\n")
    forks.stdin.flush()
    number, line = int(forks.stdout.readline()), forks.stdout.readline()
    assert "http://" in line, "The sandbox did not start."
    return Sandbox(line.split()[-1], number, database)


def stop_sandbox(sandbox: Sandbox) -> None:
    """End it at once: nothing of it is needed any more."""
    process = os.pidfd_open(sandbox.number)
    signal.pidfd_send_signal(process, signal.SIGKILL)
    select.select([process], [], [], 10)
    os.close(process)


@pytest.fixture
def sandbox(tmp_path: Path, settings: Any) -> Iterator[Sandbox]:
    """A sandbox without webhooks; the settings point at it."""
    running = start_sandbox(tmp_path)
    settings.STRIPE_API_HOST = running.base
    settings.STRIPE_TEST_SECRET_KEY = KEY
    settings.STRIPE_LIVE_MODE = False
    story().begin_beside(running.base, running.database)
    yield running
    stop_sandbox(running)


@pytest.fixture
def scene(sandbox: Sandbox, db: None) -> Scene:
    """Inside one transaction: no webhooks, workers by hand."""
    return set_scene()


@pytest.fixture
def wired(sandbox: Sandbox, live_server: Any, settings: Any) -> Scene:
    """A live server to which the sandbox delivers signed webhooks."""
    settings.SITE_URL = live_server.url
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    sandbox.command("endpoint", url=f"{live_server.url}/webhooks/stripe/", secret=SECRET)
    return set_scene()
