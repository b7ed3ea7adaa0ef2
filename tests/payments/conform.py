"""Compare a JSON body with the types Stripe generates into its own client.

The classes' annotations are read from source, because most of the names in them exist for type
checkers only. A finding is a path and a sentence; an empty list means the body could be Stripe's.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
from typing import Any

SCALARS = {"str": str, "int": int, "bool": bool, "float": float}
MODULES = {
    "account": "_account.Account",
    "account_link": "_account_link.AccountLink",
    "balance": "_balance.Balance",
    "balance_transaction": "_balance_transaction.BalanceTransaction",
    "capability": "_capability.Capability",
    "charge": "_charge.Charge",
    "checkout.session": "checkout._session.Session",
    "customer": "_customer.Customer",
    "dispute": "_dispute.Dispute",
    "event": "_event.Event",
    "file": "_file.File",
    "item": "_line_item.LineItem",
    "login_link": "_login_link.LoginLink",
    "payment_intent": "_payment_intent.PaymentIntent",
    "payment_method": "_payment_method.PaymentMethod",
    "payout": "_payout.Payout",
    "refund": "_refund.Refund",
    "transfer": "_transfer.Transfer",
    "transfer_reversal": "_reversal.Reversal",
    "webhook_endpoint": "_webhook_endpoint.WebhookEndpoint",
}
# Base classes carry these outside the generated part.
ALWAYS = {"object", "deleted", "lastResponse"}


@functools.cache
def class_node(kind: str) -> ast.ClassDef:
    """The source of the client's class for an object kind."""
    module_name, _, name = MODULES[kind].rpartition(".")
    tree = ast.parse(inspect.getsource(importlib.import_module(f"stripe.{module_name}")))
    return next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == name)


def findings(body: dict[str, Any]) -> list[str]:
    """What in a body Stripe would not say."""
    kind = body.get("object", "")
    if kind == "list":
        return [found for row in body["data"] for found in findings(row)]
    if kind not in MODULES:
        return [f"{kind}: unknown kind of object"]
    node = class_node(kind)
    return _object(body, node, [node], kind)


def _object(body: Any, node: ast.ClassDef, scope: list[ast.ClassDef], path: str) -> list[str]:
    if not isinstance(body, dict):
        return [f"{path}: is no object"]
    fields = {
        line.target.id: line.annotation
        for line in node.body
        if isinstance(line, ast.AnnAssign)
        and isinstance(line.target, ast.Name)
        and not ast.unparse(line.annotation).startswith("ClassVar")
    }
    found = [
        f"{path}.{name}: Stripe has no such field"
        for name in body
        if name not in fields and name not in ALWAYS
    ]
    for name, annotation in fields.items():
        if name in body:
            found += _value(body[name], annotation, [node, *scope], f"{path}.{name}")
        elif not ast.unparse(annotation).startswith("Optional"):
            found.append(f"{path}.{name}: is always there at Stripe")
    return found


def _value(value: Any, note: ast.expr, scope: list[ast.ClassDef], path: str) -> list[str]:
    if isinstance(note, ast.Constant) and isinstance(note.value, str):
        note = ast.parse(note.value, mode="eval").body
    if isinstance(note, ast.Subscript):
        return _generic(value, note, scope, path)
    name = ast.unparse(note)
    if name in SCALARS:
        fits = isinstance(value, SCALARS[name]) and not (name == "int" and isinstance(value, bool))
        return [] if fits else [f"{path}: {value!r} is no {name}"]
    for outer in scope:
        for inner in outer.body:
            if isinstance(inner, ast.ClassDef) and inner.name == name:
                return _object(value, inner, scope, path)
    if isinstance(value, dict) and value.get("object") in MODULES:
        return findings(value)
    return []


def _generic(value: Any, note: ast.Subscript, scope: list[ast.ClassDef], path: str) -> list[str]:
    name = ast.unparse(note.value)
    inner = note.slice
    options = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name == "Optional":
        return [] if value is None else _value(value, inner, scope, path)
    if name == "Literal":
        allowed = [ast.literal_eval(option) for option in options]
        return [] if value in allowed else [f"{path}: {value!r} is none of {allowed}"]
    if name == "Union":
        known = [o for o in options if ast.unparse(o).startswith("Literal")]
        # Unions of literals with str say "or what comes later"; ours must be known today.
        tries = [_value(value, option, scope, path) for option in known or options]
        return [] if any(not found for found in tries) else tries[0]
    if name in ("List", "list"):
        if not isinstance(value, list):
            return [f"{path}: is no list"]
        return [f for n, row in enumerate(value) for f in _value(row, inner, scope, f"{path}[{n}]")]
    if name == "ListObject":
        good = isinstance(value, dict) and value.get("object") == "list" and "has_more" in value
        return findings(value) if good else [f"{path}: is no list object"]
    if name == "ExpandableField":
        return [] if isinstance(value, str) else findings(value)
    return [] if isinstance(value, dict) else [f"{path}: is no hash"]


@functools.cache
def accepted_params(name: str) -> frozenset[str]:
    """The parameters of a call, by the name of the client's TypedDict module."""
    package, _, module_name = name.rpartition(".")
    module = importlib.import_module(
        f"stripe.params.{package + '.' if package else ''}_{module_name}_params"
    )
    wanted = "".join(piece.capitalize() for piece in module_name.split("_")) + "Params"
    return frozenset(getattr(module, wanted).__annotations__)
