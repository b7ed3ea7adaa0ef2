"""The migrated databases that tests copy, kept in var/ until a migration changes.

`python -m tests.template` fills the empty PostgreSQL database of DATABASE_URL: from the kept dump
in a second, else by migrating (tests/migrating.py), and keeps the dump. A dump is of the
server's version; one that cannot be written leaves the database migrated and nothing kept.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from marketplace.operations.embedded import postgres_client

ROOT = Path(__file__).resolve().parents[1]
SQLITE = ROOT / "var" / "test-sqlite"
POSTGRES = ROOT / "var" / "test-postgres"
Environment = dict[str, str]


def fingerprint() -> str:
    """The hash of all that decides what a migrated database holds.

    The migrations, the modules of ours that they call (rules of the database, taxonomy), the data
    those read, and the packages.
    """
    migrations = sorted(ROOT.glob("*/migrations/*.py")) + sorted(
        ROOT.glob("marketplace/*/migrations/*.py")
    )
    called: set[Path] = set()
    for path in migrations:
        called |= _modules_of_ours(path.read_text())
    data = [*ROOT.glob("*/data/*.json"), *ROOT.glob("marketplace/*/data/*.json")]
    sha = hashlib.sha256((ROOT / "requirements" / "development.txt").read_bytes())
    made_by = ROOT / "tests" / "migrating.py"
    for path in [made_by, *migrations, *sorted(called), *sorted(data)]:
        sha.update(path.read_bytes())
    return sha.hexdigest()[:16]


def _modules_of_ours(source: str) -> set[Path]:
    names = re.findall(r"^import ([\w.]+)", source, re.MULTILINE)
    for package, what in re.findall(r"^from ([\w.]+) import ([\w, ]+)", source, re.MULTILINE):
        names += [package, *(f"{package}.{name.strip()}" for name in what.split(","))]
    files = {ROOT / f"{name.replace('.', '/')}.py" for name in names}
    return {path for path in files if path.exists()}


def migrate(environment: Environment) -> int:
    """Migrate the database of DATABASE_URL; the exit code."""
    command = [sys.executable, "-m", "tests.migrating"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def sqlite_template(environment: Environment) -> Path:
    """A migrated SQLite file. Raises SystemExit when the migrations fail."""
    template = SQLITE / f"template-{fingerprint()}.sqlite3"
    if not template.exists():
        SQLITE.mkdir(parents=True, exist_ok=True)
        # Two workers may come at once: each makes its own, and the later one's takes the place.
        with tempfile.TemporaryDirectory(dir=SQLITE) as folder:
            making = Path(folder) / "making.sqlite3"
            if migrate({**environment, "DATABASE_URL": f"sqlite:///{making}"}):
                raise SystemExit("The migrations fail on SQLite.")
            making.rename(template)
        for old in set(SQLITE.glob("template-*.sqlite3")) - {template}:
            old.unlink(missing_ok=True)
    return template


def fill(url: str) -> int:
    """Fill the empty PostgreSQL database at `url`; the exit code of what filled it."""
    with psycopg.connect(url) as connection:
        version = connection.info.server_version
    kept = POSTGRES / f"template-{fingerprint()}-{version}.sql"
    psql, dump = postgres_client("psql"), postgres_client("pg_dump")
    if psql and kept.exists():
        words = ["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", str(kept)]
        return subprocess.run([psql, *words, url], check=False).returncode
    code = migrate({**os.environ, "DATABASE_URL": url})
    if code == 0 and psql and dump:
        POSTGRES.mkdir(parents=True, exist_ok=True)
        making = POSTGRES / f"making-{os.getpid()}.sql"
        words = ["--no-owner", "--file", str(making), url]
        if subprocess.run([dump, *words], check=False, capture_output=True).returncode == 0:
            for old in POSTGRES.glob("template-*.sql"):
                old.unlink(missing_ok=True)
            making.rename(kept)
        making.unlink(missing_ok=True)
    return code


if __name__ == "__main__":
    sys.exit(fill(os.environ["DATABASE_URL"]))
