"""`python -m tests.faults`: the long round of every fault, on PostgreSQL and on SQLite.

What is named after the command goes to pytest. At the end stands a table: each fault, how it was
caused, what people saw, what was lost, and how long until all was well again.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.faults import report
from tests.payments.drills.__main__ import on_both


def main(arguments: Sequence[str]) -> int:
    """The exit code of the first round that failed, 0 when both passed."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        kept = Path(folder) / "table"
        os.environ.update(DRILL_ROUND="long", FAULTS_TABLE=str(kept))
        try:
            return on_both(["-m", "drill", "tests/faults", *arguments])
        finally:
            sys.stdout.write(f"\n{report.table(kept)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
