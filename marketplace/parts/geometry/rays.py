"""Which triangle a ray meets first: a tree of boxes in numpy, walked by all rays at once."""

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry.budget import Budget
from marketplace.parts.geometry.mesh import Array, cross
from marketplace.parts.geometry.topology import Indices

LEAF = 8
RAYS_AT_ONCE = 1_500
PAIRS_AT_ONCE = 200_000
NOTHING = -1


class RayTree:
    """Triangles of shape (m, 3, 3) sorted into a balanced tree of boxes."""

    def __init__(self, corners: Array, budget: Budget) -> None:
        self.corners, self.budget = corners, budget
        self.levels = max(0, int(np.ceil(np.log2(max(1, len(corners)) / LEAF))))
        total = LEAF << self.levels
        order = np.minimum(np.arange(total), len(corners) - 1).astype(np.int32)
        middle = corners.mean(axis=1)
        for level in range(self.levels):
            budget.check()
            rows = order.reshape(1 << level, -1)
            places = middle[rows]
            axis = np.argmax(places.max(axis=1) - places.min(axis=1), axis=1)
            keys = np.take_along_axis(places, axis[:, None, None], axis=2)[:, :, 0]
            order = np.take_along_axis(rows, np.argsort(keys, axis=1), axis=1).reshape(-1)
        self.order: Indices = order
        low = corners.min(axis=1)[order].reshape(-1, LEAF, 3).min(axis=1)
        high = corners.max(axis=1)[order].reshape(-1, LEAF, 3).max(axis=1)
        self.boxes = [(low, high)]
        while len(low) > 1:
            low = np.minimum(low[::2], low[1::2])
            high = np.maximum(high[::2], high[1::2])
            self.boxes.insert(0, (low, high))

    def first_hits(self, origins: Array, directions: Array) -> tuple[Array, Indices]:
        """Return distance and triangle of the first hit of each ray; infinity and NOTHING else.

        Directions are unit vectors, both arrays (rays, 3). Raises OutOfTime.
        """
        distance = np.full(len(origins), np.inf)
        triangle = np.full(len(origins), NOTHING, dtype=np.int32)
        for start in range(0, len(origins), RAYS_AT_ONCE):
            some = slice(start, start + RAYS_AT_ONCE)
            self.budget.check()
            distance[some], triangle[some] = self._hits(origins[some], directions[some])
        return distance, triangle

    def _hits(self, origins: Array, directions: Array) -> tuple[Array, Indices]:
        with np.errstate(divide="ignore"):
            inverse = 1.0 / np.where(directions == 0.0, 1e-300, directions)
        ray, node = np.arange(len(origins)), np.zeros(len(origins), dtype=np.int64)
        for level, (low, high) in enumerate(self.boxes):
            if level:
                ray, node = np.repeat(ray, 2), np.repeat(2 * node, 2)
                node[1::2] += 1
            inside = _meets(low[node], high[node], origins[ray], inverse[ray])
            ray, node = ray[inside], node[inside]
        distance = np.full(len(origins), np.inf)
        triangle = np.full(len(origins), NOTHING, dtype=np.int32)
        for start in range(0, len(ray), PAIRS_AT_ONCE // LEAF):
            self.budget.check()
            some = slice(start, start + PAIRS_AT_ONCE // LEAF)
            owner = np.repeat(ray[some], LEAF)
            hit = self.order.reshape(-1, LEAF)[node[some]].reshape(-1)
            far = _distances(self.corners[hit], origins[owner], directions[owner])
            np.minimum.at(distance, owner, far)
            wins = np.isfinite(far) & (far == distance[owner])
            triangle[owner[wins]] = hit[wins]
        return distance, triangle


def _meets(low: Array, high: Array, origins: Array, inverse: Array) -> npt.NDArray[np.bool_]:
    with np.errstate(over="ignore", invalid="ignore"):
        one, two = (low - origins) * inverse, (high - origins) * inverse
    near = np.minimum(one, two).max(axis=1)
    far = np.maximum(one, two).min(axis=1)
    meets: npt.NDArray[np.bool_] = far >= np.maximum(near, 0.0) * (1 - 1e-9)
    return meets


def _distances(corners: Array, origins: Array, directions: Array) -> Array:
    """Return the distance to each triangle along its ray, infinity for a miss.

    The test of Moeller and Trumbore, Fast, Minimum Storage Ray/Triangle Intersection (1997).
    """
    first = corners[:, 0]
    u, v = corners[:, 1] - first, corners[:, 2] - first
    p = cross(directions, v)
    determinant = np.einsum("ij,ij->i", u, p)
    flat = np.abs(determinant) < 1e-14 * np.einsum("ij,ij->i", u, u)
    scale = 1.0 / np.where(flat | (determinant == 0.0), 1.0, determinant)
    offset = origins - first
    a = np.einsum("ij,ij->i", offset, p) * scale
    q = cross(offset, u)
    b = np.einsum("ij,ij->i", directions, q) * scale
    far = np.einsum("ij,ij->i", v, q) * scale
    slack = 1e-9
    miss = flat | (determinant == 0.0) | (a < -slack) | (b < -slack) | (a + b > 1 + slack)
    miss |= far <= 0.0
    far[miss] = np.inf
    return far
