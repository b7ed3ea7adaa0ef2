"""The only file that talks to Stripe. Its functions make a call or a few, return plain values.

Amounts are minor units, currencies ISO 4217 in capitals (Stripe writes them small).

Errors: ``GatewayRefused`` is a definite no (nothing happened; a later try needs a fresh
idempotency key, since Stripe replays the stored refusal). ``GatewayIndeterminate`` means Stripe
answered 5xx: it may or may not have happened, so look before using a fresh key.
``GatewayUnreachable`` means no answer, or "not now": the same key may simply be used again.

No function may be called inside a database transaction: a slow answer would hold locks. This is
checked on every call; the transaction Django's TestCase wraps around a test does not count.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe
from django.conf import settings
from django.db import connection

from payments.values import (
    Account,
    CalledInTransaction,
    Dispute,
    GatewayIndeterminate,
    GatewayRefused,
    GatewayUnreachable,
    Link,
    Movement,
    Payment,
    Refund,
    Session,
    SignatureRefused,
    Transfer,
    metadata_of,
    read_account,
    read_dispute,
    read_event,
    read_movement,
    read_payment,
    read_refund,
    read_session,
    read_transfer,
)

TIMEOUT_SECONDS = 15
RETRIES = 2
SIGNATURE_AGE_SECONDS = 300
LOOK_BACK_SECONDS = 26 * 3600


# --- Checkout -------------------------------------------------------------------------------------


def create_checkout_session(
    *,
    key: str,
    amount: int,
    currency: str,
    name: str,
    email: str,
    success_url: str,
    cancel_url: str,
    reference: str,
    transfer_group: str,
    metadata: dict[str, str],
    expires_at: int,
) -> Session:
    """Open a hosted page for one payment of ``amount`` minor units.

    ``expires_at`` is Unix seconds, 30 minutes to 24 hours ahead; the caller keeps it constant for
    one ``key`` by passing what it stored. Raises ``GatewayError``.
    """
    params: dict[str, Any] = {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": currency.lower(),
                    "unit_amount": amount,
                    "product_data": {"name": name[:250]},
                },
            }
        ],
        "client_reference_id": reference,
        "success_url": success_url,
        "cancel_url": cancel_url,
        "expires_at": expires_at,
        "metadata": metadata,
        "payment_intent_data": {
            "description": name[:250],
            "metadata": metadata,
            "transfer_group": transfer_group,
        },
    }
    if email:
        params["customer_email"] = email
    with _talking() as api:
        return read_session(api.checkout.sessions.create(params, {"idempotency_key": key}))


def retrieve_session(session_id: str) -> Session:
    """Return the session as it is now. Raises ``GatewayError``."""
    with _talking() as api:
        return read_session(api.checkout.sessions.retrieve(session_id))


def expire_session(session_id: str) -> Session:
    """Close an open page. Raises ``GatewayRefused`` when it is paid or expired already."""
    with _talking() as api:
        return read_session(api.checkout.sessions.expire(session_id))


def find_session(*, attempt: str) -> Session | None:
    """Look for the session of an attempt by its metadata among those of the last 26 hours."""
    since = int(time.time()) - LOOK_BACK_SECONDS
    with _talking() as api:
        page = api.checkout.sessions.list({"created": {"gte": since}, "limit": 100})
        found = _marked(page, "attempt", attempt)
        return read_session(found) if found else None


def retrieve_payment(payment_intent: str) -> Payment:
    """Return a PaymentIntent with its latest charge and that charge's balance entry."""
    with _talking() as api:
        intent = api.payment_intents.retrieve(
            payment_intent, {"expand": ["latest_charge.balance_transaction"]}
        )
        return read_payment(intent)


def retrieve_dispute(dispute_id: str) -> Dispute:
    """Return a dispute with its balance entries."""
    with _talking() as api:
        return read_dispute(api.disputes.retrieve(dispute_id))


def create_transfer(
    *,
    key: str,
    amount: int,
    currency: str,
    destination: str,
    source_charge: str,
    transfer_group: str,
    metadata: dict[str, str],
) -> Transfer:
    """Send part of a charge to a connected account, never more than the charge. Minor units."""
    with _talking() as api:
        return read_transfer(
            api.transfers.create(
                {
                    "amount": amount,
                    "currency": currency.lower(),
                    "destination": destination,
                    "source_transaction": source_charge,
                    "transfer_group": transfer_group,
                    "metadata": metadata,
                },
                {"idempotency_key": key},
            )
        )


def retrieve_transfer(transfer_id: str) -> Transfer:
    """Return a transfer as it is now."""
    with _talking() as api:
        return read_transfer(api.transfers.retrieve(transfer_id))


def find_transfer(*, transfer_group: str, instruction: str) -> Transfer | None:
    """Look for the transfer an instruction made, by its metadata."""
    with _talking() as api:
        page = api.transfers.list({"transfer_group": transfer_group, "limit": 100})
        found = _marked(page, "instruction", instruction)
        return read_transfer(found) if found else None


def create_refund(*, key: str, charge: str, amount: int, metadata: dict[str, str]) -> Refund:
    """Send ``amount`` minor units of a charge back to whoever paid."""
    with _talking() as api:
        return read_refund(
            api.refunds.create(
                {"charge": charge, "amount": amount, "metadata": metadata},
                {"idempotency_key": key},
            )
        )


def retrieve_refund(refund_id: str) -> Refund:
    """Return a refund as it is now."""
    with _talking() as api:
        return read_refund(api.refunds.retrieve(refund_id))


