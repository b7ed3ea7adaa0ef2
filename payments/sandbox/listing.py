"""Lists: filters, ``created`` ranges, and pages by ``starting_after`` / ``ending_before``."""

from __future__ import annotations

from typing import Any

from .context import Context
from .errors import invalid_param, missing_resource, unknown_param
from .forms import integer
from .store import Body

PAGING = ("limit", "starting_after", "ending_before", "created")
FILTERS: dict[str, tuple[str, ...]] = {
    "account": (),
    "balance_transaction": ("source", "type", "currency", "payout"),
    "charge": ("payment_intent", "customer", "transfer_group"),
    "checkout.session": ("payment_intent", "customer", "status"),
    "customer": ("email",),
    "dispute": ("charge", "payment_intent"),
    "event": ("type", "types", "delivery_success"),
    "payment_intent": ("customer",),
    "payment_method": ("customer", "type"),
    "payout": ("status",),
    "refund": ("charge", "payment_intent"),
    "transfer": ("destination", "transfer_group"),
    "webhook_endpoint": (),
}


def page(
    ctx: Context, kind: str, params: dict[str, Any], url: str, found: list[Body] | None = None
) -> Body:
    """Return one page of a kind, newest first (``found`` replaces the stored objects)."""
    for name in params:
        if name not in PAGING and name not in FILTERS[kind]:
            raise unknown_param(name)
    limit = integer(params, "limit", 10) or 10
    if not 1 <= limit <= 100:
        raise invalid_param("limit", "Limit must be between 1 and 100.")
    everything = ctx.store.all(kind, ctx.account) if found is None else found
    rows = [body for body in everything if _wanted(ctx, body, params)]
    if params.get("ending_before"):
        place = _place(rows, params["ending_before"], kind)
        start = max(0, place - limit)
        data, more = rows[start:place], start > 0
    else:
        start = 0
        if params.get("starting_after"):
            start = _place(rows, params["starting_after"], kind) + 1
        data, more = rows[start : start + limit], len(rows) > start + limit
    return {"object": "list", "data": data, "has_more": more, "url": url}


def _place(rows: list[Body], object_id: str, kind: str) -> int:
    for index, body in enumerate(rows):
        if body["id"] == object_id:
            return index
    raise missing_resource(kind, object_id, "starting_after")


def _wanted(ctx: Context, body: Body, params: dict[str, Any]) -> bool:
    for name, value in params.items():
        if name in ("limit", "starting_after", "ending_before", "payout"):
            continue
        if name == "created":
            if not _in_range(body["created"], value):
                return False
        elif name == "types":
            if body["type"] not in value:
                return False
        elif name == "delivery_success":
            if _delivered(ctx, body["id"]) != (value == "true"):
                return False
        elif body.get(name) != value:
            return False
    return True


def _in_range(created: int, value: Any) -> bool:
    if not isinstance(value, dict):
        return created == int(value)
    tests = {
        "gte": lambda bound: created >= bound,
        "gt": lambda bound: created > bound,
        "lte": lambda bound: created <= bound,
        "lt": lambda bound: created < bound,
    }
    return all(tests[name](int(bound)) for name, bound in value.items() if name in tests)


def _delivered(ctx: Context, event_id: str) -> bool:
    rows = ctx.store.rows("SELECT state FROM deliveries WHERE event=?", event_id)
    return all(row["state"] == "done" for row in rows)
