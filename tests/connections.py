"""Database connections of the tests are kept.

A server process of PostgreSQL that has just begun reads the description of every table and index it
meets anew, which costs more than most requests and many tests. Django's live server starts a thread
for every client and closes the thread's connection with it; here both stay, as with gunicorn. And
Django takes a new connection after each test that commits; here only when the old one is lost.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any
from unittest import mock

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connection
from django.test import TransactionTestCase
from django.test.testcases import LiveServerThread


class KeepingServer(ThreadedWSGIServer):
    """Gives a client to a thread that waits for one, or to a new one when all are busy."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: SimpleQueue[tuple[Any, Any]] = SimpleQueue()
        self._idle = threading.Semaphore(0)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._idle.acquire(blocking=False):
            threading.Thread(target=self._serve_clients, daemon=True).start()
        self._clients.put((request, client_address))

    def _serve_clients(self) -> None:
        while True:
            self.process_request_thread(*self._clients.get())
            self._idle.release()

    def _close_connections(self) -> None:
        """They are kept; Django itself closes what is broken before a request uses it."""


def _is_lost(test: TransactionTestCase) -> bool:
    """Whether the next test needs a new connection; one to a file of SQLite costs nothing."""
    return connection.vendor != "postgresql" or not connection.is_usable()


@pytest.fixture(autouse=True, scope="session")
def kept_connections() -> Iterator[None]:
    with (
        mock.patch.object(LiveServerThread, "server_class", KeepingServer),
        mock.patch.object(TransactionTestCase, "_should_reload_connections", _is_lost),
    ):
        yield
