"""Lists: filters, ``created`` ranges, and pages by ``starting_after`` / ``ending_before``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .context import Context
from .errors import ApiError, invalid_param, missing_resource, unknown_param
from .forms import integer
from .store import PLATFORM, Body

PAGING = ("limit", "starting_after", "ending_before", "created")
FILTERS: dict[str, tuple[str, ...]] = {
    "account": (),
    "balance_transaction": ("source", "type", "currency", "payout"),
    "charge": ("payment_intent", "customer", "transfer_group"),
    "checkout.session": ("payment_intent", "customer", "status"),
    "customer": ("email",),
    "dispute": ("charge", "payment_intent"),
    "event": ("type", "types", "delivery_success"),
    "file": ("purpose",),
    "payment_intent": ("customer",),
    "payment_method": ("customer", "type"),
    "payout": ("status",),
    "refund": ("charge", "payment_intent"),
    "transfer": ("destination", "transfer_group"),
    "transfer_reversal": (),
    "webhook_endpoint": (),
}
_BOUNDS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}
_LARGEST = 100

Tests = list[tuple[str, tuple[Any, ...]]]


def page(
    ctx: Context,
    kind: str,
    params: dict[str, Any],
    url: str,
    show: Callable[[Body], Body] = lambda body: body,
    **fixed: str,
) -> Body:
    """Return one page of a kind, newest first; ``fixed`` are fields every row must have.

    Raises ``ApiError`` 400 for a filter or a limit Stripe does not know.
    """
    for name in params:
        if name not in PAGING and name not in FILTERS[kind]:
            raise unknown_param(name)
    limit = integer(params, "limit", 10) or 10
    if not 1 <= limit <= _LARGEST:
        raise invalid_param("limit", "Limit must be between 1 and 100.")
    tests = _tests(ctx, kind, params, fixed)
    backwards = "ending_before" in params
    cursor = params.get("ending_before") or params.get("starting_after")
    if cursor:
        tests.append((f"seq {'>' if backwards else '<'} ?", (_place(ctx, kind, cursor),)))
    rows = ctx.store.rows(
        f"SELECT body FROM objects WHERE {' AND '.join(test for test, _ in tests)} "  # noqa: S608
        f"ORDER BY seq {'ASC' if backwards else 'DESC'} LIMIT ?",
        *(value for _, values in tests for value in values),
        limit + 1,
    )
    data = [show(json.loads(row["body"])) for row in rows[:limit]]
    if backwards:
        data.reverse()
    return {"object": "list", "data": data, "has_more": len(rows) > limit, "url": url}


def _place(ctx: Context, kind: str, object_id: str) -> int:
    found = ctx.store.rows("SELECT seq FROM objects WHERE id=? AND kind=?", object_id, kind)
    if not found:
        raise missing_resource(kind, object_id, "starting_after")
    return int(found[0]["seq"])


def _tests(ctx: Context, kind: str, params: dict[str, Any], fixed: dict[str, str]) -> Tests:
    """The conditions of a list as SQL with its values."""
    tests: Tests = [("kind=?", (kind,))]
    if kind == "account":
        # The platform lists those connected to it, each of which owns itself.
        tests.append(("id<>?", (PLATFORM,)))
    else:
        tests.append(("account=?", (ctx.account,)))
    wanted = {**{name: params[name] for name in params if name not in PAGING}, **fixed}
    for name, value in wanted.items():
        tests.append(_test(name, value))
    if "created" in params:
        tests += _created(params["created"])
    return tests


def _test(name: str, value: Any) -> tuple[str, tuple[Any, ...]]:
    if name == "payout":
        raise ApiError(
            400,
            "Balance transaction history can only be filtered on automatic transfers, not manual.",
            stored=False,
        )
    if name == "types":
        marks = ",".join("?" * len(value))
        return f"json_extract(body, '$.type') IN ({marks})", tuple(value)
    if name == "delivery_success":
        owed = "SELECT 1 FROM deliveries WHERE event=objects.id AND state<>'done'"
        return f"EXISTS ({owed})=?", (0 if value == "true" else 1,)
    return f"json_extract(body, '$.{name}')=?", (value,)


def _created(value: Any) -> Tests:
    bounds = value if isinstance(value, dict) else {"gte": value, "lte": value}
    try:
        return [
            (f"json_extract(body, '$.created') {_BOUNDS[name]} ?", (int(bound),))
            for name, bound in bounds.items()
        ]
    except (KeyError, ValueError, TypeError) as error:
        raise invalid_param("created", "Invalid range of times.") from error
