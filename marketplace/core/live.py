"""Nudges to open pages: that something changed, never what. docs/decisions/0021 says why so.

A nudge is a convenience: it is published after the commit, costs a request less than half a second
when Redis is away and nothing at all in the seconds after, and what is lost is found by reloading.
"""

import json
import logging
import time
from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.db import transaction
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from marketplace.core.redis_away import is_known_away, note_away

logger = logging.getLogger(__name__)
# What is away refuses at once or says nothing this long.
PATIENCE_SECONDS = 0.4
REST_SECONDS = 5.0
# What is said after nudges were lost: every page looks for itself.
MISSED = json.dumps({"missed": True})
_rests_until = 0.0
_lost = False


def announce(*, thread: str = "", seen_by: Iterable[str] = (), people: Iterable[str] = ()) -> None:
    """After the commit, nudge whoever watches `thread` for one of the organizations `seen_by`, and
    the inboxes of `people`. All are public ids. Never raises."""
    organizations, persons = sorted(set(seen_by)), sorted(set(people))
    if not settings.LIVE_REDIS_URL or not (persons or (thread and organizations)):
        return
    nudge = {"thread": thread, "seen_by": organizations, "people": persons}
    transaction.on_commit(lambda: _publish(json.dumps(nudge)), robust=True)


def _publish(nudge: str) -> None:
    global _rests_until, _lost
    if time.monotonic() < _rests_until or is_known_away():
        _lost = True
        return
    try:
        _client(settings.LIVE_REDIS_URL).publish(settings.LIVE_CHANNEL, MISSED if _lost else nudge)
        _lost = False
    except (RedisError, OSError) as error:
        _rests_until, _lost = time.monotonic() + REST_SECONDS, True
        note_away()
        logger.warning("Open pages were not nudged (%s); they show it when they reload.", error)


@cache
def _client(url: str) -> Redis:
    """One a process; its pool opens connections when they are needed, also after a fork."""
    return Redis.from_url(
        url,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        # The client's own retries would make a page wait for each of them.
        retry=Retry(NoBackoff(), 0),
    )
