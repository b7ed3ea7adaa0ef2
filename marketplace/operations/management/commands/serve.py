"""`manage.py serve`: the whole product on one machine, every process ended together.

Starts what is missing of the services (a Redis-compatible server unless REDIS_URL is set, the
Stripe sandbox unless Stripe keys are set), then the web server, the live process, the worker and
beat, and beside it all the same again as the test twin, at the next port. This is the development
and evaluation mode; production runs each process under its own supervisor.
"""

import os
import signal
import subprocess
import sys
import time
import types
from argparse import ArgumentParser
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.operations.embedded import Server, free_port, start_redis, wait_for_port
from marketplace.operations.twin.beside import TwinPlace, copy_fresh_database, place_beside

READY_SECONDS = 60.0
ACCOUNTS = "client@demo.com, manufacturer@demo.com, rival@demo.com, admin@demo.com"


class Command(BaseCommand):
    help = "Serves the product with everything it needs; Ctrl-C ends every process it started."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", default=os.environ.get("PORT", "8000"))
        parser.add_argument("--no-demo", action="store_true", help="do not load the demo data")
        parser.add_argument("--no-twin", action="store_true", help="without the test twin")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when a process ends by itself."""
        self.processes: list[tuple[str, subprocess.Popen[bytes]]] = []
        self.redis: Server | None = None
        self.twin_process: subprocess.Popen[bytes] | None = None
        # SIGINT too: started in the background by a shell it would be ignored.
        signal.signal(signal.SIGINT, _interrupt)
        signal.signal(signal.SIGTERM, _interrupt)
        signal.signal(signal.SIGHUP, _interrupt)
        self.host, self.port = options["host"], options["port"]
        alone = options["no_twin"] or settings.TWIN_OF or settings.TWIN_URL
        self.twin = None if alone else place_beside(int(self.port))
        self.environment = {
            **os.environ,
            "PORT": self.port,
            "PYTHONUNBUFFERED": "1",
            # Where the public address is not said, links in mails lead to this server.
            "SITE_URL": os.environ.get("SITE_URL", f"http://127.0.0.1:{self.port}"),
            # No proxy stands in front, so pages find the live process on a port of its own.
            "LIVE_PORT": os.environ.get("LIVE_PORT", "") or str(free_port()),
        }
        if self.twin:
            self.environment |= self.twin.known_to_real_site()
        try:
            self._start(load_demo=not (options["no_demo"] or settings.TWIN_OF))
            self._watch()
        except KeyboardInterrupt:
            self.stdout.write("Stopping.")
        finally:
            self._stop()

    def _start(self, *, load_demo: bool) -> None:
        (settings.VAR_DIR / "log").mkdir(parents=True, exist_ok=True)
        if "REDIS_URL" not in os.environ:
            self.redis = start_redis()
            self.environment["REDIS_URL"] = self.redis.url
        if getattr(settings, "STRIPE_API_HOST", "") == settings.STRIPE_SANDBOX_HOST:
            self._start_sandbox()
        if self.twin:
            copy_fresh_database()
        if settings.TWIN_OF:
            self._manage("migrate", "--verbosity=0")
        if load_demo:
            self._manage("load_demo_data")
        self._spawn("web", *self._web())
        if self.environment["REDIS_URL"]:
            live = [sys.executable, "manage.py", "live", f"--host={self.host}"]
            self._spawn("live", *live, f"--port={self.environment['LIVE_PORT']}")
        worker = [sys.executable, "-m", "celery", "-A", "config", "worker", "--loglevel=warning"]
        self._spawn("worker", *worker, "--concurrency=2", "--hostname=worker@%h")
        # Reading CAD files leaves room for everything else.
        slow = ("--concurrency=1", f"--queues={settings.SLOW_QUEUE}", "--hostname=reader@%h")
        self._spawn("reader", *worker, *slow)
        beat = [sys.executable, "-m", "celery", "-A", "config", "beat", "--loglevel=warning"]
        schedule = settings.VAR_DIR / "celerybeat-schedule"
        self._spawn("beat", *beat, f"--schedule={schedule}", "--pidfile=")
        self._wait_until_ready()
        self.stdout.write(f"Ready: http://{self.host}:{self.port}")
        if load_demo:
            from marketplace.operations.demo import PASSWORD

            self.stdout.write(f"Demo accounts: {ACCOUNTS} (password {PASSWORD})")
        self.stdout.write(f"Logs and mail: {settings.VAR_DIR}/log, {settings.VAR_DIR}/mail")
        if self.twin:
            self._start_twin(self.twin)
        self.stdout.flush()

    def _start_twin(self, place: TwinPlace) -> None:
        """The same command again, in the background: nobody waits for it, and nothing ends with
        it."""
        (settings.VAR_DIR / "log").mkdir(parents=True, exist_ok=True)
        with (settings.VAR_DIR / "log" / "twin.log").open("ab") as log:
            self.twin_process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", f"--host={self.host}"],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=place.environment(self.environment),
                start_new_session=True,
            )
        self.stdout.write(f"Test twin, in a moment: {place.url} (Settings, API tokens)")

    def _web(self) -> list[str]:
        return [
            *(sys.executable, "-m", "gunicorn", "config.wsgi:application"),
            f"--bind={self.host}:{self.port}",
            *("--workers=2", "--threads=4", "--preload", "--timeout=60", "--no-control-socket"),
            "--log-level=warning",
        ]

    def _start_sandbox(self) -> None:
        port = int(settings.STRIPE_SANDBOX_HOST.rsplit(":", 1)[1])
        process = self._spawn(
            "sandbox",
            *(sys.executable, "-m", "payments.sandbox"),
            f"--port={port}",
            f"--webhook=http://127.0.0.1:{self.port}/webhooks/stripe/",
            f"--secret={settings.STRIPE_SANDBOX_WEBHOOK_SECRET}",
            f"--db={settings.VAR_DIR / 'sandbox.sqlite3'}",
        )
        wait_for_port(port, process)

    def _spawn(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        log = (settings.VAR_DIR / "log" / f"{name}.log").open("ab")
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=self.environment,
            # A group of its own: Ctrl-C reaches this command only, which ends the others in order.
            start_new_session=True,
        )
        self.processes.append((name, process))
        return process

    def _manage(self, command: str, *options: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", command, *options], env=self.environment, check=False
        )
        if done.returncode:
            raise CommandError(f"manage.py {command} failed.")

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            self._check()
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2):  # nosec B310
                    return
            except (URLError, OSError):
                time.sleep(0.2)
        raise CommandError(f"The web server does not answer; see {settings.VAR_DIR}/log/web.log.")

    def _watch(self) -> None:
        while True:
            self._check()
            time.sleep(0.5)

    def _check(self) -> None:
        for name, process in self.processes:
            if process.poll() is not None:
                raise CommandError(
                    f"{name} ended with code {process.returncode}; "
                    f"see {settings.VAR_DIR}/log/{name}.log."
                )

    def _stop(self) -> None:
        ours = [process for _, process in self.processes]
        if self.twin_process:
            # First, so that it ends what it started while its Redis is still there.
            ours.append(self.twin_process)
        for process in reversed(ours):
            _signal_group(process, signal.SIGTERM)
        for process in reversed(ours):
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait()
        if self.redis:
            self.redis.stop()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def _interrupt(number: int, frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt
