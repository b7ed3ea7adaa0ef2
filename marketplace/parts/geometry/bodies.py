"""Distinct bodies and the tree of components as plain values. Millimeters."""

from typing import Any

import numpy as np

from marketplace.parts.geometry.checked import DEEPEST_TREE, MOST_BODIES, MOST_NODES
from marketplace.parts.geometry.component_tree import Component, Key, Thing
from marketplace.parts.geometry.fingerprint import volume_of
from marketplace.parts.geometry.topology import Bodies

UNNAMED = "Body"
Found = tuple[list[dict[str, Any]], dict[str, Any] | None, bool]


def single(volume: float | None) -> list[dict[str, Any]]:
    """Return the list of bodies of a file that holds one."""
    return [body(0, f"{UNNAMED} 1", 1, volume, None)]


def body(
    index: int, name: str, count: int, volume: float | None, box: list[float] | None
) -> dict[str, Any]:
    """Return one distinct body."""
    return {"index": index, "name": name, "count": count, "volume_mm3": volume, "bbox_mm": box}


def bodies_of_pieces(pieces: Bodies, scale: float) -> Found:
    """Return the bodies of a mesh of several pieces, each a body of its own.

    Pieces that lie as voids in others cannot be told apart here, so then there are none.
    """
    if pieces.voids:
        return [], None, True
    found = [
        body(
            index,
            f"{UNNAMED} {index + 1}",
            1,
            abs(float(pieces.volumes[index])) * scale**3,
            [float(side) * scale for side in pieces.high[index] - pieces.low[index]],
        )
        for index in range(min(pieces.count, MOST_BODIES))
    ]
    tree = branch("", 1, [leaf(str(one["name"]), 1, one) for one in found])
    return found, tree, pieces.count > MOST_BODIES


def bodies_of_things(
    build: list[Component], things: dict[Key, Thing], scale: float, *, closed: bool
) -> Found:
    """Return the distinct objects of a 3MF file and its tree of components with their names.

    `closed` says that volumes mean something. Weighed before: nothing here unfolds without end.
    """
    made = [key for key, thing in things.items() if thing.made and thing.triangles]
    placed: dict[Key, int] = dict.fromkeys(made, 0)
    left = [MOST_NODES - 1]
    found: list[dict[str, Any]] = []
    index: dict[Key, int] = {}
    for key in made[:MOST_BODIES]:
        thing = things[key]
        index[key] = len(found)
        volume = abs(volume_of(thing.points[thing.corners])) * scale**3 if closed else None
        used = thing.points[np.unique(thing.corners)]
        sides = [float(side) * scale for side in np.ptp(used, axis=0)]
        found.append(
            body(len(found), thing.name or f"{UNNAMED} {len(found) + 1}", 0, volume, sides)
        )

    def node(key: Key, count: int, times: int, depth: int) -> dict[str, Any] | None:
        if left[0] <= 0 or depth > DEEPEST_TREE:
            return None
        left[0] -= 1
        thing = things[key]
        own = None
        if key in index:
            placed[key] += times
            found[index[key]]["count"] = placed[key]
            own = leaf(str(found[index[key]]["name"]), count, found[index[key]])
        if not thing.components:
            return own
        children = below(thing.components, times, depth)
        if own is not None:
            children.insert(0, {**own, "count": 1})
        return branch(thing.name or UNNAMED, count, children)

    def below(components: list[Component], times: int, depth: int) -> list[dict[str, Any]]:
        counts: dict[Key, int] = {}
        for component in components:
            counts[component.key] = counts.get(component.key, 0) + 1
        nodes = [node(key, many, times * many, depth + 1) for key, many in counts.items()]
        return [one for one in nodes if one is not None]

    children = below(build, 1, 0)
    cut = left[0] <= 0 or len(made) > MOST_BODIES
    if sum(placed.values()) <= 1 and not cut:
        return found, None, False
    return found, children[0] if len(children) == 1 else branch("", 1, children), cut


def leaf(name: str, count: int, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "count": count,
        "body": body["index"],
        "volume_mm3": body["volume_mm3"],
        "bbox_mm": body["bbox_mm"],
        "children": [],
    }


def branch(name: str, count: int, children: list[dict[str, Any]]) -> dict[str, Any]:
    volumes = [child["volume_mm3"] for child in children]
    volume = None
    if children and all(value is not None for value in volumes):
        volume = sum(child["volume_mm3"] * child["count"] for child in children)
    return {
        "name": name,
        "count": count,
        "body": None,
        "volume_mm3": volume,
        "bbox_mm": None,
        "children": children,
    }
