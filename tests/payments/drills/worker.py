"""A worker process that can be killed with SIGKILL between any two of its steps.

Started once, it waits for orders on its standard input, one JSON object a line. For each it forks
a process that does the workers' work (`outbox.sweep`, `sweep_payments`) until nothing is left, and
says on its standard output how that process ended. The process counts its steps: before and after
every call of Stripe, before and after every commit, after every write that commits by itself. At
the step it was told it kills itself, as the kernel or an operator would.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import django
from django.conf import settings

# Seconds after which work that does not end counts as lost.
PATIENCE = 120.0
WRITES = ("INSERT", "UPDATE", "DELETE")


class Steps:
    """Counts the steps of this process and ends it at one of them."""

    def __init__(self, kill_at: int, trail: Path) -> None:
        self.count = 0
        self.kill_at = kill_at
        self._trail = trail.open("a", buffering=1)

    def pass_(self, name: str) -> None:
        self.count += 1
        self._trail.write(f"{self.count} {name}\n")
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Count the steps made inside this block."""
        import stripe
        from django.db import connections

        connection = connections["default"]
        request, commit = stripe.RequestsClient.request, type(connection)._commit

        def counted_request(client: Any, method: str, url: str, *rest: Any, **more: Any) -> Any:
            self.pass_(f"before {method} {url}")
            answer = request(client, method, url, *rest, **more)
            self.pass_(f"after {method} {url}")
            return answer

        def counted_commit(wrapper: Any) -> None:
            self.pass_("before commit")
            commit(wrapper)
            self.pass_("after commit")

        def counted_write(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
            answer = execute(sql, params, many, context)
            if str(sql).lstrip().startswith(WRITES) and not connection.in_atomic_block:
                self.pass_(f"after {str(sql)[:60]}")
            return answer

        with (
            mock.patch.object(stripe.RequestsClient, "request", counted_request),
            mock.patch.object(type(connection), "_commit", counted_commit),
            connection.execute_wrapper(counted_write),
        ):
            yield


def work(kill_at: int, trail: Path, *, patient: bool) -> None:
    """Do what is owed until nothing is left; never come back from the step `kill_at`.

    A patient worker begins again when the database goes away, as Celery's does.
    """
    from django.db import DatabaseError, InterfaceError, connections

    from marketplace.core import outbox
    from payments import tasks
    from tests.payments.drills.stage import expire_leases
    from tests.payments.scene import hurry

    steps = Steps(kill_at, trail)
    give_up = time.monotonic() + PATIENCE
    was_cut = False
    while time.monotonic() < give_up:
        try:
            if was_cut:
                # What was in hand when the database went away is nobody's until its lease ends.
                expire_leases()
                was_cut = False
            hurry()
            with steps.watched():
                done = outbox.sweep() + tasks.sweep_payments()
        except (DatabaseError, InterfaceError):
            if not patient:
                raise
            was_cut = True
            connections.close_all()
            time.sleep(0.05)
            continue
        if not done:
            return
    raise AssertionError("The work does not come to rest.")


def _work_and_leave(order: dict[str, Any]) -> None:
    """The life of a forked process: it ends here, past everything its parent would still do."""
    code = 1
    try:
        work(order["kill_at"], Path(order["trail"]), patient=order["patient"])
        code = 0
    finally:
        if code:
            traceback.print_exc()
        os._exit(code)


def serve() -> None:
    """Read orders until the input ends; answer each with how its process ended."""
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            for name, value in order["settings"].items():
                setattr(settings, name, value)
            _work_and_leave(order)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"code": os.waitstatus_to_exitcode(status)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    django.setup()
    # Loaded before the fork, so that each process begins at once.
    for name in ("payments.tasks", "payments.mirror", "config.urls", "tests.payments.drills.stage"):
        import_module(name)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    serve()
