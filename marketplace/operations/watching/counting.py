"""What this process answers, counted in memory and written down once a minute.

No request pays for it: a thread of the process writes the minute that is over, one row. It also
writes the minutes in which nobody came, because a row says that the process lived.
"""

import atexit
import logging
import os
import socket
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)
# One line an answer; it passes the scrubbing that a web server's own access log does not know.
lines = logging.getLogger("marketplace.requests")

# Upper ends of the buckets in milliseconds; what takes longer is in a last one.
BOUNDS = (25, 50, 100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 10_000, 30_000)
# Whoever asks whether we live is no user: their answers are counted and left out of every figure.
HEALTH = "health"
GROUPS = frozenset(
    {"accounts", "admin", "api", "blanket-orders", "estimates", "files", "guest", "home", "inbox"}
    | {"join", "manufacturers", "orders", "parts", "payments", "portal", "rfqs", "settings"}
    | {"shared", "status", "suppliers", "webhooks"}
)
# Minutes that could not be written because the database was away wait here, the oldest go first.
MOST_WAITING = 120

Counts = dict[str, list[Any]]
_minutes: dict[int, Counts] = {}
_guard = threading.Lock()
_writer_of = 0


def group_of(path: str) -> str:
    """The group a path is counted in: few, whatever is asked for."""
    if path in ("/livez", "/readyz", "/metrics") or path.startswith("/api/v1/health"):
        return HEALTH
    first = path.split("/", 2)[1] if "/" in path else ""
    return first if first in GROUPS else "pages"


def count(path: str, status: int, milliseconds: float, now: float) -> None:
    """Count one answer in its minute. `now` is Unix time."""
    group = group_of(path)
    with _guard:
        groups = _minutes.setdefault(int(now // 60), {})
        counts = groups.setdefault(group, [0, 0, 0, [0] * (len(BOUNDS) + 1)])
        counts[0] += 1
        counts[1] += status >= 500
        counts[2] += round(milliseconds)
        counts[3][bisect_left(BOUNDS, milliseconds)] += 1


def flush(now: float, *, unfinished: bool = False) -> int:
    """Write the minutes that are over (`unfinished`: the running one too); how many.

    A minute that cannot be written stays and is written with the next.
    """
    from marketplace.operations.models import RequestMinute

    current = int(now // 60)
    with _guard:
        due = [minute for minute in sorted(_minutes) if unfinished or minute < current]
        taken = {minute: _minutes.pop(minute) for minute in due[-MOST_WAITING:]}
        for minute in due[:-MOST_WAITING]:
            del _minutes[minute]
    if not taken:
        return 0
    rows = [
        RequestMinute(
            minute=datetime.fromtimestamp(minute * 60, UTC),
            process=_name(),
            groups=groups,
            **sums(groups),
        )
        for minute, groups in taken.items()
    ]
    try:
        RequestMinute.objects.bulk_create(rows, ignore_conflicts=True)
    except DatabaseError as error:
        logger.warning("The requests of a minute are not written yet: %s", error)
        with _guard:
            _minutes.update({m: c for m, c in taken.items() if m not in _minutes})
        return 0
    return len(rows)


@cache
def _name_of(pid: int) -> str:
    # A container that starts again has the same name and the same numbers.
    return f"{socket.gethostname()[:60]}:{pid}:{token_hex(3)}"


def _name() -> str:
    return _name_of(os.getpid())


def sums(groups: Counts) -> dict[str, int]:
    """Requests, errors and milliseconds of all groups of people and programs together."""
    told = [counts for group, counts in groups.items() if group != HEALTH]
    names = ("requests", "errors", "milliseconds")
    return {name: sum(counts[place] for counts in told) for place, name in enumerate(names)}


def added(groups: Iterable[list[Any]]) -> list[int]:
    """The buckets of several groups as one row of buckets."""
    total = [0] * (len(BOUNDS) + 1)
    for counts in groups:
        for place, number in enumerate(counts[3]):
            total[place] += number
    return total


def percentile(buckets: list[int], share: float) -> float | None:
    """The time in milliseconds within which `share` of the answers came; None without any.

    Inside a bucket answers are taken as evenly spread; of the last, its lower end is told.
    """
    wanted, seen = sum(buckets) * share, 0
    if not wanted:
        return None
    for place, number in enumerate(buckets):
        if seen + number >= wanted and number:
            low = BOUNDS[place - 1] if place else 0
            high = BOUNDS[place] if place < len(BOUNDS) else low
            return low + (high - low) * (wanted - seen) / number
        seen += number
    return None


class CountingMiddleware:
    """Counts every answer with its time, and writes a line about it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        spent = (time.perf_counter() - started) * 1000
        if group_of(request.path) != HEALTH:
            lines.info(
                "%s %s %d in %d ms", request.method, request.path, response.status_code, spent
            )
        if settings.COUNT_REQUESTS:
            count(request.path, response.status_code, spent, time.time())
            _keep_writing()
        return response


def _keep_writing() -> None:
    """Start this process's writer once; a forked child has none of its parent's threads."""
    global _writer_of
    if _writer_of == os.getpid():
        return
    with _guard:
        if _writer_of == os.getpid():
            return
        if _writer_of:
            _minutes.clear()  # what the parent counted, the parent writes
        _writer_of = os.getpid()
    atexit.register(_write_the_rest)
    threading.Thread(target=_write_forever, daemon=True, name="counting").start()


def _write_forever() -> None:
    while True:
        time.sleep(60 - time.time() % 60 + 0.5)
        now = time.time()
        with _guard:
            # The minute that just ended, also when nobody came.
            _minutes.setdefault(int(now // 60) - 1, {})
        try:
            flush(now)
        except Exception:
            logger.exception("The requests of a minute were lost.")
        finally:
            connections.close_all()


def _write_the_rest() -> None:
    if _writer_of == os.getpid():
        flush(time.time(), unfinished=True)
        connections.close_all()
