"""`python -m tests.payments.drills`: the long round of every drill, on PostgreSQL and on SQLite.

Both at once, one process each: a drill takes the database server down. What SQLite's round says is
kept until the other has ended. What is named after the command goes to pytest. At the end stands a
table of both rounds.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from marketplace.operations.embedded import start_postgres, start_redis
from tests import run
from tests.payments.drills import report
from tests.template import SQLITE, Environment, sqlite_template

DRILLS = ("-m", "drill", "tests/payments/drills")


def main(arguments: Sequence[str]) -> int:
    """The exit code of the first round that failed, 0 when both passed."""
    with tempfile.TemporaryDirectory(prefix="drills-") as folder:
        kept = Path(folder) / "table"
        os.environ.update(DRILL_ROUND="long", DRILL_TABLE=str(kept))
        try:
            return on_both([*DRILLS, *arguments])
        finally:
            sys.stdout.write(f"\n{report.table(kept)}")


def on_both(words: Sequence[str]) -> int:
    """Run pytest with these words on PostgreSQL and on SQLite; the first code that is not 0."""
    run.WORKERS = 1
    environment = {**os.environ, "ENVIRONMENT": "testing"}
    with ThreadPoolExecutor(1) as beside, tempfile.TemporaryFile() as kept:
        other = beside.submit(_on_sqlite, environment, words, kept)
        code = _on_postgres(environment, words)
        sqlite_code = other.result()
        kept.seek(0)
        sys.stdout.write(f"\nOn SQLite:\n{kept.read().decode(errors='replace')}")
    return code or sqlite_code


def _on_postgres(environment: Environment, words: Sequence[str]) -> int:
    redis, postgres = start_redis(), start_postgres()
    try:
        own = {**environment, "REDIS_URL": redis.url, "TEST_DATABASE_URL": postgres.url}
        return run._start_template(own).wait() or run._pytest(words, run._on_postgres(own))
    finally:
        postgres.stop()
        redis.stop()


def _on_sqlite(environment: Environment, words: Sequence[str], kept: IO[bytes]) -> int:
    redis = start_redis()
    try:
        own = {**environment, "REDIS_URL": redis.url}
        shutil.copy(sqlite_template(own), SQLITE / "drills-test.sqlite3_gw0")
        own["DATABASE_URL"] = f"sqlite:///{SQLITE}/drills.sqlite3"
        return run._pytest(words, own, kept)
    finally:
        redis.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
