"""Cutting polygons into triangles, for the formats that have polygons."""

from itertools import pairwise

import numpy as np

from marketplace.parts.geometry.mesh import Array


def triangulate(points: Array, polygon: list[int]) -> list[tuple[int, int, int]]:
    """Return triangles (indices into `points`) that cover a polygon, in its sense of rotation.

    A convex polygon becomes a fan; a hollowed one is cut ear by ear, because a fan would cover
    its notches and count their area twice.
    """
    if len(polygon) < 3:
        return []
    fan = [(polygon[0], a, b) for a, b in pairwise(polygon[1:])]
    if len(fan) == 1:
        return fan
    corners = points[np.array(fan)]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = normals.sum(axis=0)
    if not np.isfinite(total).all() or (normals @ total >= 0).all():
        return fan
    return _ears(points, polygon, total) or fan


def _ears(points: Array, polygon: list[int], normal: Array) -> list[tuple[int, int, int]]:
    """Cut convex corners off one by one; return nothing when the polygon crosses itself."""
    drop = int(np.argmax(np.abs(normal)))
    across, along = ((1, 2), (2, 0), (0, 1))[drop]
    sign = 1.0 if normal[drop] > 0 else -1.0
    flat = {index: (points[index, across] * sign, points[index, along]) for index in polygon}
    left, triangles = list(polygon), []
    while len(left) > 3:
        for place in range(len(left)):
            a, b, c = left[place - 1], left[place], left[(place + 1) % len(left)]
            if _turn(flat[a], flat[b], flat[c]) <= 0:
                continue
            others = (flat[index] for index in left if index not in (a, b, c))
            if any(_inside(spot, flat[a], flat[b], flat[c]) for spot in others):
                continue
            triangles.append((a, b, c))
            del left[place]
            break
        else:
            return []
    return [*triangles, (left[0], left[1], left[2])]


Spot = tuple[float, float]


def _turn(a: Spot, b: Spot, c: Spot) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _inside(spot: Spot, a: Spot, b: Spot, c: Spot) -> bool:
    return _turn(a, b, spot) >= 0 and _turn(b, c, spot) >= 0 and _turn(c, a, spot) >= 0
