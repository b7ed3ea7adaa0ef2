"""What Stripe tells of itself: events, movements of the balance, lists, addresses for webhooks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import stripe
from django.conf import settings

from payments.gateway.client import talking
from payments.values import Balance, Movement, SignatureRefused, read_event, read_movement

SIGNATURE_AGE_SECONDS = 300


def read_signed_event(payload: bytes, signature: str, secrets: list[str]) -> dict[str, Any]:
    """Return the event of a webhook whose signature fits one of the secrets.

    Refuses signatures older or newer than five minutes. Raises ``SignatureRefused``.
    """
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(payload, signature, secret, SIGNATURE_AGE_SECONDS)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        signed_at = int(dict(part.split("=", 1) for part in signature.split(","))["t"])
        # Stripe's client checks the age only; a date in the future is not believable either.
        if signed_at > time.time() + SIGNATURE_AGE_SECONDS:
            break
        return read_event(payload)
    raise SignatureRefused("The signature does not fit.")


def list_events(*, created_from: int, account: str = "") -> Iterator[dict[str, Any]]:
    """Yield every event since a time (Unix seconds), newest first; Stripe keeps 30 days.

    They are the platform's, or those of a connected ``account``, which they then name.
    """
    options: Any = {"stripe_account": account} if account else {}
    with talking() as api:
        page = api.events.list({"created": {"gte": created_from}, "limit": 100}, options)
        for event in page.auto_paging_iter():
            found = event.to_dict(for_json=True)
            yield {**found, "account": account} if account else found


def read_balance() -> Balance:
    """Return the platform's Stripe balance."""
    with talking() as api:
        found = api.balance.retrieve()
        sums = tuple((one.amount, one.currency.upper()) for one in found.available)
        return Balance(found.livemode, sums)


def list_movements() -> Iterator[Movement]:
    """Yield every movement of the platform's Stripe balance, newest first."""
    with talking() as api:
        for found in api.balance_transactions.list({"limit": 100}).auto_paging_iter():
            yield read_movement(found)


def list_objects(kind: str, *, created_from: int) -> Iterator[dict[str, Any]]:
    """Yield the platform's ``charges``, ``refunds`` or ``transfers`` since a time (Unix seconds).

    They are as Stripe writes them, newest first.
    """
    with talking() as api:
        page = getattr(api, kind).list({"created": {"gte": created_from}, "limit": 100})
        for found in page.auto_paging_iter():
            yield found.to_dict(for_json=True)


def create_webhook_endpoint(*, url: str, events: list[str], connect: bool) -> tuple[str, str]:
    """Register an address for events; return (id, signing secret), shown only once."""
    with talking() as api:
        made = api.webhook_endpoints.create(
            {
                "url": url,
                "enabled_events": events,
                "connect": connect,
                "api_version": settings.STRIPE_API_VERSION,
            }
        )
        return made.id, made.secret or ""


def list_webhook_endpoints() -> list[tuple[str, str]]:
    """Return (id, address) of every registered endpoint."""
    with talking() as api:
        found = api.webhook_endpoints.list({"limit": 100}).auto_paging_iter()
        return [(endpoint.id, endpoint.url) for endpoint in found]
