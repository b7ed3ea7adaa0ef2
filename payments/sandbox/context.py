"""What every endpoint is handed: the store, who calls, and how to announce an event."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .errors import missing_resource
from .store import PLATFORM, Body, Store, new_id

API_VERSION = "2026-08-26.dahlia"


@dataclass
class Context:
    """One call: ``account`` is the platform or the connected account it acts for."""

    store: Store
    base_url: str
    account: str = PLATFORM
    idempotency_key: str | None = None
    request_id: str | None = None
    wake: Callable[[], None] = field(default=lambda: None)

    def of(self, account: str) -> Context:
        """The same call, acting for another account."""
        return replace(self, account=account)

    def now(self) -> int:
        """Seconds since 1970 on the sandbox's clock."""
        return self.store.now()

    def find(self, kind: str, object_id: str, param: str = "id") -> Body:
        """Return an object of the calling account; raises ``ApiError`` 404."""
        body = self.store.get(object_id, kind, self.account)
        if body is None:
            raise missing_resource(kind, object_id, param)
        return body

    def save(self, body: Body, account: str | None = None) -> Body:
        """Store an object of the calling account (or of the one named)."""
        return self.store.save(body, account or self.account)

    def emit(self, kind: str, body: Body, account: str | None = None) -> Body:
        """Record an event with a snapshot of the object and queue it for every endpoint."""
        owner = account or self.account
        event: Body = {
            "id": new_id("evt_"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": {"object": json.loads(json.dumps(body))},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
            "type": kind,
        }
        if owner != PLATFORM:
            event["account"] = owner
        self.store.save(event, owner)
        self._queue(event)
        return event

    def _queue(self, event: Body) -> None:
        state = "held" if self.store.setting("hold", False) else "due"
        for endpoint in self.store.all("webhook_endpoint"):
            wanted = endpoint["enabled_events"]
            if endpoint["status"] != "enabled":
                continue
            if "*" not in wanted and event["type"] not in wanted:
                continue
            self.store.rows(
                "INSERT INTO deliveries (event, kind, endpoint, state, due) VALUES (?, ?, ?, ?, ?)",
                event["id"],
                event["type"],
                endpoint["id"],
                state,
                0.0,
            )
        self.wake()
