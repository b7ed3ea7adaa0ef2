"""A real live process with a Redis of its own, started once for all tests of a worker."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from websockets.sync.client import ClientConnection, connect

from marketplace.core import live as core_live
from marketplace.operations.embedded import Server, free_port, start_redis, wait_for_port
from tests.personas import Persona

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "http://localhost"
RECHECK_SECONDS = 0.5


@dataclass
class Live:
    """Where the process listens, and the Redis it listens to."""

    port: int
    redis: Server

    @property
    def url(self) -> str:
        return f"ws://localhost:{self.port}/ws/"

    @property
    def redis_port(self) -> int:
        return int(self.redis.url.rsplit(":", 1)[1].partition("/")[0])

    @contextmanager
    def without_redis(self) -> Iterator[None]:
        """Redis is away inside, and back at the same place afterwards."""
        self.redis.stop()
        try:
            yield
        finally:
            self.redis.process = start_redis(self.redis_port).process
            core_live._rests_until = 0.0

    def open(self, person: Persona | None, **options: Any) -> ClientConnection:
        """A socket as the person's browser opens it."""
        headers = {}
        if person is not None:
            headers["Cookie"] = f"{django_settings.SESSION_COOKIE_NAME}={cookie_of(person)}"
        return connect(
            options.pop("url", self.url),
            origin=options.pop("origin", ORIGIN),
            additional_headers=headers,
            proxy=None,
            **options,
        )


def cookie_of(person: Persona) -> str:
    value: str = person.client.cookies[django_settings.SESSION_COOKIE_NAME].value
    return value


def _test_database() -> str:
    found = connection.settings_dict
    return f"postgres://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


@pytest.fixture(scope="session")
def live_process(django_db_setup: None) -> Iterator[Live]:
    redis, port = start_redis(), free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": _test_database(),
        "REDIS_URL": redis.url,
        "LIVE_PORT": str(port),
        "ALLOWED_HOSTS": "localhost,testserver",
    }
    command = [sys.executable, "manage.py", "live", "--host=localhost", f"--port={port}"]
    process = subprocess.Popen(
        [*command, f"--recheck-seconds={RECHECK_SECONDS}"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port, process)
        yield Live(port, redis)
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0
        redis.stop()


@pytest.fixture
def live(live_process: Live, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Live:
    """The process, with pages and actions that know of it."""
    settings.LIVE_REDIS_URL = live_process.redis.url
    settings.LIVE_PORT = live_process.port
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    sources = [*directives["connect-src"], f"ws://*:{live_process.port}"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "connect-src": sources}}
    monkeypatch.setattr(core_live, "_rests_until", 0.0)
    monkeypatch.setattr(core_live, "_lost", False)
    # A nudge that a busy machine delays for longer than a page may wait would be lost, as meant.
    monkeypatch.setattr(core_live, "PATIENCE_SECONDS", 10.0)
    core_live._client.cache_clear()
    return live_process


def eventually(happened: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until it happened."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "It did not happen."
        time.sleep(0.02)
