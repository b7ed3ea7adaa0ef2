"""The surface that is shown: points with normals, few enough triangles to turn in a browser."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry.mesh import Array, cross
from marketplace.parts.geometry.topology import Indices, join

CREASE_COSINE = 0.766
"""Neighbors whose normals differ by less than 40 degrees are shaded as one smooth surface."""


@dataclass(frozen=True)
class Surface:
    """Triangles to show, in millimeters: `points` and `normals` (n, 3), `triangles` (m, 3).

    `closed` says that back sides can never be seen; `simplified` that details were merged.
    """

    points: npt.NDArray[np.floating]
    normals: npt.NDArray[np.floating]
    triangles: Indices
    closed: bool
    simplified: bool = False


def shown_surface(
    points: npt.NDArray[np.floating], triangles: Indices, closed: bool, most: int
) -> Surface:
    """Return a surface of at most about `most` triangles with normals that keep sharp edges."""
    simplified = len(triangles) > most
    if simplified:
        points, triangles = merge_close_points(points, triangles, most)
    points, normals, triangles = with_crease_normals(points.astype(np.float64), triangles)
    return Surface(points, normals, triangles, closed, simplified)


def merge_close_points(
    points: npt.NDArray[np.floating], triangles: Indices, most: int
) -> tuple[Array, Indices]:
    """Merge points that share a cell of a grid until at most `most` triangles are left.

    A surface of area A crosses about A / s**2 cells of side s and keeps two triangles in each.
    """
    low = points.min(axis=0)
    spread = points.max(axis=0) - low
    area = 2 * (spread[0] * spread[1] + spread[1] * spread[2] + spread[2] * spread[0])
    side = float(np.sqrt(2 * max(area, 1e-12) / most)) / 2
    while True:
        cells = np.floor((points - low) / side).astype(np.int64)
        steps = np.floor(spread / side).astype(np.int64) + 1
        keys = (cells[:, 0] * steps[1] + cells[:, 1]) * steps[2] + cells[:, 2]
        _, first, cell_of = np.unique(keys, return_index=True, return_inverse=True)
        merged = cell_of.astype(np.int32)[triangles]
        a, b, c = merged[:, 0], merged[:, 1], merged[:, 2]
        merged = merged[(a != b) & (b != c) & (c != a)]
        if len(merged) <= most:
            break
        side *= max(1.05, float(np.sqrt(len(merged) / most)))
    counts = np.bincount(cell_of)
    places = np.empty((len(first), 3))
    for axis in range(3):
        places[:, axis] = np.bincount(cell_of, points[:, axis]) / counts
    return places, merged


def with_crease_normals(points: Array, triangles: Indices) -> tuple[Array, Array, Indices]:
    """Return (points, normals, triangles) with points doubled along sharp edges.

    Corners that meet in a point and are linked by smooth edges share one normal, the mean of
    their triangles weighted by area.
    """
    corners = points[triangles]
    weighted = cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    unit = normalized(weighted)
    group = join(*_smooth_pairs(triangles, unit, len(points)), triangles.size)
    leaders, member = np.unique(group, return_inverse=True)
    weights = np.repeat(weighted, 3, axis=0)
    normals = np.empty((len(leaders), 3))
    for axis in range(3):
        normals[:, axis] = np.bincount(member, weights[:, axis], len(leaders))
    return (
        points[triangles.reshape(-1)[leaders]],
        normalized(normals),
        member.astype(np.int32).reshape(-1, 3),
    )


def _smooth_pairs(triangles: Indices, unit: Array, points: int) -> tuple[Indices, Indices]:
    """Return pairs of corners (numbered 3 * triangle + place) joined across smooth edges."""
    count = len(triangles)
    start = triangles.reshape(-1)
    end = triangles[:, (1, 2, 0)].reshape(-1)
    start_corner = np.arange(3 * count, dtype=np.int32)
    end_corner = start_corner + np.tile(np.array([1, 1, -2], dtype=np.int32), count)
    keys = np.minimum(start, end).astype(np.int64) * points + np.maximum(start, end)
    order = np.argsort(keys)
    keys = keys[order]
    pair = np.flatnonzero(keys[1:] == keys[:-1])
    one, two = order[pair], order[pair + 1]
    smooth = np.einsum("ij,ij->i", unit[one // 3], unit[two // 3]) > CREASE_COSINE
    one, two = one[smooth], two[smooth]
    facing = start[one] == end[two]
    a = np.concatenate([start_corner[one], end_corner[one]])
    b = np.concatenate(
        [
            np.where(facing, end_corner[two], start_corner[two]),
            np.where(facing, start_corner[two], end_corner[two]),
        ]
    )
    return a, b


def normalized(vectors: Array) -> Array:
    """Return the vectors with length 1; a vector of no length points up."""
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    safe = np.where(length > 0, length, 1.0)
    out = vectors / safe[:, None]
    out[length == 0] = (0.0, 0.0, 1.0)
    return out
