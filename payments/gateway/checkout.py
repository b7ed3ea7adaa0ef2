"""Hosted payment pages and the payments made on them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from payments.gateway.client import marked, talking
from payments.values import Payment, Session, read_payment, read_session

LOOK_BACK_SECONDS = 26 * 3600


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
    ways: Sequence[str] = (),
    customer: str = "",
    country: str = "",
) -> Session:
    """Open a hosted page for one payment of ``amount`` minor units.

    ``ways`` to pay, by Stripe's names; by card without. A bank transfer needs a ``customer`` and
    the ``country`` of the account it goes to. ``expires_at`` is Unix seconds, 30 minutes to 24
    hours ahead; the caller keeps it constant for one ``key`` by passing what it stored. Raises
    ``GatewayError``.
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
    if ways:
        params["payment_method_types"] = list(ways)
    if "customer_balance" in ways:
        params["payment_method_options"] = {
            "customer_balance": {
                "funding_type": "bank_transfer",
                "bank_transfer": {
                    "type": "eu_bank_transfer",
                    "eu_bank_transfer": {"country": country},
                },
            }
        }
    # Stripe takes one of the two.
    if customer:
        params["customer"] = customer
    elif email:
        params["customer_email"] = email
    with talking() as api:
        return read_session(api.checkout.sessions.create(params, {"idempotency_key": key}))


def retrieve_session(session_id: str) -> Session:
    """Return the session as it is now. Raises ``GatewayError``."""
    with talking() as api:
        return read_session(api.checkout.sessions.retrieve(session_id))


def expire_session(session_id: str) -> Session:
    """Close an open page. Raises ``GatewayRefused`` when it is paid or expired already."""
    with talking() as api:
        return read_session(api.checkout.sessions.expire(session_id))


def find_session(*, attempt: str) -> Session | None:
    """Look for the session of an attempt by its metadata among those of the last 26 hours."""
    since = int(time.time()) - LOOK_BACK_SECONDS
    with talking() as api:
        page = api.checkout.sessions.list({"created": {"gte": since}, "limit": 100})
        found = marked(page, "attempt", attempt)
        return read_session(found) if found else None


def retrieve_payment(payment_intent: str) -> Payment:
    """Return a PaymentIntent with its latest charge and that charge's balance entry."""
    with talking() as api:
        intent = api.payment_intents.retrieve(
            payment_intent, {"expand": ["latest_charge.balance_transaction", "payment_method"]}
        )
        return read_payment(intent)


def cancel_payment(payment_intent: str) -> None:
    """Give up a PaymentIntent. Raises ``GatewayRefused`` when it is paid or cancelled already."""
    with talking() as api:
        api.payment_intents.cancel(payment_intent, {"cancellation_reason": "requested_by_customer"})


def create_customer(*, key: str, name: str, email: str, metadata: dict[str, str]) -> str:
    """Make a customer, whose balance bank transfers arrive in; return its id."""
    with talking() as api:
        made = api.customers.create(
            {"name": name, "email": email, "metadata": metadata}, {"idempotency_key": key}
        )
        return str(made.id)
