"""The product with its demo on free ports, for the tools that measure it from outside.

`served()` starts PostgreSQL, fills it, and runs `manage.py serve` beside whatever else runs on the
machine; everything goes again at the end.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from marketplace.operations.embedded import Server, free_port, start_postgres
from tests.template import Environment, fill

ROOT = Path(__file__).resolve().parents[1]
# What it is measured against is the product, not the limit of one caller.
FAST = {"RATE_LIMIT_REQUESTS_PER_MINUTE": "1000000", "TRUSTED_PROXY_COUNT": "1"}
READY = "Ready: "


class NotServed(Exception):
    """The product did not start; the message has the last lines it said."""


@dataclass
class Site:
    """A served product: its address, and the environment of its processes."""

    url: str
    environment: Environment


@contextmanager
def served() -> Iterator[Site]:
    """The product with the demo. Raises NotServed when it does not come up."""
    # Whoever ends the tool ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="served-"))
    database: Server | None = None
    process: subprocess.Popen[str] | None = None
    try:
        database = start_postgres()
        if fill(database.url):
            raise NotServed("The migrations fail.")
        site = _site(database, folder)
        process = _start(site)
        yield site
    finally:
        if process:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
        if database:
            database.stop()
        shutil.rmtree(folder, ignore_errors=True)


def manage(site: Site, *words: str) -> None:
    """Run a command of manage.py on the site's database. Raises CalledProcessError."""
    command = [sys.executable, "manage.py", *words]
    subprocess.run(command, cwd=ROOT, env=site.environment, check=True)


def _site(database: Server, folder: Path) -> Site:
    port = free_port()
    own = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": database.url,
        "VAR_DIR": str(folder),
        "PORT": str(port),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "STRIPE_SANDBOX_HOST": f"http://127.0.0.1:{free_port()}",
    }
    kept = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    return Site(own["SITE_URL"], {**kept, **FAST, **own})


def _start(site: Site) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", "serve", "--no-twin", "--host=127.0.0.1"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=site.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith(READY):
            return process
    process.wait()
    raise NotServed("".join(said[-10:]))
