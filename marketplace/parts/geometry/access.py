"""From where straight tools reach a surface, what no tool reaches, and what hangs over."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry.facets import Facets
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.rays import NOTHING, RayTree
from marketplace.parts.geometry.samples import Samples

NAMES = ("+x", "-x", "+y", "-y", "+z", "-z")
LIFT_PER_SIZE = 1e-4
GRAZING = -0.02
GRAZING_WORTH = 0.25
TOLERATED_SHARE = 0.003
OVERHANG_COSINE = float(np.cos(np.radians(45.0)))
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Access:
    """What straight lines reach: `seen` (samples, 6) from the directions of NAMES.

    `chosen` are the fewest of them that reach what the six reach together, `axes` the guess 3, 4
    or 5, and `hidden` the samples that no direction tried reaches.
    """

    directions: Array
    seen: Flags
    chosen: list[int]
    axes: int
    hidden: Flags


def six_directions(frame: Array) -> Array:
    """Return plus and minus the rows of `frame`, in the order of NAMES."""
    return np.concatenate([[row, -row] for row in frame])


def access_of(
    samples: Samples, facets: Facets, tree: RayTree, frame: Array, others: Array
) -> Access:
    """Return from where the samples are reached; `others` (k, 3) are further axes worth a try.

    A sample is reached from a direction when the straight line that way meets nothing, however
    long the tool would have to be. Raises OutOfTime.
    """
    directions = six_directions(frame)
    everybody = np.ones(len(samples.points), dtype=bool)
    seen = np.column_stack([_reached(samples, facets, tree, d, everybody) for d in directions])
    left: Flags = np.asarray(~seen.any(axis=1))
    slanted = _slanted(frame, others)
    more = np.zeros((len(samples.points), len(slanted)), dtype=bool)
    for number, direction in enumerate(slanted):
        if left.any():
            more[:, number] = _reached(samples, facets, tree, direction, left)
    hidden: Flags = np.asarray(left & ~more.any(axis=1))
    if hidden.any():
        hidden &= ~_along_normals(samples, facets, tree, hidden)
    chosen = _fewest(seen, samples, np.maximum(samples.normals @ directions.T, 0.0))
    return Access(directions, seen, chosen, _axes(left, hidden, more, samples), hidden)


def _reached(
    samples: Samples, facets: Facets, tree: RayTree, direction: Array, asked: Flags
) -> Flags:
    facing = np.flatnonzero(asked & (samples.normals @ direction > GRAZING))
    reached = np.zeros(len(samples.points), dtype=bool)
    lift = LIFT_PER_SIZE * facets.size
    origins = samples.points[facing] + lift * samples.normals[facing]
    _, hit = tree.first_hits(origins, np.broadcast_to(direction, origins.shape).copy())
    reached[facing] = hit == NOTHING
    return reached


def _along_normals(samples: Samples, facets: Facets, tree: RayTree, asked: Flags) -> Flags:
    index = np.flatnonzero(asked)
    reached = np.zeros(len(samples.points), dtype=bool)
    normals = samples.normals[index]
    lift = LIFT_PER_SIZE * facets.size
    _, hit = tree.first_hits(samples.points[index] + lift * normals, normals)
    reached[index] = hit == NOTHING
    return reached


def _slanted(frame: Array, others: Array) -> Array:
    """Return the 12 directions between two axes, the 8 between three, and the other axes."""
    steps = np.array([(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)])
    between = steps[np.abs(steps).sum(axis=1) >= 2].astype(np.float64)
    between = between @ frame / np.linalg.norm(between, axis=1)[:, None]
    if not len(others):
        return between
    return np.concatenate([between, others, -others])


def _fewest(seen: Flags, samples: Samples, facing: Array) -> list[int]:
    """Return directions, greediest first, until what is left is noise and no whole face.

    Among equals the one that looks straight at the surfaces wins, not the one along them.
    """
    left: Flags = np.asarray(seen.any(axis=1))
    allowed = TOLERATED_SHARE * len(left)
    chosen: list[int] = []
    while left.any():
        if left.sum() <= allowed and not _whole_faces(left, samples):
            break
        gains = ((GRAZING_WORTH + facing) * (seen & left[:, None])).sum(axis=0)
        best = int(np.argmax(gains))
        chosen.append(best)
        left &= ~seen[:, best]
    return chosen


def _whole_faces(left: Flags, samples: Samples) -> bool:
    """Say whether some face has all its samples among those that are left."""
    count = np.bincount(samples.face)
    missing = np.bincount(samples.face[left], minlength=len(count))
    return bool(((count > 0) & (count == missing)).any())


def _axes(left: Flags, hidden: Flags, more: Flags, samples: Samples) -> int:
    """Return 3 when the six directions are enough, 4 when turning about one axis is, else 5."""
    open_ones = left & ~hidden
    if open_ones.sum() <= TOLERATED_SHARE * len(left) and not _whole_faces(open_ones, samples):
        return 3
    # The twelve directions between two axes in the order _slanted makes them.
    steps = np.array([(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)])
    steps = steps[np.abs(steps).sum(axis=1) >= 2]
    for axis in range(3):
        around = np.flatnonzero((steps[:, axis] == 0) & (np.abs(steps).sum(axis=1) == 2))
        rest = open_ones & ~more[:, around].any(axis=1)
        if rest.sum() <= TOLERATED_SHARE * len(left) and not _whole_faces(rest, samples):
            return 4
    return 5


@dataclass(frozen=True)
class Overhang:
    """What must be supported when printing in the best direction: its number in NAMES, area."""

    direction: int
    area: float
    triangles: npt.NDArray[np.int64]


def least_overhang(facets: Facets, frame: Array) -> Overhang:
    """Return the direction of six with the least area flatter than 45 degrees and unsupported.

    Faces that lie on the build plate need no support. Square millimeters, from the triangles.
    """
    best: Overhang | None = None
    for number, direction in enumerate(six_directions(frame)):
        height = facets.corners @ direction
        bottom = float(height.min())
        resting = height.max(axis=1) - bottom < 1e-4 * facets.size
        hanging = (facets.normals @ direction < -OVERHANG_COSINE - 1e-6) & ~resting
        area = float(facets.areas[hanging].sum())
        if best is None or area < best.area - 1e-9 * facets.areas.sum():
            best = Overhang(number, area, np.flatnonzero(hanging))
    assert best is not None
    return best


def sharp_inside_corners(facets: Facets, tree: RayTree) -> Array:
    """Return a point of every inside corner that no straight tool can leave sharp, shape (k, 3).

    A tool makes a sharp inside edge when it stands on one of the two faces and cuts the other
    with its side. Where the way off both faces is blocked, as in the upright corners of a pocket,
    a round tool leaves its radius. One point for each pair of flat faces. Raises OutOfTime.
    """
    pairs = facets.pairs
    one, two = facets.normals[pairs.one], facets.normals[pairs.two]
    cosine = np.einsum("ij,ij->i", one, two)
    middle = facets.corners[pairs.two].mean(axis=1) - facets.points[pairs.start]
    inside = np.einsum("ij,ij->i", middle, one) > 1e-9 * facets.size
    flat = facets.flat[facets.face[pairs.one]] & facets.flat[facets.face[pairs.two]]
    corner = np.flatnonzero(inside & flat & (np.abs(cosine) < np.cos(np.radians(30.0))))
    if not len(corner):
        return np.empty((0, 3))
    start, end = facets.points[pairs.start[corner]], facets.points[pairs.end[corner]]
    length = np.linalg.norm(end - start, axis=1)
    faces = np.sort(
        np.column_stack([facets.face[pairs.one[corner]], facets.face[pairs.two[corner]]]), axis=1
    )
    order = np.lexsort((-length, faces[:, 1], faces[:, 0]))
    first = np.r_[True, (np.diff(faces[order], axis=0) != 0).any(axis=1)]
    kept = order[first]
    places = (start[kept] + end[kept]) / 2
    lift = LIFT_PER_SIZE * facets.size
    origins = places + lift * (one[corner[kept]] + two[corner[kept]])
    blocked = np.ones(len(kept), dtype=bool)
    for normals in (one, two):
        _, hit = tree.first_hits(origins, normals[corner[kept]])
        blocked &= hit != NOTHING
    return places[blocked]
