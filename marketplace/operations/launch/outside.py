"""Asking the site and other services over the network, as a stranger would."""

import http.client
import json
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

SECONDS = 8.0


class Unanswered(Exception):
    """No answer; the sentence says why."""


@dataclass(frozen=True)
class Answer:
    """Status, headers with their names in small letters, and the start of the body."""

    status: int
    headers: list[tuple[str, str]]
    body: str

    def all(self, name: str) -> list[str]:
        """Every value of a header, as often as it was sent."""
        return [value for key, value in self.headers if key == name]


def ask(url: str, *, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    """GET, or POST with a body; no redirect is followed. Raises Unanswered."""
    parts = urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET" if body is None else "POST", path, body, headers or {})
        answer = connection.getresponse()
        named = [(name.lower(), value) for name, value in answer.getheaders()]
        return Answer(answer.status, named, answer.read(4000).decode(errors="replace"))
    except (OSError, http.client.HTTPException) as error:
        raise Unanswered(f"{url} does not answer: {error}.") from error
    finally:
        connection.close()


def certificate_days(url: str) -> float:
    """Days until the certificate of an https address ends, as browsers judge it.

    Raises Unanswered when nothing answers or the certificate is not trusted for the name.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, parts.port or 443), timeout=SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            found = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        raise Unanswered(
            f"Browsers will not trust the certificate of {host}: {error.verify_message}."
        ) from error
    except OSError as error:
        raise Unanswered(f"{host} does not answer over TLS: {error}.") from error
    return (ssl.cert_time_to_seconds(str(found["notAfter"])) - time.time()) / 86400


def send_envelope(dsn: str, message: str) -> int:
    """Report one message to Sentry as its clients do; the status of the answer.

    Raises Unanswered, also for a DSN that is none.
    """
    parts = urlsplit(dsn)
    before, _, project = parts.path.rpartition("/")
    if not parts.username or not project:
        raise Unanswered("SENTRY_DSN is no address of a Sentry project.")
    port = f":{parts.port}" if parts.port else ""
    url = f"{parts.scheme}://{parts.hostname}{port}{before}/api/{project}/envelope/"
    event = json.dumps({"message": message, "level": "info", "platform": "python"})
    lines = [json.dumps({"dsn": dsn}), json.dumps({"type": "event", "length": len(event)}), event]
    signature = f"Sentry sentry_version=7, sentry_key={parts.username}, sentry_client=launch/1"
    headers = {"X-Sentry-Auth": signature, "Content-Type": "application/x-sentry-envelope"}
    return ask(url, body="\n".join(lines).encode(), headers=headers).status
