"""Which parameters Stripe knows, read from the source of its installed client.

The client's ``TypedDict`` classes are generated from Stripe's own description. Their source is
read, not imported: the sandbox runs without the client, and a whole import would cost a second.
"""

from __future__ import annotations

import functools
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_CLASS = re.compile(r"class (\w+)\((\w+)")
_FIELD = re.compile(r"    (\w+): ?(.*)")
_WORD = re.compile(r"\w+")
# Hashes with keys of the caller's choice, such as metadata.
_FREE = ("Dict", "UntypedStripeObject")

Fields = dict[str, str]


def unknown(call: str, params: dict[str, Any]) -> str:
    """Return the first parameter Stripe would not know, in Stripe's spelling, or "".

    ``call`` names the client's module, for example ``checkout.session_create``. A parameter deep
    inside is written ``payment_intent_data[colour]``.
    """
    classes = _classes(call)
    root = "".join(word.capitalize() for word in call.rpartition(".")[2].split("_")) + "Params"
    return _first(classes, [root], params, "") if root in classes else ""


def _first(classes: dict[str, Fields], names: list[str], value: Any, path: str) -> str:
    if isinstance(value, list):
        found = (_first(classes, names, row, f"{path}[{n}]") for n, row in enumerate(value))
        return next((name for name in found if name), "")
    if not isinstance(value, dict):
        return ""
    fields = {name: note for each in names for name, note in classes[each].items()}
    for name, child in value.items():
        inside = f"{path}[{name}]" if path else name
        if name not in fields:
            return inside
        words = _WORD.findall(fields[name])
        hashes = [word for word in words if word in classes]
        if hashes and not any(word in _FREE for word in words):
            deeper = _first(classes, hashes, child, inside)
            if deeper:
                return deeper
    return ""


@functools.cache
def _classes(call: str) -> dict[str, Fields]:
    """Every class of a module with its fields and their annotations as text."""
    client = find_spec("stripe")
    if client is None or client.origin is None:
        return {}
    package, _, name = call.rpartition(".")
    source = Path(client.origin).parent / "params" / package / f"_{name}_params.py"
    classes: dict[str, Fields] = {}
    fields: Fields = {}
    field, in_words = "", False
    for line in source.read_text().splitlines():
        if line.strip().startswith('"""'):
            in_words = not in_words if line.count('"""') == 1 else in_words
            field = ""
        elif in_words:
            continue
        elif opened := _CLASS.match(line):
            fields = classes[opened[1]] = dict(classes.get(opened[2], {}))
        elif found := _FIELD.match(line):
            field = found[1]
            fields[field] = found[2]
        elif field:
            fields[field] += line
    return classes
