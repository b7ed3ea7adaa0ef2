"""Archiving WAL with the very lines of docs/backups.md: a disk lost, a wrong DELETE undone."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from marketplace.operations.embedded import (
    NOBODY,
    _postgres_binaries,
    _wait_for_answers,
    free_port,
    wait_for_port,
)

pytestmark = pytest.mark.wal
DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "backups.md").read_text()
ARCHIVING, RECOVERY = re.findall(r"```ini\n(.*?)```", DOCUMENT, re.DOTALL)
BASE = re.search(r"^pg_basebackup .*$", DOCUMENT, re.MULTILINE)[0]  # type: ignore[index]


class Cluster:
    """PostgreSQL in a folder, as `nobody` where the test is root, with durable writes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.archive = folder, folder / "archive"
        self.binaries = _postgres_binaries(folder)
        self.identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            self.identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        self.url = ""

    def run(self, program: str, *words: str) -> None:
        subprocess.run(
            [self.binaries / program, *words],
            check=True,
            cwd=self.folder,
            env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "TZ": "UTC"},
            capture_output=True,
            **self.identity,
        )

    @contextmanager
    def started(self, data: Path) -> Iterator[subprocess.Popen[bytes]]:
        """Killed at the end, as by a lost machine."""
        port = free_port()
        options = ["-c", f"port={port}", "-c", f"unix_socket_directories={data}"]
        process = subprocess.Popen(
            [self.binaries / "postgres", "-D", data, *options, "-c", "listen_addresses=127.0.0.1"],
            cwd=self.folder,
            env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "TZ": "UTC"},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **self.identity,
        )
        try:
            wait_for_port(port, process)
            self.url = f"postgres://postgres@127.0.0.1:{port}/postgres"
            _wait_for_answers(self.url)
            yield process
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=30)

    def here(self, text: str) -> str:
        return text.replace("/archive", str(self.archive))

    def recovered(self, name: str, lines: str) -> Path:
        """An empty data folder filled by the document's steps."""
        data = self.folder / name
        shutil.copytree(next(self.archive.glob("base-*")), data)
        (data / "recovery.signal").touch()
        with (data / "postgresql.conf").open("a") as file:
            file.write(self.here(lines))
        if os.geteuid() == 0:
            for path in (data, *data.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        data.chmod(0o700)
        return data


def ask(cluster: Cluster, statement: str, *values: str) -> Any:
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        found = connection.execute(statement, values or None)  # type: ignore[call-overload]
        return found.fetchone()[0] if found.description else None


def until(cluster: Cluster, statement: str, *values: str) -> None:
    for _ in range(600):
        if ask(cluster, statement, *values):
            return
        time.sleep(0.05)
    raise AssertionError(statement)


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that `nobody` may reach, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


def test_a_moment_and_the_last_commit_come_back(folder: Path) -> None:
    cluster, data = Cluster(folder), folder / "data"
    cluster.run("initdb", f"--pgdata={data}", "--username=postgres", "--auth=trust", "--no-sync")
    cluster.archive.mkdir()
    if os.geteuid() == 0:
        os.chown(cluster.archive, NOBODY, NOBODY)
    with (data / "postgresql.conf").open("a") as file:
        file.write(cluster.here(ARCHIVING))
    with cluster.started(data):
        ask(cluster, "CREATE TABLE orders (n int)")
        program, *words = shlex.split(cluster.here(BASE))
        cluster.run(program, *words, f"--dbname={cluster.url}")
        ask(cluster, "INSERT INTO orders SELECT generate_series(1, 1000)")
        time.sleep(0.05)
        moment = ask(cluster, "SELECT clock_timestamp()::text")
        time.sleep(0.05)
        ask(cluster, "DELETE FROM orders WHERE n <= 500")
        ask(cluster, "INSERT INTO orders VALUES (1001)")
        # What archive_timeout does within 60 seconds.
        last = ask(cluster, "SELECT pg_walfile_name(pg_switch_wal())")
        until(cluster, "SELECT last_archived_wal >= %s FROM pg_stat_archiver", last)
    shutil.rmtree(data)

    at_the_end = re.sub(r"recovery_target_.*\n", "", RECOVERY)
    with cluster.started(cluster.recovered("end", at_the_end)):
        until(cluster, "SELECT NOT pg_is_in_recovery()")
        assert ask(cluster, "SELECT count(*) FROM orders") == 501
    before_the_mistake = re.sub(r"'\d{4}-[^']*'", f"'{moment}'", RECOVERY)
    with cluster.started(cluster.recovered("moment", before_the_mistake)):
        until(cluster, "SELECT NOT pg_is_in_recovery()")
        assert ask(cluster, "SELECT count(*) FROM orders WHERE n <= 1000") == 1000
        assert ask(cluster, "SELECT count(*) FROM orders") == 1000
