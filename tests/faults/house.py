"""The product as processes with a fault proxy before each thing they need.

Database, Redis and mail server stand behind proxies (proxy.py), the web server is gunicorn with the
image's own configuration, worker and beat are Celery's. Tests ask it over HTTP as programs and
browsers do, and read the database past the proxies.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from itertools import count
from pathlib import Path
from typing import Any

import psutil
from django.db import connection

from marketplace.operations.embedded import NOBODY, Server, free_port, start_redis
from tests.faults.postbox import Postbox
from tests.faults.proxy import Proxy

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
_numbers = count()


@dataclass(frozen=True)
class Answer:
    """What came back: status 0 for a connection that broke. `seconds` until then."""

    status: int
    text: str
    seconds: float
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def is_sentence(self) -> bool:
        """Whether a person or a program was told something, not a server's bare line."""
        if "problem+json" in self.headers.get("content-type", ""):
            return bool(self.json["detail"])
        return "<main" in self.text and "Traceback" not in self.text


class Door:
    """A port of this machine that answers HTTP."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        key: str = "",
        cookies: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        began: Callable[[int], None] | None = None,
        timeout: float = 40,
    ) -> Answer:
        """One request on a connection of its own. `body` is JSON, or bytes with their own type.

        `began` is called with the connection's local port once the request is sent.
        """
        sent = {"Host": "127.0.0.1", **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if key:
            sent["Idempotency-Key"] = key
        if cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        started = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, sent)
            if began:
                began(connection.sock.getsockname()[1])
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, HTTPException) as error:
            return Answer(0, repr(error), time.monotonic() - started)
        finally:
            connection.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        jar = SimpleCookie()
        for one in response.headers.get_all("Set-Cookie") or []:
            jar.load(one)
        given = {name: crumb.coded_value for name, crumb in jar.items()}
        return Answer(response.status, text, time.monotonic() - started, found, given)

    def form(self, path: str, cookies: dict[str, str], **values: str) -> Answer:
        """Post a form as a browser does that has shown its page."""
        csrf = "c" * 32
        body = urllib.parse.urlencode({**values, "csrfmiddlewaretoken": csrf}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, body, cookies={**cookies, "csrftoken": csrf}, headers=kind)


class Web(Door):
    """A web server of the house on a port of its own, with the code below `root`."""

    def __init__(self, house: House, root: Path = ROOT, **more: str) -> None:
        super().__init__(free_port())
        command = [sys.executable, "-m", "gunicorn", "config.wsgi:application"]
        config = root / "docker" / "gunicorn.conf.py"
        command += [f"--config={config}", f"--bind=127.0.0.1:{self.port}", "--workers=2"]
        self.process = house.spawn("web", *command, root=root, **more)
        wait_for(lambda: self.ask("GET", "/livez").status == 200)

    def kill_who_serves(self, port: int) -> None:
        """SIGKILL the worker that talks to the client at `port`."""
        for worker in psutil.Process(self.process.pid).children():
            if any(one.raddr and one.raddr.port == port for one in worker.net_connections("tcp")):
                worker.kill()
                return
        raise AssertionError("Nobody serves this connection.")

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        return end(self.process)


class House:
    """One database with everything around it. `url` is the database's address, past the proxy."""

    def __init__(self, url: str, folder: Path, server: Server | None = None) -> None:
        self.url, self.folder, self.server = url, folder, server
        self.redis_server = start_redis()
        self.redis = Proxy(port_of(self.redis_server.url))
        self.postbox = Postbox()
        self.mail = Proxy(self.postbox.port)
        self.database = None if self.is_sqlite else Proxy(port_of(url))
        self.processes: list[subprocess.Popen[bytes]] = []
        self._web: Web | None = None

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def web(self) -> Web:
        """The web server most tests share."""
        if self._web is None:
            self._web = Web(self)
        return self._web

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "ENVIRONMENT": "testing",
            "DATABASE_URL": self.url,
            "REDIS_URL": f"redis://127.0.0.1:{self.redis.port}/0",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.mail.port),
            "VAR_DIR": str(self.folder),
            "TMPDIR": str(self.folder / "tmp"),
            "SITE_URL": "http://127.0.0.1",
            "LOG_LEVEL": "WARNING",
        }
        if self.database:
            own["DATABASE_URL"] = self.url.replace(
                f":{port_of(self.url)}/", f":{self.database.port}/"
            )
        (self.folder / "tmp").mkdir(exist_ok=True)
        return {**os.environ, **own}

    def spawn(
        self, name: str, *command: str, root: Path = ROOT, **more: str
    ) -> subprocess.Popen[bytes]:
        """Start one of the product's processes; what it says goes to a file of its name."""
        log = (self.folder / f"{name}.log").open("ab")
        environment = {**self.environment, "PYTHONPATH": str(root), **more}
        process = subprocess.Popen(
            command,
            cwd=root,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        self.processes.append(process)
        return process

    def celery(self, name: str, *words: str, **more: str) -> subprocess.Popen[bytes]:
        """A worker or a beat, started as in production."""
        return self.spawn(name, sys.executable, "-m", "celery", "-A", "config", *words, **more)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def restart_database(self) -> None:
        """The server is ended as by `pg_ctl stop -m immediate` and started again."""
        self.stop_database()
        self.start_database()

    def stop_database(self) -> None:
        """End the server at once; it recovers when it is started again."""
        assert self.server is not None
        self.server.process.send_signal(signal.SIGQUIT)
        self.server.process.wait(timeout=30)
        # The test's own connection went too.
        connection.close()

    def start_database(self) -> None:
        """Start the server that ended, as it was started first."""
        assert self.server is not None and self.server.folder is not None
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        self.server.process = subprocess.Popen(
            self.server.process.args,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": os.environ.get("PATH", "")},
            cwd=self.server.folder,
            start_new_session=True,
            **identity,
        )

    def stop(self) -> None:
        for process in self.processes:
            end(process)
        for each in (self.redis, self.mail, self.database, self.postbox, self.redis_server):
            if each:
                each.stop()


def end(process: subprocess.Popen[bytes]) -> int:
    """SIGTERM a process, and after a while the whole group of it; the exit code."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def port_of(url: str) -> int:
    port = urllib.parse.urlsplit(url).port
    assert port is not None
    return port


def wait_for(true: Callable[[], object], seconds: float = PATIENCE) -> float:
    """Wait until something is true; the seconds it took."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < seconds, f"It did not happen within {seconds:g} s."
        time.sleep(0.02)
    return time.monotonic() - started


def fresh(word: str) -> str:
    """A name nobody has yet."""
    return f"{word}{next(_numbers)}"