def find_refund(*, charge: str, instruction: str) -> Refund | None:
    """Look for the refund an instruction made, by its metadata."""
    with _talking() as api:
        page = api.refunds.list({"charge": charge, "limit": 100})
        found = _marked(page, "instruction", instruction)
        return read_refund(found) if found else None


def create_account(*, key: str, country: str, email: str, name: str, reference: str) -> Account:
    """Create an account that can receive transfers; Stripe collects what it must know.

    Losses and fees are the platform's, as separate charges and transfers need.
    """
    params: dict[str, Any] = {
        "country": country,
        "email": email,
        "business_profile": {"name": name[:100]},
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
        },
        "capabilities": {"transfers": {"requested": True}},
        "metadata": {"organization": reference},
    }
    with _talking() as api:
        return read_account(api.accounts.create(params, {"idempotency_key": key}))


def find_account(*, reference: str) -> Account | None:
    """Look for the account of an organization by its metadata."""
    with _talking() as api:
        found = _marked(api.accounts.list({"limit": 100}), "organization", reference)
        return read_account(found) if found else None


def retrieve_account(account_id: str) -> Account:
    """Return a connected account as it is now."""
    with _talking() as api:
        return read_account(api.accounts.retrieve(account_id))


def create_account_link(*, account: str, return_url: str, refresh_url: str) -> Link:
    """Make a one-time address of the onboarding page; it lives a few minutes."""
    with _talking() as api:
        link = api.account_links.create(
            {
                "account": account,
                "type": "account_onboarding",
                "return_url": return_url,
                "refresh_url": refresh_url,
            }
        )
        return Link(link.url, link.expires_at)


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


def list_events(*, created_from: int) -> Iterator[dict[str, Any]]:
    """Yield every event since a time (Unix seconds), newest first; Stripe keeps 30 days."""
    with _talking() as api:
        page = api.events.list({"created": {"gte": created_from}, "limit": 100})
        for event in page.auto_paging_iter():
            yield event.to_dict(for_json=True)


def list_movements() -> Iterator[Movement]:
    """Yield every movement of the platform's Stripe balance, newest first."""
    with _talking() as api:
        for found in api.balance_transactions.list({"limit": 100}).auto_paging_iter():
            yield read_movement(found)


def list_objects(kind: str, *, created_from: int) -> Iterator[dict[str, Any]]:
    """Yield the platform's ``charges``, ``refunds`` or ``transfers`` since a time (Unix seconds).

    They are as Stripe writes them, newest first.
    """
    with _talking() as api:
        page = getattr(api, kind).list({"created": {"gte": created_from}, "limit": 100})
        for found in page.auto_paging_iter():
            yield found.to_dict(for_json=True)


def create_webhook_endpoint(*, url: str, events: list[str], connect: bool) -> tuple[str, str]:
    """Register an address for events; return (id, signing secret), shown only once."""
    with _talking() as api:
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
    with _talking() as api:
        found = api.webhook_endpoints.list({"limit": 100}).auto_paging_iter()
        return [(endpoint.id, endpoint.url) for endpoint in found]


def platform_account() -> dict[str, Any]:
    """Return the platform's own account as Stripe writes it."""
    with _talking() as api:
        return api.accounts.retrieve_current().to_dict(for_json=True)


@contextmanager
def serving_mirror() -> Iterator[None]:
    """Let dj-stripe, which talks through the client's globals, use our address and patience."""
    stripe.api_base = _host() or stripe.DEFAULT_API_BASE
    stripe.default_http_client = stripe.RequestsClient(timeout=TIMEOUT_SECONDS)
    stripe.max_network_retries = RETRIES
    with _translated():
        yield


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the errors of Stripe's client into ours."""
    try:
        yield
    except (stripe.RateLimitError, stripe.APIConnectionError) as error:
        raise GatewayUnreachable(str(error), error.code or "") from error
    except stripe.APIError as error:
        if error.http_status == 409:
            raise GatewayUnreachable(str(error), error.code or "") from error
        raise GatewayIndeterminate(str(error), error.code or "") from error
    except stripe.StripeError as error:
        if error.http_status == 409:
            raise GatewayUnreachable(str(error), error.code or "") from error
        raise GatewayRefused(error.user_message or str(error), error.code or "") from error


# --- How it talks ---------------------------------------------------------------------------------


def _refuse_transaction() -> None:
    blocks = connection.atomic_blocks
    # Django's own mark of the transaction around a test, as used for durable blocks.
    if blocks and not getattr(blocks[-1], "_from_testcase", False):
        raise CalledInTransaction(
            "Stripe was called inside a database transaction. Commit an intent row first, call "
            "Stripe after it, and store the answer in a second transaction."
        )


def _marked(page: Any, name: str, value: str) -> Any:
    rows = page.auto_paging_iter()
    return next((row for row in rows if metadata_of(row).get(name) == value), None)


def _host() -> str:
    return str(getattr(settings, "STRIPE_API_HOST", "") or "")


@contextmanager
def _talking() -> Iterator[Any]:
    _refuse_transaction()
    key = (
        settings.STRIPE_LIVE_SECRET_KEY
        if settings.STRIPE_LIVE_MODE
        else settings.STRIPE_TEST_SECRET_KEY
    )
    addresses = {"api": _host()} if _host() else {}
    client = stripe.StripeClient(
        key,
        stripe_version=settings.STRIPE_API_VERSION,
        base_addresses=addresses,  # type: ignore[arg-type]
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        max_network_retries=RETRIES,
    )
    with _translated():
        yield client.v1
