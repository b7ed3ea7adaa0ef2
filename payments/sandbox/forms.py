"""Stripe's form encoding: ``metadata[order]=1&expand[]=latest_charge`` and back to a tree."""

from __future__ import annotations

import hashlib
import re
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl, urlencode

from .errors import invalid_param, missing_param

_PIECE = re.compile(r"\[([^\[\]]*)\]")
_MAX_DEPTH = 8


def decode(encoded: str) -> dict[str, Any]:
    """Return the nested parameters of a query string or form body.

    Numbered keys (``line_items[0][quantity]``) and empty brackets become lists. Raises
    ``ApiError`` 400 for nesting deeper than eight levels.
    """
    tree: dict[str, Any] = {}
    for raw_name, value in parse_qsl(encoded, keep_blank_values=True):
        name, _, rest = raw_name.partition("[")
        pieces = [name, *_PIECE.findall("[" + rest)] if rest else [name]
        if len(pieces) > _MAX_DEPTH:
            raise invalid_param(name, "Parameters are nested too deeply.")
        _insert(tree, pieces, value)
    return _listed(tree)


# How the kinds of files Stripe takes as evidence begin.
_BEGINNINGS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG": "png"}


def from_multipart(content_type: str, body: bytes) -> str:
    """Return a form with a file as an encoded form that says name, type, size and digest of it."""
    whole = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    )
    pairs: list[tuple[str, str]] = []
    for part in whole.iter_parts():
        name = str(part.get_param("name", "", "Content-Disposition"))
        content = part.get_payload(decode=True)
        data = content if isinstance(content, bytes) else b""
        filename = part.get_filename()
        if filename is None:
            pairs.append((name, data.decode("utf-8", "replace")))
            continue
        kind = next((kind for start, kind in _BEGINNINGS.items() if data.startswith(start)), "")
        facts = {
            "name": filename,
            "type": kind,
            "size": str(len(data)),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        pairs += [(f"{name}[{fact}]", value) for fact, value in facts.items()]
    return urlencode(pairs)


def _insert(tree: dict[str, Any], pieces: list[str], value: str) -> None:
    node = tree
    for piece in pieces[:-1]:
        child = node.setdefault(piece if piece else str(len(node)), {})
        if not isinstance(child, dict):
            raise invalid_param(pieces[0], "A parameter cannot be a value and a hash at once.")
        node = child
    last = pieces[-1]
    node[last if last else str(len(node))] = value


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [_listed(node[key]) for key in sorted(node, key=int)]
    return {key: _listed(child) for key, child in node.items()}


def integer(params: dict[str, Any], name: str, default: int | None = None) -> int | None:
    """Read a whole number; raises ``ApiError`` 400 when it is something else."""
    raw = params.get(name)
    if raw is None or raw == "":
        return default
    if not isinstance(raw, str) or not re.fullmatch(r"-?\d{1,15}", raw):
        raise invalid_param(name, f"Invalid integer: {raw}", "parameter_invalid_integer")
    return int(raw)


def positive(params: dict[str, Any], name: str, default: int | None = None) -> int:
    """Read a whole number of at least 1; raises ``ApiError`` 400 when absent or smaller."""
    value = integer(params, name, default)
    if value is None:
        raise missing_param(name)
    if value < 1:
        raise invalid_param(
            name, "This value must be greater than or equal to 1.", "parameter_invalid_integer"
        )
    return value


def text(params: dict[str, Any], name: str) -> str:
    """Read a required string; raises ``ApiError`` 400 when absent."""
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise missing_param(name)
    return value


def truth(params: dict[str, Any], name: str, default: bool = False) -> bool:
    """Read ``true`` or ``false``."""
    value = params.get(name)
    return default if value is None else value == "true"


def string_map(params: dict[str, Any], name: str = "metadata") -> dict[str, str]:
    """Read a hash of strings such as metadata; absent or empty means an empty hash."""
    value = params.get(name)
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise invalid_param(name, f"Invalid hash for {name}.")
    return {str(key): str(child) for key, child in value.items()}
