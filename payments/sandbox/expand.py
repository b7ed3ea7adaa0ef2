"""``expand[]``: ids replaced by the objects they name."""

from __future__ import annotations

from typing import Any

from .context import Context
from .errors import ApiError
from .resources import charges, checkout
from .store import Body

_MAX_DEPTH = 4


def expand(ctx: Context, body: Body, paths: list[str]) -> Body:
    """Return the body with every dotted path expanded; raises ``ApiError`` 400."""
    for path in paths:
        pieces = path.split(".")
        if len(pieces) > _MAX_DEPTH:
            raise ApiError(400, f"Expansion depth exceeded: {path}", stored=False)
        _walk(ctx, body, pieces, path)
    return body


def _walk(ctx: Context, node: Any, pieces: list[str], path: str) -> None:
    if isinstance(node, list):
        for child in node:
            _walk(ctx, child, pieces, path)
        return
    name, rest = pieces[0], pieces[1:]
    if not isinstance(node, dict):
        return
    if name not in node and not _add_virtual(ctx, node, name):
        raise ApiError(
            400,
            f"This property cannot be expanded ({path}).",
            code="property_not_expandable",
            stored=False,
        )
    value = node[name]
    if isinstance(value, str):
        found = ctx.store.get(value)
        if found is not None:
            node[name] = value = found
    if rest and value is not None:
        _walk(ctx, value, rest, path)


def _add_virtual(ctx: Context, node: Body, name: str) -> bool:
    if node.get("object") == "charge" and name == "refunds":
        node["refunds"] = charges.refunds_of(ctx, node["id"])
        return True
    if node.get("object") == "checkout.session" and name == "line_items":
        node["line_items"] = checkout.line_items(ctx, {}, node["id"])
        return True
    if node.get("object") == "item" and name in ("discounts", "taxes"):
        node[name] = []
        return True
    if name == "breakdown" and "amount_discount" in node:
        node["breakdown"] = {"discounts": [], "taxes": []}
        return True
    return _optional(node, name)


# In Stripe's schema, but left out of a body when they do not apply.
_LEFT_OUT = {
    "charge": ("transfer", "application_fee", "level3"),
    "refund": ("failure_balance_transaction",),
    "customer": ("sources", "subscriptions", "tax_ids"),
}


def _optional(node: Body, name: str) -> bool:
    if name in _LEFT_OUT.get(str(node.get("object")), ()):
        node[name] = None
        return True
    return False
