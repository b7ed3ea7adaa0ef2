"""What a dry run would leave behind outside the database, and taking it away again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_undo: ContextVar[list[Callable[[], object]] | None] = ContextVar("undo", default=None)


@contextmanager
def undoing() -> Iterator[None]:
    """Inside, whatever was told to `undone_if_dry` is undone at the end, last things first."""
    acts: list[Callable[[], object]] = []
    token = _undo.set(acts)
    try:
        yield
    finally:
        _undo.reset(token)
        for act in reversed(acts):
            act()


def undone_if_dry(act: Callable[[], object]) -> None:
    """Say how to undo what was just done outside the database, such as a file that was written."""
    acts = _undo.get()
    if acts is not None:
        acts.append(act)
