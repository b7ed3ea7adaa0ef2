"""Starts what the tests need, runs them, stops it: `python -m tests.run [--fast] [pytest args]`.

PostgreSQL and Redis come from TEST_DATABASE_URL and REDIS_URL when set, else from the embedded
packages. Every xdist worker copies one migrated template database. `--sqlite` runs the journeys on
copies of a migrated SQLite file instead. Both templates are kept until a migration changes
(tests/template.py). The last lines printed are pytest's summary.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import psycopg

from marketplace.operations.embedded import Server, start_postgres, start_redis
from tests.quick import SECONDS_EACH
from tests.template import SQLITE, Environment, sqlite_template

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = "marketplace_template"
# One more than a small machine has cores: one of them waits for Chromium much of the time.
WORKERS = 3


def main(arguments: Sequence[str]) -> int:
    """The exit code of pytest, or 1 when the migrations fail."""
    fast, on_sqlite = "--fast" in arguments, "--sqlite" in arguments
    extra = [word for word in arguments if word not in ("--fast", "--sqlite")]
    servers: list[Server] = []
    try:
        environment = {**os.environ, "ENVIRONMENT": "testing"}
        if "REDIS_URL" not in environment:
            servers.append(start_redis())
            environment["REDIS_URL"] = servers[-1].url
        if on_sqlite:
            return _journeys_on_sqlite(environment, extra)
        if "TEST_DATABASE_URL" not in environment:
            servers.append(start_postgres())
            environment["TEST_DATABASE_URL"] = servers[-1].url
        if _start_template(environment).wait():
            return 1
        chosen = "not real_migrations and not wal"
        if not extra:
            # The Makefile runs these when what they depend on changed.
            chosen += " and not geometry" + (" and not browser and not slow" if fast else "")
        if fast:
            environment["TESTS_QUICK"] = str(WORKERS * SECONDS_EACH)
        # A -m among the arguments comes later and replaces this one.
        return _pytest(["-m", chosen, *extra], _on_postgres(environment))
    finally:
        for server in servers:
            server.stop()


def _pytest(
    arguments: Sequence[str], environment: Environment, output: IO[bytes] | None = None
) -> int:
    spread = ["-n", str(WORKERS)]
    command = [sys.executable, "-m", "pytest", *spread, "--reuse-db", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdout=output, stderr=output, check=False
    ).returncode


def _start_template(environment: Environment) -> subprocess.Popen[bytes]:
    """Empty the template database and begin to fill it; what an earlier run left goes.

    Runs leave their databases to the next one (--reuse-db): at the end a thread of the live server
    may still hold a connection, and dropping would fail.
    """
    server = environment["TEST_DATABASE_URL"]
    copies = [f"test_marketplace_gw{worker}" for worker in range(WORKERS)]
    with psycopg.connect(server, autocommit=True) as connection:
        for name in [TEMPLATE, *copies]:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")  # type: ignore[arg-type]
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    url = f"{server.rsplit('/', 1)[0]}/{TEMPLATE}"
    command = [sys.executable, "-m", "tests.template"]
    return subprocess.Popen(command, cwd=ROOT, env={**environment, "DATABASE_URL": url})


def _on_postgres(environment: Environment) -> Environment:
    base = environment["TEST_DATABASE_URL"].rsplit("/", 1)[0]
    own = {"DATABASE_URL": f"{base}/marketplace", "TEST_TEMPLATE_DATABASE": TEMPLATE}
    return {**environment, **own, "TESTS_NOTED": "1"}


def _journeys_on_sqlite(environment: Environment, extra: Sequence[str]) -> int:
    template = sqlite_template(environment)
    for worker in range(WORKERS):
        # The name pytest-django gives the database of an xdist worker.
        shutil.copy(template, SQLITE / f"journeys-test.sqlite3_gw{worker}")
    own = {"DATABASE_URL": f"sqlite:///{SQLITE}/journeys.sqlite3"}
    return _pytest(["-m", "journey", *extra], {**environment, **own})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
