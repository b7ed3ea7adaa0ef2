"""A request that found Redis away waits for it once: cache, broker and live nudges are one server.

Each of the three leaves it alone for a while of its own after a failure; this spares the others the
same wait inside the request that met it first. Outside requests nobody is spared: no page waits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# None outside a request.
_found: ContextVar[bool | None] = ContextVar("redis_away", default=None)


@contextmanager
def waiting_once() -> Iterator[None]:
    """What happens inside is one request."""
    token = _found.set(False)
    try:
        yield
    finally:
        _found.reset(token)


def note_away() -> None:
    """Redis did not answer."""
    if _found.get() is not None:
        _found.set(True)


def is_known_away() -> bool:
    """Whether this request waited for Redis in vain already."""
    return bool(_found.get())
