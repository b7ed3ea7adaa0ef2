"""The smallest box a part fits into when it may be turned. Millimeters."""

from dataclasses import dataclass

import numpy as np

from marketplace.parts.geometry.facets import Facets
from marketplace.parts.geometry.mesh import Array

DIRECTIONS = 1_000
NORMALS_TRIED = 40
SQUARE_COSINE = float(np.cos(np.radians(0.5)))
CLEARLY_MORE = 1.2
WORTH_TURNING = 0.995
TURNS = np.radians(np.arange(0.0, 90.0, 0.5))


@dataclass(frozen=True)
class TurnedBox:
    """Edges along the rows of `frame` (right-handed); `turned` when the file's own axes are not
    as good.
    """

    edges: Array
    frame: Array
    turned: bool


def smallest_box(facets: Facets) -> TurnedBox:
    """Return the smallest box found standing on one of the part's larger flat directions.

    A smallest box always touches two neighboring edges of the convex hull flush (J. O'Rourke,
    Finding minimal enclosing boxes, 1985); here one side lies flush with a flat face or with a
    principal axis, and the turn about it is searched to a hundredth of a degree. The box holds
    every corner; a slightly smaller one may exist.
    """
    points = facets.points
    hull = extreme_points(points)
    upright = np.eye(3)
    best_frame, best = upright, float(np.prod(np.ptp(points, axis=0)))
    goal = best * WORTH_TURNING
    for normal in _candidates(facets):
        frame = _turned_about(hull, normal)
        volume = float(np.prod(np.ptp(points @ frame.T, axis=0)))
        if volume < goal and volume < best * (1 - 1e-9):
            best_frame, best = frame, volume
    edges = np.ptp(points @ best_frame.T, axis=0)
    return TurnedBox(edges, best_frame, best_frame is not upright)


def natural_frame(facets: Facets, box: TurnedBox) -> Array:
    """Return the axes the part was thought in: the file's own, or those of the smallest box when
    clearly more flat area stands square to them.
    """
    if not box.turned:
        return np.eye(3)
    flat = facets.flat[facets.face]
    normals, areas = facets.normals[flat], facets.areas[flat]
    square = [
        float(areas[(np.abs(normals @ frame.T) > SQUARE_COSINE).any(axis=1)].sum())
        for frame in (np.eye(3), box.frame)
    ]
    return box.frame if square[1] > CLEARLY_MORE * square[0] else np.eye(3)


def extreme_points(points: Array) -> Array:
    """Return the points that lie farthest in any of many directions spread over the sphere."""
    steps = np.arange(DIRECTIONS) + 0.5
    height = 1 - 2 * steps / DIRECTIONS
    around = steps * np.pi * (1 + np.sqrt(5))
    flat = np.sqrt(1 - height * height)
    directions = np.column_stack([flat * np.cos(around), flat * np.sin(around), height])
    directions = np.concatenate([directions, np.eye(3), -np.eye(3)])
    found = [np.argmax(points @ some.T, axis=0) for some in np.array_split(directions, 32)]
    return points[np.unique(np.concatenate(found))]


def principal_axes(facets: Facets) -> Array:
    """Return the principal axes of the surface as rows."""
    middle = facets.corners.mean(axis=1)
    weights = facets.areas / facets.areas.sum()
    spread = middle - weights @ middle
    _, axes = np.linalg.eigh((spread * weights[:, None]).T @ spread)
    return np.asarray(axes.T)


def common_normals(facets: Facets, most: int) -> Array:
    """Return the directions that most flat area faces, opposite ones once, largest area first."""
    flat = facets.flat[facets.face]
    normals, areas = facets.normals[flat], facets.areas[flat]
    if not len(normals):
        return np.empty((0, 3))
    lead = np.argmax(np.abs(np.round(normals, 3)) > 1e-3, axis=1)
    sign = np.sign(normals[np.arange(len(normals)), lead])
    keys, group = np.unique(np.round(normals * sign[:, None], 3), axis=0, return_inverse=True)
    total = np.bincount(group.reshape(-1), areas)
    order = np.argsort(-total, kind="stable")[:most]
    chosen = keys[order]
    return np.asarray(chosen / np.linalg.norm(chosen, axis=1)[:, None])


def _candidates(facets: Facets) -> Array:
    return np.concatenate([common_normals(facets, NORMALS_TRIED), principal_axes(facets)])


def _turned_about(hull: Array, normal: Array) -> Array:
    """Return the frame with `normal` as third row whose box around `hull` is smallest."""
    helper = np.eye(3)[np.argmin(np.abs(normal))]
    first = np.cross(helper, normal)
    first /= np.linalg.norm(first)
    second = np.cross(normal, first)
    flat = np.column_stack([hull @ first, hull @ second])
    angle = _best_turn(flat, TURNS)
    for step in (0.05, 0.005):
        angle = _best_turn(flat, angle + np.radians(np.arange(-10, 11) * step))
    turned = np.cos(angle) * first + np.sin(angle) * second
    return np.array([turned, np.cross(normal, turned), normal])


def _best_turn(flat: Array, angles: Array) -> float:
    cosine, sine = np.cos(angles), np.sin(angles)
    along = flat[:, :1] * cosine + flat[:, 1:] * sine
    across = -flat[:, :1] * sine + flat[:, 1:] * cosine
    return float(angles[np.argmin(np.ptp(along, axis=0) * np.ptp(across, axis=0))])
