"""The twin beside the real site on a developer's machine: the next port, a folder of its own."""

import hashlib
import socket
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from accounts.models import User
from marketplace.operations.embedded import free_port

# What the twin has of its own, or must not know.
NOT_OF_THE_TWIN = {"TWIN_URL", "LIVE_PORT", "SITE_NAME", "STRIPE_API_HOST"}


@dataclass(frozen=True)
class TwinPlace:
    """Where the twin of a site lives: its web server's port and its sandbox's."""

    port: int
    sandbox_port: int

    @property
    def url(self) -> str:
        """Its address for a browser on this machine."""
        return f"http://127.0.0.1:{self.port}"

    def known_to_real_site(self) -> dict[str, str]:
        """What the real site's processes must know of it."""
        key = hashlib.sha256(f"twin:{settings.SECRET_KEY}".encode()).hexdigest()
        return {"TWIN_URL": self.url, "TWIN_KEY": key}

    def environment(self, real: Mapping[str, str]) -> dict[str, str]:
        """The environment of the twin's processes, from that of the real site's."""
        redis = real.get("REDIS_URL", "")
        return {
            **{name: value for name, value in real.items() if name not in NOT_OF_THE_TWIN},
            "PORT": str(self.port),
            "SITE_URL": self.url,
            "TWIN_OF": real["SITE_URL"],
            "VAR_DIR": str(folder()),
            "DATABASE_URL": f"sqlite:///{_database()}",
            "REDIS_URL": f"{redis.rpartition('/')[0]}/1" if redis else "",
            "STRIPE_SANDBOX_HOST": f"http://127.0.0.1:{self.sandbox_port}",
        }


def place_beside(port: int) -> TwinPlace:
    """The next ports after the site's and its sandbox's, or free ones where those are taken."""
    sandbox = int(settings.STRIPE_SANDBOX_HOST.rpartition(":")[2])
    return TwinPlace(_free_near(port + 1), _free_near(sandbox + 1))


def folder() -> Path:
    """The twin's database, files, logs and mail."""
    return Path(settings.VAR_DIR) / "twin"


def copy_fresh_database() -> None:
    """The twin's database as a copy of a fresh one of the site, which takes no time; a migration
    from zero takes half a minute. Nothing happens when the twin has one, or somebody is in it."""
    if connection.vendor != "sqlite" or _database().exists() or User.objects.exists():
        return
    folder().mkdir(parents=True, exist_ok=True)
    connection.ensure_connection()
    with closing(sqlite3.connect(_database())) as copy:
        connection.connection.backup(copy)


def _database() -> Path:
    return folder() / "marketplace.sqlite3"


def _free_near(wanted: int) -> int:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
        return wanted
