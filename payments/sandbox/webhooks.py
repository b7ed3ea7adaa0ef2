"""Signed webhooks: delivered in parallel, in no promised order, and retried."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from .store import Body, Store

RETRY_AFTER = (0.5, 2.0, 10.0, 60.0, 600.0)
_WORKERS = 4
_TIMEOUT = 10.0
_JITTER = 0.05


def signature(payload: str, secret: str, at: int) -> str:
    """Return the ``Stripe-Signature`` header for a payload signed at ``at`` (Unix seconds)."""
    mac = hmac.new(secret.encode(), f"{at}.{payload}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


class Postman:
    """Background threads that take due deliveries out of the store."""

    def __init__(self, store: Store, tick: Callable[[], None]) -> None:
        self._store = store
        self._tick = tick
        self._wake = threading.Condition()
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(_WORKERS)
        ]

    def start(self) -> None:
        """Start the threads; deliveries cut off by a stop are taken up again."""
        self._store.rows("UPDATE deliveries SET state='due' WHERE state='sending'")
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask the threads to end after what they are sending."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()

    def nudge(self) -> None:
        """Say that something may be due."""
        with self._wake:
            self._wake.notify_all()

    def _work(self, number: int) -> None:
        while True:
            taken = self._take()
            if taken is not None:
                self._send(*taken)
                continue
            if number == 0:
                self._tick()
            with self._wake:
                if self._stopping:
                    return
                self._wake.wait(0.2)

    def _take(self) -> tuple[int, str, str, int] | None:
        with self._store.transaction():
            rows = self._store.rows(
                "SELECT id, event, endpoint, tries FROM deliveries "
                "WHERE state='due' AND due<=? ORDER BY due, id LIMIT 8",
                time.time(),
            )
            if not rows:
                return None
            # Any of the first eight: Stripe promises no order, so the sandbox keeps none.
            row = random.choice(rows)  # noqa: S311 - no secret
            self._store.rows("UPDATE deliveries SET state='sending' WHERE id=?", row["id"])
            return row["id"], row["event"], row["endpoint"], row["tries"]

    def _send(self, delivery: int, event_id: str, endpoint_id: str, tries: int) -> None:
        time.sleep(random.uniform(0, _JITTER))  # noqa: S311 - no secret
        event = self._store.get(event_id, "event")
        endpoint = self._store.get(endpoint_id, "webhook_endpoint")
        answer = "gone" if not event or not endpoint else post(endpoint, event)
        ok = answer.isdigit() and 200 <= int(answer) < 300
        tries += 1
        if ok:
            state, due = "done", 0.0
        elif tries > len(RETRY_AFTER):
            state, due = "failed", 0.0
        else:
            state, due = "due", time.time() + RETRY_AFTER[tries - 1]
        self._store.rows(
            "UPDATE deliveries SET state=?, tries=?, due=?, answer=? WHERE id=?",
            state,
            tries,
            due,
            answer,
            delivery,
        )


def post(endpoint: Body, event: Body) -> str:
    """Send one event; return the HTTP status as text, or why there was none."""
    payload = json.dumps(event, indent=2)
    request = urllib.request.Request(  # noqa: S310 - the address its owner gave
        endpoint["url"],
        data=payload.encode(),
        method="POST",
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (sandbox)",
            "Stripe-Signature": signature(payload, endpoint["secret"], int(time.time())),
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310
            return str(response.status)
    except urllib.error.HTTPError as error:
        return str(error.code)
    except OSError as error:
        return f"unreachable: {error}"
