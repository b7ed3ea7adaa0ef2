"""Starts what the tests need, runs them, stops it: `python -m tests.run [--fast] [pytest args]`.

PostgreSQL and Redis come from TEST_DATABASE_URL and REDIS_URL when set, else from the embedded
packages. One template database is migrated; every xdist worker copies it. The journeys run on
SQLite too, on copies of a file that is kept until a migration changes. The last lines printed are
pytest's summary of the main run.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg

from marketplace.operations.embedded import Server, start_postgres, start_redis

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = "marketplace_template"
WORKERS = 2
Environment = dict[str, str]


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
        # Migrating keeps one core busy; the other one runs the journeys meanwhile.
        migrating = _start_template(environment)
        if not fast and not extra:
            code = _journeys_on_sqlite(environment)
            if code:
                migrating.kill()
                return code
        if migrating.wait():
            return 1
        chosen = "not real_migrations"
        if not extra:
            # The Makefile runs these when what they depend on changed.
            chosen += " and not geometry" + (" and not browser and not slow" if fast else "")
        # A -m among the arguments comes later and replaces this one.
        return _pytest(["-m", chosen, *extra], _on_postgres(environment))
    finally:
        for server in servers:
            server.stop()


def _pytest(arguments: Sequence[str], environment: Environment) -> int:
    command = [sys.executable, "-m", "pytest", "-n", str(WORKERS), "--reuse-db", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _start_migrating(environment: Environment) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    return subprocess.Popen(command, cwd=ROOT, env=environment)


def _start_template(environment: Environment) -> subprocess.Popen[bytes]:
    """Empty the template database and begin to migrate it; what an earlier run left goes.

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
    return _start_migrating({**environment, "DATABASE_URL": url})


def _on_postgres(environment: Environment) -> Environment:
    base = environment["TEST_DATABASE_URL"].rsplit("/", 1)[0]
    own = {"DATABASE_URL": f"{base}/marketplace", "TEST_TEMPLATE_DATABASE": TEMPLATE}
    return {**environment, **own}


def _journeys_on_sqlite(environment: Environment) -> int:
    sys.stdout.write("Journeys on SQLite\n")
    sys.stdout.flush()
    folder = ROOT / "var" / "test-sqlite"
    template = _sqlite_template(folder, environment)
    for worker in range(WORKERS):
        # The name pytest-django gives the database of an xdist worker.
        shutil.copy(template, folder / f"journeys-test.sqlite3_gw{worker}")
    own = {"DATABASE_URL": f"sqlite:///{folder}/journeys.sqlite3"}
    return _pytest(["-m", "journey"], {**environment, **own})


def _sqlite_template(folder: Path, environment: Environment) -> Path:
    """A migrated SQLite file, made when a migration, its data or a package changed."""
    sha = hashlib.sha256((ROOT / "requirements" / "development.txt").read_bytes())
    changing = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("marketplace/*/migrations/*.py")]
    data = [*ROOT.glob("*/data/*.json"), *ROOT.glob("marketplace/*/data/*.json")]
    for path in [*sorted(changing), *sorted(data)]:
        sha.update(path.read_bytes())
    template = folder / f"template-{sha.hexdigest()[:16]}.sqlite3"
    if not template.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        making = folder / "making.sqlite3"
        if _start_migrating({**environment, "DATABASE_URL": f"sqlite:///{making}"}).wait():
            raise SystemExit("The migrations fail on SQLite.")
        making.rename(template)
    return template


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
