"""Wall thickness, gaps and pockets by rays from sample points, in millimeters."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry.facets import Facets
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.rays import NOTHING, RayTree
from marketplace.parts.geometry.samples import Samples
from marketplace.parts.geometry.topology import Indices

FACING_COSINE = 0.75
"""Two surfaces are the sides of one wall when they are parallel to within about 40 degrees."""
LIFT_PER_SIZE = 1e-6


@dataclass(frozen=True)
class Distances:
    """Distance from each sample to the side facing it, infinity without one, and its face."""

    millimeters: Array
    face: Indices
    triangle: Indices


def thickness_at(samples: Samples, facets: Facets, tree: RayTree) -> Distances:
    """Return how thick the material is below each sample, straight inward. Raises OutOfTime."""
    return _facing(samples, facets, tree, -1.0)


def gap_at(samples: Samples, facets: Facets, tree: RayTree) -> Distances:
    """Return how far the next surface is above each sample, straight outward. Raises OutOfTime."""
    return _facing(samples, facets, tree, 1.0)


def _facing(samples: Samples, facets: Facets, tree: RayTree, sense: float) -> Distances:
    lift = LIFT_PER_SIZE * facets.size
    directions = sense * samples.normals
    distance, triangle = tree.first_hits(samples.points + lift * directions, directions)
    hit = triangle != NOTHING
    cosine = np.einsum("ij,ij->i", facets.normals[triangle], samples.normals)
    facing = hit & (cosine < -FACING_COSINE)
    far = np.where(facing, distance + lift, np.inf)
    return Distances(far, np.where(facing, facets.face[triangle], NOTHING), triangle)


@dataclass(frozen=True)
class Pocket:
    """The deepest pocket between two flat walls: depth and width in millimeters, and a point."""

    depth: float
    width: float
    place: Array


def deepest_pocket(
    samples: Samples,
    gaps: Distances,
    facets: Facets,
    directions: Array,
    seen: npt.NDArray[np.bool_],
) -> Pocket | None:
    """Return the pocket or slot between two flat parallel walls with the largest depth by width.

    `directions` (k, 3) are those a tool may come from and `seen` (samples, k) says which sample
    is reached from which. The depth is what both walls have in common along the direction that
    makes it the least, because a slot is cut from its open side.
    """
    wall = np.isfinite(gaps.millimeters)
    wall &= facets.flat[samples.face] & facets.flat[np.maximum(gaps.face, 0)]
    wall &= samples.face != gaps.face
    wall &= np.einsum("ij,ij->i", samples.normals, facets.normals[gaps.triangle]) < -0.999
    walls = np.flatnonzero(wall)
    one, two = samples.face[walls], gaps.face[walls]
    shallowest = np.full(len(walls), np.inf)
    for number, direction in enumerate(directions):
        along = facets.corners @ direction
        top = np.full(facets.faces, -np.inf)
        bottom = np.full(facets.faces, np.inf)
        np.maximum.at(top, facets.face, along.max(axis=1))
        np.minimum.at(bottom, facets.face, along.min(axis=1))
        upright = seen[walls, number] & (np.abs(samples.normals[walls] @ direction) < 0.02)
        depth = np.minimum(top[one], top[two]) - np.maximum(bottom[one], bottom[two])
        deeper = upright & (depth > 0) & (depth < shallowest)
        shallowest[deeper] = depth[deeper]
    ratio = np.where(np.isfinite(shallowest), shallowest / gaps.millimeters[walls], 0.0)
    if not ratio.any():
        return None
    best = int(np.argmax(ratio))
    width = float(gaps.millimeters[walls[best]])
    return Pocket(float(shallowest[best]), width, samples.points[walls[best]])
