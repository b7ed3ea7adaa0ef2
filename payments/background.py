"""Asking for work soon, without waiting for it.

A nudge may be lost; the sweep in `tasks.py` finds every row that still has something to do.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from marketplace.core import threads
from marketplace.core.outbox import publish


def soon(name: str, *args: object) -> None:
    """Run a task of `tasks.py` after the commit: by the broker, or in a thread without one."""
    transaction.on_commit(lambda: _start(name, args), robust=True)


def _start(name: str, args: tuple[object, ...]) -> None:
    # By name: the tasks import the actions that ask for them.
    task = import_string(f"payments.tasks.{name}")
    if settings.BACKGROUND == "thread":
        threads.start(task, *args)
    else:
        publish(task, *args)
