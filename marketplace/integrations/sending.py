"""One request to a customer's system; the only file that connects to one. For workers alone.

No redirect is followed and no proxy asked; what comes back is read up to MOST_READ bytes; after
SECONDS everything is over, however slowly it drips.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import certifi
from standardwebhooks import Webhook

from marketplace.integrations.addresses import Target, Unreachable, numbers_of

SECONDS = 10.0
CONNECT_SECONDS = 5.0
MOST_READ = 1024 * 1024
# So much of an answer is kept in the log.
MOST_KEPT = 2000


@dataclass(frozen=True)
class Outcome:
    """What one try brought: a status and the start of the answer, or a fault in words."""

    status: int | None
    answer: str
    fault: str
    milliseconds: int


def signed_headers(
    message_id: str, body: str, secrets: Iterable[str], now: datetime
) -> dict[str, str]:
    """The headers of a request by the Standard Webhooks scheme, one signature a secret."""
    stamp = now.astimezone(UTC)
    signatures = [Webhook(secret).sign(message_id, stamp, body) for secret in secrets]
    return {
        "content-type": "application/json",
        "user-agent": "marketplace-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(stamp.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def post(target: Target, body: str, headers: Mapping[str, str]) -> Outcome:
    """Send `body`. Never raises for what the other side does or fails to do."""
    started = time.monotonic()
    status, answer, fault = None, "", ""
    try:
        status, answer = _exchange(target, body.encode(), headers)
    except Unreachable as error:
        fault = str(error)
    except TimeoutError:
        fault = f"No answer within {SECONDS:.0f} seconds."
    except ssl.SSLError as error:
        fault = f"The encrypted connection failed: {getattr(error, 'verify_message', '') or error}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        words = getattr(error, "strerror", "") or str(error) or type(error).__name__
        fault = f"The connection failed: {words}."
    spent = time.monotonic() - started
    if fault and spent >= SECONDS:
        fault = f"No answer within {SECONDS:.0f} seconds."
    return Outcome(status, answer[:MOST_KEPT], fault[:300], int(spent * 1000))


def _exchange(target: Target, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    line = _connect(target)
    # A read that gets one byte in time starts its clock anew; this one does not.
    end = threading.Timer(SECONDS, _cut, [line])
    end.daemon = True
    kind = http.client.HTTPSConnection if target.is_tls else http.client.HTTPConnection
    connection = kind(target.host, target.port)
    connection.sock = line
    end.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read(MOST_READ).decode("utf-8", "replace").replace("\0", "")
    finally:
        end.cancel()
        connection.close()


def _connect(target: Target) -> socket.socket:
    """A connection to one of the checked addresses, the first that takes it; its socket has
    CONNECT_SECONDS for each step, handshake included."""
    last: OSError = ConnectionError(f"The name {target.host} leads nowhere.")
    for number in numbers_of(target)[:3]:
        try:
            line = socket.create_connection((number, target.port), timeout=CONNECT_SECONDS)
        except OSError as error:
            last = error
            continue
        return _encrypted(line, target.host) if target.is_tls else line
    raise last


def _encrypted(line: socket.socket, host: str) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        return context.wrap_socket(line, server_hostname=host)
    except OSError:
        line.close()
        raise


def _cut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it ended by itself
        line.shutdown(socket.SHUT_RDWR)
