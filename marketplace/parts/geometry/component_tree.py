"""Unfolding components placed in components, weighed before a single corner is copied."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry.facts import GeometryError
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.topology import Indices
from marketplace.parts.geometry.triangle_limit import check_triangle_count

Key = tuple[str, str]


@dataclass(frozen=True)
class Component:
    """One thing placed once; `transform` (4, 3) has rows x, y, z and shift, for row vectors."""

    key: Key
    transform: Array | None


@dataclass
class Thing:
    """An object of a file: a mesh, or components, or both. `made` is False for supports."""

    made: bool = True
    name: str = ""
    triangles: int = 0
    points: Array = field(default_factory=lambda: np.empty((0, 3)))
    corners: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 3), np.int64))
    components: list[Component] = field(default_factory=list)


def unfold(
    build: list[Component], things: dict[Key, Thing], limits: Limits
) -> tuple[Array, Indices]:
    """Return the corners (triangles, 3, 3) of everything placed, and each triangle's placement.

    Raises GeometryError `endless_assembly`, `too_deep`, `too_many_instances`,
    `too_many_triangles`, `empty`, `unreadable` (a component that does not exist).
    """
    weights: dict[Key, tuple[int, int, int]] = {}
    placed = triangles = 0
    for component in build:
        _, meshes, faces = _weigh(component.key, things, weights, (), limits)
        placed, triangles = placed + meshes, triangles + faces
    if placed > limits.instances:
        raise GeometryError(
            "too_many_instances",
            f"This file places more than {limits.instances:,} components; we read up to that many. "
            "Please upload the parts one by one.",
        )
    check_triangle_count(triangles, limits)
    blocks: list[Array] = []
    for component in build:
        _collect(component, things, None, blocks)
    bodies = np.repeat(np.arange(len(blocks), dtype=np.int32), [len(block) for block in blocks])
    return np.concatenate(blocks), bodies


def _weigh(
    key: Key,
    things: dict[Key, Thing],
    weights: dict[Key, tuple[int, int, int]],
    path: tuple[Key, ...],
    limits: Limits,
) -> tuple[int, int, int]:
    """Return depth, placed components and triangles below a thing, counting each thing once."""
    if key in path:
        raise GeometryError(
            "endless_assembly",
            "A component of this file contains itself, so it has no end. Please export it again.",
        )
    if key not in things:
        raise GeometryError(
            "unreadable",
            "This file places a component that it does not hold. Please export it again.",
        )
    thing = things[key]
    if key not in weights:
        if len(path) >= limits.component_depth:
            raise _too_deep()
        below = [
            _weigh(component.key, things, weights, (*path, key), limits)
            for component in thing.components
        ]
        weights[key] = (
            1 + max((item[0] for item in below), default=0),
            1 + sum(item[1] for item in below),
            (thing.triangles if thing.made else 0) + sum(item[2] for item in below),
        )
    if len(path) + weights[key][0] > limits.component_depth:
        raise _too_deep()
    return weights[key]


def _too_deep() -> GeometryError:
    return GeometryError(
        "too_deep",
        "The components of this file are nested deeper than any part needs, so we do not read it. "
        "Please export it again.",
    )


def _collect(
    component: Component, things: dict[Key, Thing], outer: Array | None, blocks: list[Array]
) -> None:
    thing = things[component.key]
    transform = _combined(component.transform, outer)
    if thing.made and thing.triangles:
        points, corners = thing.points, thing.corners
        if transform is not None:
            points = points @ transform[:3] + transform[3]
            if np.linalg.det(transform[:3]) < 0:
                corners = corners[:, ::-1]
        blocks.append(points[corners])
    for inner in thing.components:
        _collect(inner, things, transform, blocks)


def _combined(inner: Array | None, outer: Array | None) -> Array | None:
    if inner is None or outer is None:
        return outer if inner is None else inner
    combined: Array = inner @ outer[:3]
    combined[3] += outer[3]
    return combined
