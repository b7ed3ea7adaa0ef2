"""One API call from key to answer: authentication, faults, idempotency, expansion, log."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from . import alarms, forms, routes
from .context import API_VERSION, Context
from .errors import ApiError
from .expand import expand
from .faults import Fault, Faults
from .store import PLATFORM, Store, new_id


class ConnectionCut(Exception):
    """The call was done, but its answer never leaves: close the connection."""


@dataclass(frozen=True)
class Request:
    """What arrived: ``query`` and ``body`` are still form-encoded."""

    method: str
    path: str
    query: str
    body: str
    authorization: str = ""
    account: str | None = None
    key: str | None = None
    version: str | None = None


@dataclass
class Answer:
    """Status, body and headers of an answer."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    stored: bool = True
    replayed: bool = False


class Api:
    """The API over one store."""

    def __init__(self, store: Store, base_url: str, wake: Callable[[], None]) -> None:
        self.store = store
        self.base_url = base_url
        self.faults = Faults()
        self._wake = wake
        self._busy: set[tuple[str, str]] = set()
        self._busy_lock = threading.Lock()

    def context(self, account: str = PLATFORM, key: str | None = None) -> Context:
        """Return a context for calls from pages and the control plane."""
        return Context(self.store, self.base_url, account, key, new_id("req_", 14), wake=self._wake)

    def handle(self, request: Request) -> Answer:
        """Answer a call; raises ``ConnectionCut`` when the fault of that name was planned."""
        params = "" if request.method == "GET" else request.body
        encoded = request.query if request.method == "GET" else params
        fault: Fault | None = None
        try:
            _check_key(request.authorization)
            account = self._account(request.account)
            tree = forms.decode(encoded)
            fault = self.faults.take(request.method, request.path)
            answer = self._idempotent(request, account, tree, fault)
        except ApiError as error:
            answer = Answer(error.status, error.body, stored=False)
        answer.headers.update(
            {
                "Request-Id": new_id("req_", 14),
                "Stripe-Version": request.version or API_VERSION,
                **({"Idempotent-Replayed": "true"} if answer.replayed else {}),
                **({"Idempotency-Key": request.key} if request.key else {}),
                # A 500 is kept under its key: asking again would only replay it.
                **({"Stripe-Should-Retry": "false"} if answer.status == 500 else {}),
            }
        )
        self._log(request, encoded, answer)
        if fault and fault.kind == "late":
            time.sleep(fault.seconds)
        if fault and fault.kind == "cut":
            raise ConnectionCut
        return answer

    def _account(self, named: str | None) -> str:
        if not named:
            return PLATFORM
        if self.store.get(named, "account") is None:
            raise ApiError(
                403,
                f"The provided key does not have access to account '{named}'.",
                code="account_invalid",
                stored=False,
            )
        return named

    def _idempotent(
        self, request: Request, account: str, params: dict[str, Any], fault: Fault | None
    ) -> Answer:
        if request.method == "GET" or not request.key:
            return self._execute(request, account, params, fault)
        encoded = f"{request.method} {request.path} {json.dumps(params, sort_keys=True)}"
        digest = hashlib.sha256(encoded.encode()).hexdigest()
        with self._alone(account, request.key):
            found = self.store.rows(
                "SELECT * FROM answers WHERE account=? AND key=?", account, request.key
            )
            if found:
                return _replay(found[0], digest, request.key)
            answer = self._execute(request, account, params, fault)
            if answer.stored:
                self.store.rows(
                    "INSERT INTO answers VALUES (?, ?, ?, ?, ?)",
                    account,
                    request.key,
                    digest,
                    answer.status,
                    json.dumps(answer.body),
                )
            return answer

    @contextmanager
    def _alone(self, account: str, key: str) -> Iterator[None]:
        mark = (account, key)
        with self._busy_lock:
            if mark in self._busy:
                raise ApiError(
                    409,
                    "There is currently another in-progress request using this Idempotent Key.",
                    kind="idempotency_error",
                    code="idempotency_key_in_use",
                    stored=False,
                )
            self._busy.add(mark)
        try:
            yield
        finally:
            with self._busy_lock:
                self._busy.discard(mark)

    def _execute(
        self, request: Request, account: str, params: dict[str, Any], fault: Fault | None
    ) -> Answer:
        kind = fault.kind if fault else ""
        if fault and kind == "slow":
            time.sleep(fault.seconds)
        if kind == "429":
            raise ApiError(
                429, "Too many requests hit the API too quickly.", code="rate_limit", stored=False
            )
        if kind == "500":
            return _server_error()
        answer = self._run(request, account, params)
        return _server_error() if kind == "lost_response" else answer

    def _run(self, request: Request, account: str, params: dict[str, Any]) -> Answer:
        paths = params.pop("expand", [])
        ctx = self.context(account, request.key)
        # A refusal may have changed something (a declined card is recorded), so it commits too.
        with self.store.transaction():
            try:
                body = routes.call(ctx, request.method, request.path, params)
                return Answer(200, expand(ctx, json.loads(json.dumps(body)), paths))
            except ApiError as error:
                return Answer(error.status, error.body, stored=error.stored)

    def tick(self) -> None:
        """Do what time does: close pages, settle debits, end what nobody answered."""
        with self.store.transaction():
            alarms.ring(self.context())

    def _log(self, request: Request, encoded: str, answer: Answer) -> None:
        error = answer.body.get("error", {}).get("message", "") if answer.status >= 400 else ""
        self.store.rows(
            "INSERT INTO calls (at, method, path, account, key, params, status, error, replayed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            time.time(),
            request.method,
            request.path,
            request.account or "",
            request.key or "",
            encoded,
            answer.status,
            error,
            int(answer.replayed),
        )


def _replay(row: Any, digest: str, key: str) -> Answer:
    if row["request"] != digest:
        raise ApiError(
            400,
            "Keys for idempotent requests can only be used with the same parameters they were "
            f"first used with. Try using a key other than '{key}'.",
            kind="idempotency_error",
            stored=False,
        )
    return Answer(row["status"], json.loads(row["body"]), replayed=True)


def _server_error() -> Answer:
    return Answer(
        500, {"error": {"message": "An unknown error occurred", "type": "api_error"}}, stored=True
    )


def _check_key(authorization: str) -> None:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "basic":
        value = base64.b64decode(value + "==").decode(errors="replace").partition(":")[0]
    if "_live_" in value:
        raise ApiError(
            401, "This is the sandbox: it refuses live keys. Use a key that begins with sk_test_."
        )
    if not value.startswith(("sk_test_", "rk_test_")):
        raise ApiError(401, "You did not provide an API key that begins with sk_test_.")
