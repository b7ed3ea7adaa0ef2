"""Does every drill notice when its safeguard is gone? `python -m tests.mutants [words of a name]`.

Each mutant is applied to a copy of the tree and its drill is run there: it must fail. The control,
which changes nothing that matters, must pass. Ends with 1 when a mutant survives.
"""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg

from marketplace.operations.embedded import Server, start_postgres, start_redis
from tests import run
from tests.mutants.mutant import Mutant
from tests.mutants.table import DRILLS, MUTANTS

ROOT = Path(__file__).resolve().parents[2]
COPIES = 2
# What a copy shares with the tree instead of having its own.
SHARED = (".venv", "node_modules")
LEFT_OUT = shutil.ignore_patterns(".git", "var", ".mypy_cache", ".ruff_cache", *SHARED)
# What pytest ends with when all passed, and when a test failed.
PASSED, FAILED = 0, 1


@dataclass(frozen=True)
class Copy:
    """A copy of the tree and the environment its tests run in."""

    root: Path
    environment: dict[str, str]


def main(words: Sequence[str]) -> int:
    """Run the mutants whose names have one of these words, all without words; 1 when one is not
    as it should be."""
    chosen = [m for m in MUTANTS if not words or any(word in m.name for word in words)]
    servers: list[Server] = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        try:
            environment = _environment(servers)
            copies: queue.Queue[Copy] = queue.Queue()
            for number in range(COPIES):
                copies.put(_copy(Path(folder) / str(number), environment, f"mutants{number}"))
            with ThreadPoolExecutor(COPIES) as pool:
                good = list(pool.map(lambda mutant: _try(mutant, copies), chosen))
        finally:
            for server in servers:
                server.stop()
    sys.stdout.write(f"{sum(good)} of {len(good)} mutants are as they should be.\n")
    return 0 if all(good) and good else 1


def _environment(servers: list[Server]) -> dict[str, str]:
    """Servers of our own where none are named, and a migrated template database."""
    environment = {**os.environ, "ENVIRONMENT": "testing"}
    if "REDIS_URL" not in environment:
        servers.append(start_redis())
        environment["REDIS_URL"] = servers[-1].url
    if "TEST_DATABASE_URL" not in environment:
        servers.append(start_postgres())
        environment["TEST_DATABASE_URL"] = servers[-1].url
    if run._start_template(environment).wait():
        raise SystemExit("The migrations fail.")
    return run._on_postgres(environment)


def _copy(root: Path, environment: dict[str, str], database: str) -> Copy:
    shutil.copytree(ROOT, root, ignore=LEFT_OUT, symlinks=True)
    for name in SHARED:
        (root / name).symlink_to((ROOT / name).resolve())
    base = environment["TEST_DATABASE_URL"].rsplit("/", 1)[0]
    return Copy(root, {**environment, "DATABASE_URL": f"{base}/{database}"})


def _try(mutant: Mutant, copies: queue.Queue[Copy]) -> bool:
    """Whether the mutant's drill ends as it should."""
    copy = copies.get()
    began = time.monotonic()
    path = copy.root / mutant.file
    original = path.read_text()
    try:
        path.write_text(original.replace(mutant.old, mutant.new))
        code, words = _run(copy, mutant)
    finally:
        path.write_text(original)
        copies.put(copy)
    wanted = PASSED if mutant.is_control else FAILED
    verdict = {PASSED: "survived", FAILED: "killed"}.get(code, f"broken (pytest ended with {code})")
    if mutant.is_control and code == PASSED:
        verdict = "passed"
    sys.stdout.write(f"{verdict:<9} {mutant.name} ({time.monotonic() - began:.0f} s)\n")
    if code != wanted:
        sys.stdout.write(f"          {mutant.drill}\n{words}\n")
    sys.stdout.flush()
    return code == wanted


def _run(copy: Copy, mutant: Mutant) -> tuple[int, str]:
    """Pytest's code and last words for the mutant's drill, on a database of its own."""
    server = copy.environment["TEST_DATABASE_URL"]
    name = f"test_{copy.environment['DATABASE_URL'].rsplit('/', 1)[1]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {run.TEMPLATE}")  # type: ignore[arg-type]
    if mutant.sql:
        base = server.rsplit("/", 1)[0]
        with psycopg.connect(f"{base}/{name}", autocommit=True) as connection:
            connection.execute(mutant.sql)  # type: ignore[arg-type]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "--reuse-db", "-x", f"{DRILLS}/{mutant.drill}"],
        cwd=copy.root,
        env=copy.environment,
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, "\n".join(done.stdout.splitlines()[-15:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
