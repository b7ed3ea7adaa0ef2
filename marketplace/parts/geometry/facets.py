"""The triangles of one part as the measuring modules want them: welded, numbered by face.

A face is a face of the exact model, or, of a mesh, a patch of triangles in one plane. Everything
is in millimeters in the coordinates of the file.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry.mesh import Array, Hashes, cross, hash_points
from marketplace.parts.geometry.surface import Surface
from marketplace.parts.geometry.topology import Indices, join, weld

SHARP_COSINE = np.cos(np.radians(25.0))
FLAT_COSINE = 1.0 - 1e-6
GRID_PER_SIZE = 1e-7


@dataclass(frozen=True)
class Pairs:
    """Edges shared by two triangles: `one` and `two` are triangles, `start` and `end` points."""

    one: Indices
    two: Indices
    start: Indices
    end: Indices


@dataclass(frozen=True)
class Facets:
    """Triangles (m, 3) over welded points (n, 3); `face` (m,) numbers the face of each.

    `tolerance` is how far a triangle may be off the true surface; 0 for a mesh, which is its own
    truth.
    """

    points: Array
    triangles: Indices
    face: Indices
    tolerance: float

    @cached_property
    def corners(self) -> Array:
        """Return the corners, shape (m, 3, 3)."""
        corners: Array = self.points[self.triangles]
        return corners

    @cached_property
    def doubled(self) -> Array:
        """Return the normals, as long as twice the areas."""
        corners = self.corners
        return cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])

    @cached_property
    def areas(self) -> Array:
        """Return the areas in square millimeters."""
        areas: Array = np.sqrt(np.einsum("ij,ij->i", self.doubled, self.doubled)) / 2
        return areas

    @cached_property
    def normals(self) -> Array:
        """Return the outward unit normals; those of degenerate triangles are zero."""
        length = 2 * self.areas
        normals: Array = self.doubled / np.where(length > 0, length, 1.0)[:, None]
        return normals

    @cached_property
    def size(self) -> float:
        """Return the diagonal of the box in millimeters."""
        return float(np.linalg.norm(self.points.max(axis=0) - self.points.min(axis=0)))

    @cached_property
    def faces(self) -> int:
        """Return the number of faces."""
        return int(self.face.max()) + 1

    @cached_property
    def flat(self) -> npt.NDArray[np.bool_]:
        """Return for each face whether all its triangles lie in parallel planes."""
        mean = np.empty((self.faces, 3))
        for axis in range(3):
            mean[:, axis] = np.bincount(self.face, self.doubled[:, axis], self.faces)
        length = np.linalg.norm(mean, axis=1)
        area = np.bincount(self.face, 2 * self.areas, self.faces)
        flat: npt.NDArray[np.bool_] = (area > 0) & (length >= area * FLAT_COSINE)
        return flat

    @cached_property
    def pairs(self) -> Pairs:
        """Return the edges two triangles share."""
        return shared_edges(self.triangles, len(self.points))

    @cached_property
    def sharp(self) -> npt.NDArray[np.bool_]:
        """Return which pairs are sharp edges: normals more than 25 degrees apart."""
        cosine = np.einsum("ij,ij->i", self.normals[self.pairs.one], self.normals[self.pairs.two])
        sharp: npt.NDArray[np.bool_] = cosine < SHARP_COSINE
        return sharp


def facets_of_mesh(points: Array, triangles: Indices) -> Facets:
    """Return the facets of a welded mesh; its faces are patches of one plane."""
    flat = Facets(points, triangles, np.zeros(len(triangles), dtype=np.int32), 0.0)
    pairs = flat.pairs
    cosine = np.einsum("ij,ij->i", flat.normals[pairs.one], flat.normals[pairs.two])
    level = cosine > FLAT_COSINE
    leads = join(pairs.one[level], pairs.two[level], len(triangles))
    _, face = np.unique(leads, return_inverse=True)
    return Facets(points, triangles, face.astype(np.int32), 0.0)


def facets_of_faces(points: Array, triangles: Indices, face: Indices, tolerance: float) -> Facets:
    """Return the facets of triangulated faces whose borders hold the same points twice."""
    places, welded, kept = _welded(points, triangles)
    return Facets(places, welded[kept], face[kept], tolerance)


def _welded(points: Array, triangles: Indices) -> tuple[Array, Indices, npt.NDArray[np.bool_]]:
    """Return points without doubles, the triangles over them, and which still have an area."""
    size = float(np.linalg.norm(points.max(axis=0) - points.min(axis=0))) or 1.0
    grid = np.round(points / (size * GRID_PER_SIZE)) * (size * GRID_PER_SIZE)
    hashes: Hashes = hash_points(grid)[triangles]
    standing, welded = weld(hashes)
    places = points[triangles.reshape(-1)[standing]]
    a, b, c = welded[:, 0], welded[:, 1], welded[:, 2]
    return places, welded, (a != b) & (b != c) & (c != a)


def shared_edges(triangles: Indices, points: int) -> Pairs:
    """Return the edges that exactly neighboring entries of the sorted edge list share."""
    start = triangles.reshape(-1)
    end = triangles[:, (1, 2, 0)].reshape(-1)
    keys = np.minimum(start, end).astype(np.int64) * points + np.maximum(start, end)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    pair = np.flatnonzero(keys[1:] == keys[:-1])
    one, two = order[pair], order[pair + 1]
    return Pairs((one // 3).astype(np.int32), (two // 3).astype(np.int32), start[one], end[one])


def sharp_lines(surface: Surface) -> tuple[Array, Indices]:
    """Return points and the lines (k, 2) over them to draw: sharp edges and open borders."""
    points, welded, kept = _welded(surface.points.astype(np.float64), surface.triangles)
    triangles = welded[kept]
    facets = Facets(points, triangles, np.zeros(len(triangles), dtype=np.int32), 0.0)
    pairs, sharp = facets.pairs, facets.sharp
    lines = [np.column_stack([pairs.start[sharp], pairs.end[sharp]])]
    start = triangles.reshape(-1)
    end = triangles[:, (1, 2, 0)].reshape(-1)
    keys = np.minimum(start, end).astype(np.int64) * len(points) + np.maximum(start, end)
    _, first, count = np.unique(keys, return_index=True, return_counts=True)
    alone = first[count == 1]
    lines.append(np.column_stack([start[alone], end[alone]]))
    used, number = np.unique(np.concatenate(lines), return_inverse=True)
    return points[used], number.reshape(-1, 2).astype(np.int32)
