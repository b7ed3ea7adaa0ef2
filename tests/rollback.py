"""Whether the previous release serves on the tables of this one: `python -m tests.rollback [REF]`.

REF is the release to go back to: unless said the newest tag before this commit, and without tags
the commit before it. A database is migrated by this code and filled with a thing in each state (the
world of tests/matrix); then the old code, checked out beside, is asked for every page of its own
table, and its models are held against the tables. Exit code 1 and a line for each fault.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from marketplace.operations.embedded import start_postgres, start_redis
from tests.template import Environment, fill

ROOT = Path(__file__).resolve().parents[1]
RUN = Path(__file__).with_name("rollback_run.py")
# Made by `make install` and in no commit.
MADE = ("payments/djstripe_schema", "static/built")


def main(arguments: Sequence[str]) -> int:
    """0 when the previous release serves, 1 otherwise."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    reference = arguments[0] if arguments else previous()
    database, redis = start_postgres(), start_redis()
    folder = Path(tempfile.mkdtemp(prefix="rollback-"))
    try:
        if fill(database.url):
            sys.stdout.write("The migrations fail.\n")
            return 1
        environment = {
            **os.environ,
            "ENVIRONMENT": "testing",
            "LOG_LEVEL": "WARNING",
            "DATABASE_URL": database.url,
            "REDIS_URL": redis.url,
            "VAR_DIR": str(folder / "var"),
            "ROLLBACK_WORLD": str(folder / "world.json"),
        }
        command = [sys.executable, "-m", "tests.rollback_world"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        with checked_out(reference, folder / "old") as old:
            return serves(reference, old, environment)
    finally:
        database.stop()
        redis.stop()
        shutil.rmtree(folder, ignore_errors=True)


def previous() -> str:
    """The newest tag before this commit, or the commit before it."""
    tag = _git("describe", "--tags", "--abbrev=0", "HEAD^")
    return tag.stdout.strip() if tag.returncode == 0 else "HEAD^"


def serves(reference: str, old: Path, environment: Environment) -> int:
    """Ask the old code; 0 when it found nothing."""
    commit = _git("rev-parse", "--short", reference).stdout.strip()
    done = subprocess.run([sys.executable, RUN], cwd=old, env=environment, check=False)
    word = "serves" if done.returncode == 0 else "does not serve"
    sys.stdout.write(f"{reference} ({commit}) {word} on the tables of this version.\n")
    return 1 if done.returncode else 0


@contextmanager
def checked_out(reference: str, folder: Path) -> Iterator[Path]:
    """A working tree of `reference`; gone at the end. Raises SystemExit for a name git lacks."""
    done = _git("worktree", "add", "--detach", "--quiet", str(folder), reference)
    if done.returncode:
        raise SystemExit(f"git cannot check {reference} out: {done.stderr.strip()}")
    try:
        for name in MADE:
            shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
        yield folder
    finally:
        _git("worktree", "remove", "--force", str(folder))


def _git(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *words], cwd=ROOT, check=False, capture_output=True, text=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
