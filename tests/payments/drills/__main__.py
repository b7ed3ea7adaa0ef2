"""`python -m tests.payments.drills`: the long round of every drill, on PostgreSQL, then on SQLite.

One process at a time: a drill takes the database server down. What is named after the command goes
to pytest. At the end stands a table of both rounds.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from marketplace.operations.embedded import Server, start_postgres, start_redis
from tests import run
from tests.payments.drills import report
from tests.template import SQLITE, sqlite_template

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
    """Run pytest with these words on PostgreSQL, then on SQLite; the first code that is not 0."""
    run.WORKERS = 1
    servers: list[Server] = []
    try:
        environment = {**os.environ, "ENVIRONMENT": "testing"}
        servers = [start_redis(), start_postgres()]
        environment["REDIS_URL"], environment["TEST_DATABASE_URL"] = (one.url for one in servers)
        if run._start_template(environment).wait():
            return 1
        codes = [
            run._pytest(words, run._on_postgres(environment)),
            _on_sqlite(environment, words),
        ]
        return codes[0] or codes[1]
    finally:
        for server in servers:
            server.stop()


def _on_sqlite(environment: dict[str, str], words: Sequence[str]) -> int:
    shutil.copy(sqlite_template(environment), SQLITE / "drills-test.sqlite3_gw0")
    address = f"sqlite:///{SQLITE}/drills.sqlite3"
    return run._pytest(words, {**environment, "DATABASE_URL": address})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
