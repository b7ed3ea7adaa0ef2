"""How every call to Stripe is made: with which key, how patiently, and what its errors mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe
from django.conf import settings
from django.db import connection

from payments.values import (
    CalledInTransaction,
    GatewayIndeterminate,
    GatewayRefused,
    GatewayUnreachable,
    metadata_of,
)

TIMEOUT_SECONDS = 15
RETRIES = 2


@contextmanager
def talking() -> Iterator[Any]:
    """Stripe's client for one call or a few, outside any transaction; its errors become ours."""
    _refuse_transaction()
    key = (
        settings.STRIPE_LIVE_SECRET_KEY
        if settings.STRIPE_LIVE_MODE
        else settings.STRIPE_TEST_SECRET_KEY
    )
    addresses = {"api": _host(), "files": _host()} if _host() else {}
    client = stripe.StripeClient(
        key,
        stripe_version=settings.STRIPE_API_VERSION,
        base_addresses=addresses,  # type: ignore[arg-type]
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        max_network_retries=RETRIES,
    )
    with _translated():
        yield client.v1


@contextmanager
def serving_mirror() -> Iterator[None]:
    """Let dj-stripe, which talks through the client's globals, use our address and patience."""
    stripe.api_base = _host() or stripe.DEFAULT_API_BASE
    stripe.default_http_client = stripe.RequestsClient(timeout=TIMEOUT_SECONDS)
    stripe.max_network_retries = RETRIES
    with _translated():
        yield


def marked(page: Any, name: str, value: str) -> Any:
    """The first object of a list whose metadata says `name` is `value`, or None."""
    rows = page.auto_paging_iter()
    return next((row for row in rows if metadata_of(row).get(name) == value), None)


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


def _refuse_transaction() -> None:
    blocks = connection.atomic_blocks
    # Django's own mark of the transaction around a test, as used for durable blocks.
    if blocks and not getattr(blocks[-1], "_from_testcase", False):
        raise CalledInTransaction(
            "Stripe was called inside a database transaction. Commit an intent row first, call "
            "Stripe after it, and store the answer in a second transaction."
        )


def _host() -> str:
    return str(getattr(settings, "STRIPE_API_HOST", "") or "")
