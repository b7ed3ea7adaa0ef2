"""How the machine is, as a request may ask: near things are tried, far ones were a minute ago.

No request waits for the network. Database and cache are tried in threads that are left behind after
HEALTH_LIMIT_SECONDS; mail, storage and Stripe are tried each minute by a worker (probes.py), and
what it found is read. A worker that stands still shows by that row growing old.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.db import connection, connections
from django.utils import timezone

from marketplace.operations.queries import database_answers

# A check that ran longer ago says that nobody checks.
OLD_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    """What a check found. `detail` is for staff; it holds no address, key or name."""

    name: str
    is_ok: bool
    detail: str
    milliseconds: int
    checked_at: datetime


class Failing(Exception):
    """A part does not do its work; the text says how."""


# A probe that hangs is not started a second time beside itself.
_hanging: dict[str, threading.Thread] = {}


def try_at_once(
    probes: dict[str, Callable[[], str]], seconds: float | None = None
) -> list[Finding]:
    """Call every probe in a thread of its own and return what was found after `seconds` at most,
    HEALTH_LIMIT_SECONDS unless said.

    A probe returns a detail or raises; one that is still at work then is a failing one.
    """
    seconds = settings.HEALTH_LIMIT_SECONDS if seconds is None else seconds
    answers: dict[str, Finding] = {}
    begun = {name: _begin(name, probe, answers) for name, probe in probes.items()}
    until = time.monotonic() + seconds
    for thread in begun.values():
        thread.join(max(0.0, until - time.monotonic()))
    late = int(seconds * 1000)
    return [
        answers.get(name)
        or Finding(name, False, f"No answer within {seconds:g} s.", late, timezone.now())
        for name in probes
    ]


def _begin(name: str, probe: Callable[[], str], answers: dict[str, Finding]) -> threading.Thread:
    if (earlier := _hanging.get(name)) and earlier.is_alive():
        return earlier

    def run() -> None:
        try:
            answers[name] = find(name, probe)
        finally:
            # The thread ends here, and nobody would close its connections after it.
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True, name=f"probe {name}")
    _hanging[name] = thread
    thread.start()
    return thread


def find(name: str, probe: Callable[[], str]) -> Finding:
    """What one probe finds, with its time. Never raises: whatever it raised is the finding."""
    started = time.monotonic()
    try:
        is_ok, detail = True, probe()
    except Failing as error:
        is_ok, detail = False, str(error)
    except Exception as error:  # noqa: BLE001 - any failure of a part is what is looked for
        # The words of a driver may name hosts and accounts; the log has them.
        is_ok, detail = False, f"{type(error).__name__}."
    spent = int((time.monotonic() - started) * 1000)
    return Finding(name, is_ok, detail[:400], spent, timezone.now())


def database() -> str:
    """The database answers a trivial query."""
    if not database_answers():
        raise Failing("The database answers nonsense.")
    return connection.vendor


def redis() -> str:
    """The cache's server answers; without one each process keeps its own."""
    cache: Any = caches["default"]
    if not isinstance(cache, RedisCache):
        return "No Redis: each process has a cache of its own."
    # Past the cache's own patience, which would answer as if all were well.
    cache._cache.get_client(None).ping()
    return "Redis answers."


NEAR: dict[str, Callable[[], str]] = {"database": database, "redis": redis}


def readiness() -> list[Finding]:
    """What must answer before this process can serve."""
    return try_at_once(NEAR)


def health() -> list[Finding]:
    """Every part: near ones tried now, the others as they were found by the worker."""
    from marketplace.operations.watching.probes import FAR

    rows: dict[str, Finding] = {}

    def kept() -> str:
        rows.update({finding.name: finding for finding in _kept(FAR)})
        return ""

    tried = {finding.name: finding for finding in try_at_once({**NEAR, "kept": kept})}
    del tried["kept"]
    missing = "The database does not say."
    return [
        *tried.values(),
        *(rows.get(name) or Finding(name, False, missing, 0, timezone.now()) for name in FAR),
    ]


def _kept(names: Iterable[str]) -> list[Finding]:
    from marketplace.operations.models import HealthCheck

    now, found = timezone.now(), {row.name: row for row in HealthCheck.objects.all()}
    findings = []
    for name in names:
        row = found.get(name)
        if row is None:
            findings.append(Finding(name, False, "Not checked yet.", 0, now))
            continue
        is_old = now - row.checked_at > OLD_AFTER
        detail = "Nobody checks: are worker and beat at work?" if is_old else row.detail
        findings.append(
            Finding(name, row.is_ok and not is_old, detail, row.milliseconds, row.checked_at)
        )
    return findings
