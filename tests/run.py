"""Starts what the tests need, runs them, stops it: `python -m tests.run [--fast] [pytest args]`.

PostgreSQL and Redis come from TEST_DATABASE_URL and REDIS_URL when set, else from the embedded
packages. One template database is migrated; every xdist worker copies it. The journeys run on
SQLite too. The last lines printed are pytest's summary of the main run.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg

from marketplace.operations.embedded import Server, start_postgres, start_redis

TEMPLATE = "marketplace_template"


def main(arguments: Sequence[str]) -> int:
    """The exit code of the first run that failed, 0 when all passed."""
    fast = "--fast" in arguments
    extra = [word for word in arguments if word != "--fast"]
    servers: list[Server] = []
    try:
        environment = {**os.environ, "ENVIRONMENT": "testing"}
        if "REDIS_URL" not in environment:
            servers.append(start_redis())
            environment["REDIS_URL"] = servers[-1].url
        if "TEST_DATABASE_URL" not in environment:
            servers.append(start_postgres())
            environment["TEST_DATABASE_URL"] = servers[-1].url
        if not fast and not extra:
            code = _journeys_on_sqlite(environment)
            if code:
                return code
        return _all_on_postgres(environment, fast, extra)
    finally:
        for server in servers:
            server.stop()


def _journeys_on_sqlite(environment: dict[str, str]) -> int:
    sys.stdout.write("Journeys on SQLite\n")
    sys.stdout.flush()
    folder = Path.cwd() / "var" / "test-sqlite"
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "journey", "-n", "2"],
        env={**environment, "DATABASE_URL": f"sqlite:///{folder}/journeys.sqlite3"},
        check=False,
    ).returncode


def _all_on_postgres(environment: dict[str, str], fast: bool, extra: Sequence[str]) -> int:
    server = environment["TEST_DATABASE_URL"]
    base = server.rsplit("/", 1)[0]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env={**environment, "DATABASE_URL": f"{base}/{TEMPLATE}"},
        check=True,
    )
    narrowed = ["-m", "not browser and not slow"] if fast else []
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", *narrowed, *extra],
        env={
            **environment,
            "DATABASE_URL": f"{base}/marketplace",
            "TEST_TEMPLATE_DATABASE": TEMPLATE,
        },
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
