"""HTTP on the loopback: the API, the hosted pages and the control plane in one server."""

from __future__ import annotations

import json
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from . import forms, pages
from .api import Api, ConnectionCut, Request
from .console import console, refusal
from .control import Control
from .resources import accounts, endpoints
from .store import Store
from .webhooks import Postman

HOST = "127.0.0.1"
_LARGEST_BODY = 6_000_000
_NAMES = (HOST, "localhost")


class Sandbox:
    """A running sandbox; ``port`` 0 chooses a free one."""

    def __init__(self, port: int, webhook: str, secret: str, database: str) -> None:
        _refuse_elsewhere(webhook)
        self.store = Store(database)
        self.server = _Server((HOST, port), _Handler)
        self.base_url = f"http://{HOST}:{self.server.server_address[1]}"
        self.postman = Postman(self.store, self._tick)
        self.api = Api(self.store, self.base_url, self.postman.nudge)
        self.server.api = self.api
        self.server.control = Control(self.api)
        with self.store.transaction():
            ctx = self.api.context()
            accounts.ensure_platform(ctx)
            if webhook:
                endpoints.ensure_default(ctx, webhook, secret)

    def _tick(self) -> None:
        self.api.tick()

    def serve(self) -> None:
        """Serve until ``stop`` is called from another thread or the process ends."""
        self.postman.start()
        try:
            self.server.serve_forever(poll_interval=0.1)
        finally:
            self.postman.stop()
            self.server.server_close()

    def stop(self) -> None:
        """End ``serve``."""
        self.server.shutdown()


def _refuse_elsewhere(webhook: str) -> None:
    """Raises ``ValueError`` for an address of another machine: it would get made-up events."""
    if webhook and urlsplit(webhook).hostname not in _NAMES:
        raise ValueError(f"The sandbox tells this machine only, not {webhook}.")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    api: Api
    control: Control


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "StripeSandbox"
    # One segment for head and body: two would wait for a delayed acknowledgment (40 ms).
    wbufsize = 65_536
    server: _Server

    def do_GET(self) -> None:
        self._answer("GET", "")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST_BODY:
            self.close_connection = True
            self._json(413, {"error": {"message": "Body too large", "type": "api_error"}})
            return
        body = self.rfile.read(length)
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("multipart/form-data"):
            self._answer("POST", forms.from_multipart(kind, body))
        else:
            self._answer("POST", body.decode("utf-8", "replace"))

    def do_DELETE(self) -> None:
        self._answer("DELETE", "")

    def _answer(self, method: str, body: str) -> None:
        address = urlsplit(self.path)
        if not self._is_at_home():
            self._json(403, {"error": {"message": "Only this machine may ask the sandbox."}})
        elif address.path.startswith("/v1/"):
            self._api(method, address.path, address.query, body)
        elif address.path.startswith("/_sandbox"):
            self._control(method, address.path, address.query, body)
        else:
            self._page(method, address.path, body)

    def _is_at_home(self) -> bool:
        """No page of another site may use a browser on this machine to come here."""
        asked = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        origin = self.headers.get("Origin", "null")
        came_from = urlsplit(origin).hostname if origin != "null" else HOST
        return asked in _NAMES and came_from in _NAMES

    def _api(self, method: str, path: str, query: str, body: str) -> None:
        request = Request(
            method=method,
            path=path.rstrip("/"),
            query=query,
            body=body,
            authorization=self.headers.get("Authorization", ""),
            account=self.headers.get("Stripe-Account"),
            key=self.headers.get("Idempotency-Key"),
            version=self.headers.get("Stripe-Version"),
        )
        try:
            answer = self.server.api.handle(request)
        except ConnectionCut:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._json(answer.status, answer.body, answer.headers)

    def _control(self, method: str, path: str, query: str, body: str) -> None:
        name = path.removeprefix("/_sandbox").strip("/")
        if method == "GET" and not name:
            self._html(200, console(self.server.api))
        elif method == "GET":
            self._json(*self.server.control.get(name, _flat(query)))
        elif "text/html" in self.headers.get("Accept", ""):
            status, answer = self.server.control.post(name, _flat(body))
            if status == 200:
                self._redirect("/_sandbox/")
            else:
                self._html(status, refusal(answer["error"]))
        else:
            self._json(*self.server.control.post(name, _flat(body)))

    def _page(self, method: str, path: str, body: str) -> None:
        if path == "/":
            self._redirect("/_sandbox/")
            return
        found = pages.answer(self.server.api.context(), method, path, _flat(body))
        if found is None:
            self._json(404, {"error": {"message": f"No page {path}", "type": "not_found"}})
        elif found.location:
            self._redirect(found.location)
        else:
            self._html(found.status, found.html)

    def _redirect(self, location: str) -> None:
        self.send_response(303)
        self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _html(self, status: int, text: str) -> None:
        self._send(status, text.encode(), "text/html; charset=utf-8", {})

    def _json(
        self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        self._send(status, json.dumps(body, indent=2).encode(), "application/json", headers or {})

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: the call log at /_sandbox/calls says more."""


def _flat(encoded: str) -> dict[str, Any]:
    return {name: values[-1] for name, values in parse_qs(encoded, keep_blank_values=True).items()}
