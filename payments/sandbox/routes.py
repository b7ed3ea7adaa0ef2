"""The API's addresses, what each accepts, and who answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import listing, parameters
from .context import Context
from .errors import ApiError, unknown_param
from .resources import (
    accounts,
    balance,
    charges,
    checkout,
    customers,
    disputes,
    endpoints,
    files,
    intents,
    refunds,
    transfers,
)
from .store import Body

Endpoint = Callable[..., Body]


@dataclass(frozen=True)
class Route:
    """One method and address.

    ``call`` is its name in Stripe's client, which knows its parameters; ``accepts`` are those the
    sandbox acts on, None for a list, which checks its own.
    """

    method: str
    pattern: re.Pattern[str]
    answer: Endpoint
    call: str
    accepts: tuple[str, ...] | None = ()


def _route(
    method: str,
    address: str,
    answer: Endpoint,
    call: str = "",
    accepts: tuple[str, ...] | None = (),
) -> Route:
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", address)
    return Route(method, re.compile(f"/v1/{pattern}"), answer, call, accepts)


def _list(address: str, kind: str, show: Callable[[Body], Body] = lambda body: body) -> Route:
    def answer(ctx: Context, params: dict[str, Any]) -> Body:
        return listing.page(ctx, kind, params, f"/v1/{address}", show)

    return _route("GET", address, answer, f"{kind}_list", None)


ROUTES: tuple[Route, ...] = (
    _route("GET", "account", accounts.platform),
    _list("accounts", "account"),
    _route("POST", "accounts", accounts.create, "account_create", accounts.CREATE),
    _route("GET", "accounts/{object_id}", accounts.retrieve),
    _route("GET", "accounts/{object_id}/capabilities/{name}", accounts.capability),
    _route("POST", "accounts/{object_id}/login_links", accounts.login_link),
    _route("POST", "account_links", accounts.create_link, "account_link_create", accounts.LINK),
    _list("customers", "customer"),
    _route("POST", "customers", customers.create, "customer_create", customers.CREATE),
    _route("GET", "customers/{object_id}", customers.retrieve),
    _list("checkout/sessions", "checkout.session"),
    _route(
        "POST", "checkout/sessions", checkout.create, "checkout.session_create", checkout.CREATE
    ),
    _route("GET", "checkout/sessions/{object_id}", checkout.retrieve),
    _route("GET", "checkout/sessions/{object_id}/line_items", checkout.line_items, "", ("limit",)),
    _route("POST", "checkout/sessions/{object_id}/expire", checkout.expire),
    _list("payment_intents", "payment_intent"),
    _route("GET", "payment_intents/{object_id}", intents.retrieve),
    _route(
        "POST",
        "payment_intents/{object_id}/cancel",
        intents.cancel,
        "payment_intent_cancel",
        intents.CANCEL,
    ),
    _list("payment_methods", "payment_method"),
    _route("GET", "payment_methods/{object_id}", charges.retrieve_method),
    _list("charges", "charge"),
    _route("GET", "charges/{object_id}", charges.retrieve),
    _list("refunds", "refund"),
    _route("POST", "refunds", refunds.create, "refund_create", refunds.CREATE),
    _route("GET", "refunds/{object_id}", refunds.retrieve),
    _list("transfers", "transfer"),
    _route("POST", "transfers", transfers.create, "transfer_create", transfers.CREATE),
    _route("GET", "transfers/{object_id}", transfers.retrieve),
    _route(
        "GET",
        "transfers/{object_id}/reversals",
        transfers.list_reversals,
        "transfer_reversal_list",
        None,
    ),
    _route(
        "POST",
        "transfers/{object_id}/reversals",
        transfers.reverse,
        "transfer_reversal_create",
        transfers.REVERSE,
    ),
    _route("GET", "transfers/{object_id}/reversals/{reversal_id}", transfers.retrieve_reversal),
    _route("GET", "balance", balance.balance),
    _list("balance_transactions", "balance_transaction"),
    _route("GET", "balance_transactions/{object_id}", balance.transaction),
    _list("payouts", "payout"),
    _route("POST", "payouts", balance.create_payout, "payout_create", balance.PAYOUT),
    _route("GET", "payouts/{object_id}", balance.retrieve_payout),
    _list("disputes", "dispute"),
    _route("GET", "disputes/{object_id}", disputes.retrieve),
    _route("POST", "disputes/{object_id}", disputes.update, "dispute_update", disputes.UPDATE),
    _route("POST", "disputes/{object_id}/close", disputes.close),
    _list("files", "file"),
    _route("POST", "files", files.create, "file_create", files.CREATE),
    _route("GET", "files/{object_id}", files.retrieve),
    _list("events", "event"),
    _route("GET", "events/{object_id}", endpoints.retrieve_event),
    _list("webhook_endpoints", "webhook_endpoint", endpoints.shown),
    _route(
        "POST", "webhook_endpoints", endpoints.create, "webhook_endpoint_create", endpoints.CREATE
    ),
    _route("GET", "webhook_endpoints/{object_id}", endpoints.retrieve),
    _route(
        "POST",
        "webhook_endpoints/{object_id}",
        endpoints.update,
        "webhook_endpoint_update",
        endpoints.UPDATE,
    ),
)


def call(ctx: Context, method: str, path: str, params: dict[str, Any]) -> Body:
    """Answer one API call; raises ``ApiError`` for everything Stripe would refuse."""
    for route in ROUTES:
        match = route.pattern.fullmatch(path)
        if match and route.method == method:
            _check(route, params)
            return route.answer(ctx, params, **match.groupdict())
    raise ApiError(
        404,
        f"Unrecognized request URL ({method}: {path}). The sandbox knows only what the "
        "marketplace uses.",
        stored=False,
    )


def _check(route: Route, params: dict[str, Any]) -> None:
    """Refuse what Stripe does not know, however deep inside, and what the sandbox ignores."""
    strange = parameters.unknown(route.call, params) if route.call else ""
    if strange:
        raise unknown_param(strange)
    if route.accepts is None:
        return
    for name in params:
        if name not in route.accepts:
            raise unknown_param(name)
