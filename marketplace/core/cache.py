"""A Redis cache that a page survives: without Redis it forgets instead of failing.

What lives in the cache (request limits) is a convenience; sign-in and orders do not depend on it.
After a failure it is left alone for a while, so that a page pays for its absence once.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from marketplace.core.redis_away import is_known_away, note_away

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")
REST_SECONDS = 15.0
_rests_until = 0.0


class ForgetfulRedisCache(RedisCache):
    """Django's Redis cache; while Redis is away reads miss and writes are lost."""

    def _try(self, ask: Callable[[], Answer], otherwise: Answer) -> Answer:
        global _rests_until
        if time.monotonic() < _rests_until or is_known_away():
            return otherwise
        try:
            return ask()
        except (RedisConnectionError, RedisTimeoutError) as error:
            _rests_until = time.monotonic() + REST_SECONDS
            note_away()
            logger.warning("The cache is away: %s", error)
            return otherwise

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default`."""
        return self._try(
            lambda: super(ForgetfulRedisCache, self).get(key, default, version), default
        )

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Keep a value if Redis is there."""
        self._try(lambda: super(ForgetfulRedisCache, self).set(*args, **kwargs), None)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """True when the key was free, or when nobody can tell."""
        return self._try(lambda: super(ForgetfulRedisCache, self).add(*args, **kwargs), True)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """True when something was deleted."""
        return self._try(lambda: super(ForgetfulRedisCache, self).delete(*args, **kwargs), False)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        """True when the key lives on."""
        return self._try(lambda: super(ForgetfulRedisCache, self).touch(*args, **kwargs), False)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """The new count, or `delta` while nobody counts."""
        return self._try(lambda: super(ForgetfulRedisCache, self).incr(key, delta, version), delta)

    def has_key(self, key: str, version: int | None = None) -> bool:
        """True when the key is known."""
        return self._try(lambda: super(ForgetfulRedisCache, self).has_key(key, version), False)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        """What is known of `keys`."""
        found: dict[Any, Any] = self._try(
            lambda: super(ForgetfulRedisCache, self).get_many(keys, version), {}
        )
        return found
