"""Asking for work soon, without waiting for it.

A nudge may be lost; the sweep in `tasks.py` finds every row that still has something to do.
"""

from __future__ import annotations

import threading
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.utils.module_loading import import_string

from marketplace.core.outbox import publish


def soon(name: str, *args: object) -> None:
    """Run a task of `tasks.py` after the commit: by the broker, or in a thread without one."""
    transaction.on_commit(lambda: _start(name, args), robust=True)


def _start(name: str, args: tuple[object, ...]) -> None:
    # By name: the tasks import the actions that ask for them.
    task = import_string(f"payments.tasks.{name}")
    if settings.BACKGROUND == "thread":
        threading.Thread(target=_run_here, args=(task, args), daemon=True).start()
    else:
        publish(task, *args)


def _run_here(task: Any, args: tuple[object, ...]) -> None:
    try:
        task(*args)
    finally:
        # The thread ends here, and nobody would close its connection after it.
        connections.close_all()
