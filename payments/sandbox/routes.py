"""The API's addresses, what each accepts, and who answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import listing
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
    intents,
    refunds,
    transfers,
)
from .store import Body

Endpoint = Callable[..., Body]


@dataclass(frozen=True)
class Route:
    """One method and address; ``accepts`` are the top-level parameters it knows."""

    method: str
    pattern: re.Pattern[str]
    answer: Endpoint
    accepts: tuple[str, ...] | None = ()


def _route(
    method: str, address: str, answer: Endpoint, accepts: tuple[str, ...] | None = ()
) -> Route:
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", address)
    return Route(method, re.compile(f"/v1/{pattern}"), answer, accepts)


def _list(address: str, kind: str) -> Route:
    def answer(ctx: Context, params: dict[str, Any]) -> Body:
        found = None
        if kind == "account":
            found = accounts.connected(ctx)
        elif kind == "webhook_endpoint":
            found = [endpoints.shown(body) for body in ctx.store.all(kind)]
        return listing.page(ctx, kind, params, f"/v1/{address}", found)

    return _route("GET", address, answer, None)


ROUTES: tuple[Route, ...] = (
    _route("GET", "account", accounts.platform),
    _list("accounts", "account"),
    _route("POST", "accounts", accounts.create, accounts.CREATE),
    _route("GET", "accounts/{object_id}", accounts.retrieve),
    _route("GET", "accounts/{object_id}/capabilities/{name}", accounts.capability),
    _route("POST", "account_links", accounts.create_link, accounts.LINK),
    _list("customers", "customer"),
    _route("POST", "customers", customers.create, customers.CREATE),
    _route("GET", "customers/{object_id}", customers.retrieve),
    _list("checkout/sessions", "checkout.session"),
    _route("POST", "checkout/sessions", checkout.create, checkout.CREATE),
    _route("GET", "checkout/sessions/{object_id}", checkout.retrieve),
    _route("GET", "checkout/sessions/{object_id}/line_items", checkout.line_items, ("limit",)),
    _route("POST", "checkout/sessions/{object_id}/expire", checkout.expire),
    _list("payment_intents", "payment_intent"),
    _route("GET", "payment_intents/{object_id}", intents.retrieve),
    _route("POST", "payment_intents/{object_id}/cancel", intents.cancel, intents.CANCEL),
    _list("payment_methods", "payment_method"),
    _route("GET", "payment_methods/{object_id}", charges.retrieve_method),
    _list("charges", "charge"),
    _route("GET", "charges/{object_id}", charges.retrieve),
    _list("refunds", "refund"),
    _route("POST", "refunds", refunds.create, refunds.CREATE),
    _route("GET", "refunds/{object_id}", refunds.retrieve),
    _list("transfers", "transfer"),
    _route("POST", "transfers", transfers.create, transfers.CREATE),
    _route("GET", "transfers/{object_id}", transfers.retrieve),
    _route("POST", "transfers/{object_id}/reversals", transfers.reverse, transfers.REVERSE),
    _route("GET", "balance", balance.balance),
    _list("balance_transactions", "balance_transaction"),
    _route("GET", "balance_transactions/{object_id}", balance.transaction),
    _list("payouts", "payout"),
    _route("POST", "payouts", balance.create_payout, balance.PAYOUT),
    _route("GET", "payouts/{object_id}", balance.retrieve_payout),
    _list("disputes", "dispute"),
    _route("GET", "disputes/{object_id}", disputes.retrieve),
    _route("POST", "disputes/{object_id}", disputes.update, disputes.UPDATE),
    _list("events", "event"),
    _route("GET", "events/{object_id}", endpoints.retrieve_event),
    _list("webhook_endpoints", "webhook_endpoint"),
    _route("POST", "webhook_endpoints", endpoints.create, endpoints.CREATE),
    _route("GET", "webhook_endpoints/{object_id}", endpoints.retrieve),
    _route("POST", "webhook_endpoints/{object_id}", endpoints.update, endpoints.UPDATE),
)


def call(ctx: Context, method: str, path: str, params: dict[str, Any]) -> Body:
    """Answer one API call; raises ``ApiError`` for everything Stripe would refuse."""
    for route in ROUTES:
        match = route.pattern.fullmatch(path)
        if match and route.method == method:
            if route.accepts is not None:
                for name in params:
                    if name not in route.accepts:
                        raise unknown_param(name)
            return route.answer(ctx, params, **match.groupdict())
    raise ApiError(
        404,
        f"Unrecognized request URL ({method}: {path}). The sandbox knows only what the "
        "marketplace uses.",
        stored=False,
    )
