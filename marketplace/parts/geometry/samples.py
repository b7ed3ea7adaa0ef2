"""Points spread over a surface, the same ones every time the same triangles are read."""

from dataclasses import dataclass

import numpy as np

from marketplace.parts.geometry.facets import Facets
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.topology import Indices

SPREAD = 2_000
FACES_VISITED = 2_000
_R2 = (0.7548776662466927, 0.5698402909980532)
"""Steps of the two-dimensional low-discrepancy sequence R2 (M. Roberts, 2018)."""


@dataclass(frozen=True)
class Samples:
    """Points (k, 3) with outward normals; the first `spread` stand for equal shares of the area.

    The others were added so that no face is without a sample; `face` numbers the face of each.
    """

    points: Array
    normals: Array
    face: Indices
    triangle: Indices
    spread: int


def samples_of(facets: Facets, spread: int = SPREAD) -> Samples:
    """Return `spread` points, each for an equal share of the area, and one more a face."""
    reached = np.cumsum(facets.areas)
    wanted = (np.arange(spread) + 0.5) * (reached[-1] / spread)
    triangle = np.minimum(np.searchsorted(reached, wanted), len(reached) - 1)
    u = np.mod(0.5 + np.arange(spread) * _R2[0], 1.0)
    v = np.mod(0.5 + np.arange(spread) * _R2[1], 1.0)
    over = u + v > 1.0
    u[over], v[over] = 1.0 - u[over], 1.0 - v[over]
    if facets.faces <= FACES_VISITED:
        extra = largest_triangles(facets)
        triangle = np.concatenate([triangle, extra])
        u = np.concatenate([u, np.full(len(extra), 1 / 3)])
        v = np.concatenate([v, np.full(len(extra), 1 / 3)])
    corners = facets.corners[triangle]
    points = corners[:, 0] + u[:, None] * (corners[:, 1] - corners[:, 0])
    points += v[:, None] * (corners[:, 2] - corners[:, 0])
    return Samples(
        points,
        facets.normals[triangle],
        facets.face[triangle],
        triangle.astype(np.int32),
        spread,
    )


def largest_triangles(facets: Facets) -> Indices:
    """Return the largest triangle of each face."""
    order = np.lexsort((-facets.areas, facets.face))
    first = np.flatnonzero(np.r_[True, np.diff(facets.face[order]) != 0])
    return order[first].astype(np.int32)
