"""Cheap checks on the text of a STEP file before the kernel sees it.

Two kinds of small files are deadly: parentheses nested thousands deep overflow the kernel's
stack, and an assembly of assemblies of assemblies multiplies to billions of instances.
"""

import re

import numpy as np

from marketplace.parts.geometry.facts import GeometryError

_TEXT_OR_COMMENT = re.compile(rb"'[^']*'|/\*.*?\*/", re.DOTALL)
_USE = re.compile(
    rb"NEXT_ASSEMBLY_USAGE_OCCURRENCE\s*\(\s*'(?:[^']|'')*'\s*,\s*(?:'(?:[^']|'')*'|\$)\s*,"
    rb"\s*(?:'(?:[^']|'')*'|\$)\s*,\s*#(\d+)\s*,\s*#(\d+)"
)
_ENTITY = re.compile(rb"#(\d+)\s*=\s*([A-Z_0-9]*)\s*\(([^;]*)\)\s*;")
_REFERENCE = re.compile(rb"#(\d+)")
_OPEN, _CLOSE = ord("("), ord(")")
_MAP_ENTITIES = (b"MAPPED_ITEM", b"REPRESENTATION_MAP")


def check_step_text(data: bytes, *, nesting: int, instances: int) -> None:
    """Refuse files the kernel would die of.

    `nesting` is the deepest nesting of parentheses and `instances` the largest number of placed
    components we accept. Raises GeometryError: `wrong_format`, `truncated`, `too_deep`,
    `too_many_instances`, `endless_assembly`.
    """
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"ISO-10303-21"):
        raise GeometryError(
            "wrong_format",
            "This is not a STEP file: it does not begin with ISO-10303-21. Please export the part "
            "again as STEP.",
        )
    if b"END-ISO-10303-21" not in data[-4096:] and b"ENDSEC" not in data[-4096:]:
        raise GeometryError(
            "truncated",
            "This STEP file ends in the middle. It was probably cut off while being saved or "
            "sent; please export it again.",
        )
    if deepest_nesting(data, nesting) > nesting:
        raise GeometryError(
            "too_deep",
            "This STEP file is nested deeper than any part needs, so we do not read it. Please "
            "export it again.",
        )
    count = count_instances(data, instances)
    if count > instances:
        raise GeometryError(
            "too_many_instances",
            f"This assembly places more than {instances:,} components; we read up to that many. "
            "Please upload the parts one by one.",
        )


def is_assembly(data: bytes) -> bool:
    """Say whether a STEP file places products in products."""
    return b"NEXT_ASSEMBLY_USAGE_OCCURRENCE" in data


def deepest_nesting(data: bytes, enough: int) -> int:
    """Return how deep parentheses are nested, looking closely only where it may exceed `enough`.

    A statement with at most `enough` opening parentheses cannot be nested deeper. In the others
    texts and comments are taken out before counting.
    """
    deepest = 0
    for statement in data.split(b";"):
        opened = statement.count(b"(")
        if opened > enough:
            deepest = max(deepest, _nesting_of(_TEXT_OR_COMMENT.sub(b"", statement)))
    return deepest


def _nesting_of(statement: bytes) -> int:
    codes = np.frombuffer(statement, dtype=np.uint8)
    steps = (codes == _OPEN).astype(np.int32) - (codes == _CLOSE).astype(np.int32)
    return int(np.cumsum(steps).max(initial=0))


def count_instances(data: bytes, most: int) -> int:
    """Return how many placed components the assembly unfolds to, counting stops above `most`.

    Follows both ways STEP has of placing things: occurrences of products in products, and mapped
    items of representations in representations. Raises GeometryError `endless_assembly` when a
    component contains itself.
    """
    uses: dict[bytes, list[bytes]] = {}
    if b"NEXT_ASSEMBLY_USAGE_OCCURRENCE" in data:
        for parent, child in _USE.findall(data):
            uses.setdefault(parent, []).append(child)
    count = _unfolded(uses, most)
    if count <= most and _MAP_ENTITIES[0] in data:
        count = max(count, _unfolded(_mapped_uses(data), most))
    return count


def _mapped_uses(data: bytes) -> dict[bytes, list[bytes]]:
    """Return which representation uses which through mapped items."""
    mapped: dict[bytes, bytes] = {}
    maps: dict[bytes, bytes] = {}
    items: dict[bytes, list[bytes]] = {}
    for number, name, body in _ENTITY.findall(data):
        if name == b"MAPPED_ITEM":
            mapped[number] = _REFERENCE.findall(body)[0] if b"#" in body else b""
        elif name == b"REPRESENTATION_MAP":
            maps[number] = (_REFERENCE.findall(body) or [b""])[-1]
        elif name.endswith(b"REPRESENTATION"):
            items[number] = _REFERENCE.findall(body)
    return {
        user: [maps.get(mapped[item], b"") for item in inside if item in mapped]
        for user, inside in items.items()
    }


def _unfolded(uses: dict[bytes, list[bytes]], most: int) -> int:
    """Return the number of instances below all roots of a directed graph, `most` + 1 at most."""
    below: dict[bytes, int] = {}
    on_path: set[bytes] = set()
    for root in uses:
        stack = [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                on_path.discard(node)
                total = sum(1 + below.get(child, 0) for child in uses.get(node, ()))
                below[node] = min(total, most + 1)
            elif node not in below:
                if node in on_path:
                    raise GeometryError(
                        "endless_assembly",
                        "A component of this assembly contains itself, so it has no end. Please "
                        "export it again.",
                    )
                on_path.add(node)
                stack.append((node, True))
                stack.extend((child, False) for child in uses.get(node, ()) if child not in below)
    return max(below.values(), default=0)
