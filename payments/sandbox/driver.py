"""Drive a running sandbox without a browser: pay, onboard, command. Standard library only.

For tests and demo data. ``pay(url)`` posts the form of the hosted page as a person would.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

GOOD_CARD = "4242424242424242"
GOOD_IBAN = "DE89370400440532013000"
TIMEOUT = 30.0


class SandboxRefused(Exception):
    """The sandbox answered with an error; the text says which."""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Stay)


def _send(url: str, form: dict[str, Any] | None) -> tuple[int, str, str]:
    data = None if form is None else urllib.parse.urlencode(form).encode()
    try:
        asked = urllib.request.Request(url, data=data)  # noqa: S310 - an address of the sandbox
        with _opener.open(asked, timeout=TIMEOUT) as answer:
            return answer.status, answer.read().decode(), ""
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers.get("Location", "")


def pay(url: str, card: str = GOOD_CARD, **fields: str) -> str:
    """Pay a hosted page; return the address the payer is sent to.

    That is the success URL, or the 3-D Secure page for the card that asks for it. Raises
    ``SandboxRefused`` when the card is declined or the page is closed.
    """
    status, text, location = _send(url, {"number": card, "email": "payer@example.com", **fields})
    if status != 303:
        raise SandboxRefused(f"HTTP {status}: {_alert(text)}")
    return location


def pay_later(url: str, way: str, iban: str = "", **fields: str) -> str:
    """Pay a hosted page by ``sepa_debit`` (with an IBAN) or ``customer_balance`` (transfer).

    Return the address the payer is sent to: the success URL, or for a transfer the page that
    says where to transfer. The money comes later: ``command(base, "settle", ...)`` or the clock.
    """
    form = {"way": way, "iban": iban, "email": "payer@example.com", **fields}
    status, text, location = _send(url, form)
    if status != 303:
        raise SandboxRefused(f"HTTP {status}: {_alert(text)}")
    return location


def authenticate(url: str, complete: bool = True) -> str:
    """Answer the 3-D Secure page; return the address the payer is sent to."""
    status, text, location = _send(url, {"decision": "complete" if complete else "fail"})
    if status != 303:
        raise SandboxRefused(f"HTTP {status}: {_alert(text)}")
    return location


def onboard(url: str) -> str:
    """Fill in an onboarding page; return the address the person is sent back to."""
    status, text, location = _send(url, {"decision": "submit"})
    if status != 303:
        raise SandboxRefused(f"HTTP {status}: {_alert(text)}")
    return location


def command(base: str, name: str, **form: Any) -> dict[str, Any]:
    """Run a command of the control plane, such as ``hold`` or ``fault``."""
    status, text, _ = _send(f"{base}/_sandbox/{name}", form)
    if status != 200:
        raise SandboxRefused(f"HTTP {status}: {text[:500]}")
    body: dict[str, Any] = json.loads(text)
    return body


def read(base: str, name: str) -> Any:
    """Read ``calls``, ``deliveries``, ``faults`` (lists) or ``state`` (a dict)."""
    status, text, _ = _send(f"{base}/_sandbox/{name}", None)
    if status != 200:
        raise SandboxRefused(f"HTTP {status}: {text[:500]}")
    body = json.loads(text)
    return body.get("data", body)


def settle(base: str, seconds: float = 15.0) -> dict[str, int]:
    """Wait until no webhook is due or being sent; return the count of each state.

    Raises ``TimeoutError`` after ``seconds``.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        counts: dict[str, int] = read(base, "state")["deliveries"]
        if not counts.get("due") and not counts.get("sending"):
            return counts
        time.sleep(0.05)
    raise TimeoutError(f"Webhooks are still under way after {seconds:g} s: {counts}")


def _alert(text: str) -> str:
    start = text.find('role="alert">')
    if start < 0:
        return text[:300]
    return text[start + 13 : text.find("<", start + 13)]
