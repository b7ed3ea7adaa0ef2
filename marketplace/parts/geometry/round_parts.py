"""Turned shapes, inside radii and bends, from the round faces of an exact model. Millimeters."""

from dataclasses import dataclass

import numpy as np

from marketplace.parts.geometry.facets import Facets
from marketplace.parts.geometry.holes import ROUND_ENOUGH
from marketplace.parts.geometry.inventory import (
    CONE,
    CYLINDER,
    OTHER,
    PLANE,
    SPHERE,
    TORUS,
    FaceFacts,
    coaxial_groups,
    outer_edge_is_about,
)
from marketplace.parts.geometry.mesh import Array

AXES_TRIED = 25
SAME_RADIUS_MM = 0.02


@dataclass(frozen=True)
class Turning:
    """Share of the area (0 to 1) that is round about one axis, and the axis; 0 without one."""

    share: float
    axis: Array | None


def turning_of(faces: list[FaceFacts], size: float) -> Turning:
    """Return how far a part is a turned one.

    Counted are cylinders, cones, tori and spheres about the axis and planes across it whose outer
    border is a circle about it, so that a plate with one hole is no turned part.
    """
    total = sum(face.area for face in faces)
    tolerance = max(1e-5 * size, 1e-3)
    round_ones = [face for face in faces if face.kind in (CYLINDER, CONE, TORUS)]
    groups = sorted(
        coaxial_groups(round_ones, tolerance), key=lambda group: -sum(face.area for face in group)
    )
    best = Turning(0.0, None)
    for group in groups[:AXES_TRIED]:
        origin, axis = group[0].origin, group[0].axis
        # A torus counts as its own axis does; the rounded edge of a bent rod does not.
        share = sum(face.area for face in group)
        for face in faces:
            if (face.kind == SPHERE and _off_axis(face.origin, origin, axis) < tolerance) or (
                face.kind == PLANE
                and abs(float(face.axis @ axis)) > 1 - 1e-6
                and face.face is not None
                and outer_edge_is_about(face.face, origin, axis, tolerance)
            ):
                share += face.area
        if total and share / total > best.share + 1e-9:
            best = Turning(share / total, axis)
    spheres = sum(face.area for face in faces if face.kind == SPHERE)
    if total and spheres / total > best.share:
        return Turning(spheres / total, np.array([0.0, 0.0, 1.0]))
    return best


def _off_axis(point: Array, origin: Array, axis: Array) -> float:
    offset = point - origin
    return float(np.linalg.norm(offset - (offset @ axis) * axis))


def inside_corners(faces: list[FaceFacts]) -> list[FaceFacts]:
    """Return the hollow round faces that are no holes: rounded corners and ends of slots."""
    corners: list[FaceFacts] = []
    hollow = [face for face in faces if face.kind == CYLINDER and face.hollow]
    for group in coaxial_groups(hollow, 1e-3):
        for face in group:
            whole = sum(
                other.turn for other in group if abs(other.radius - face.radius) < SAME_RADIUS_MM
            )
            if whole < ROUND_ENOUGH:
                corners.append(face)
    corners += [face for face in faces if face.kind == TORUS and face.hollow]
    return corners


def freeform_share(faces: list[FaceFacts]) -> float:
    """Return the share of the area that is of no simple kind, about which nothing is known here."""
    total = sum(face.area for face in faces)
    return sum(face.area for face in faces if face.kind == OTHER) / total if total else 0.0


@dataclass(frozen=True)
class Bends:
    """Bends of a sheet: how many, the inner radii, and the shortest flange beside one."""

    radii: list[float]
    shortest_flange: float | None
    places: list[Array]


def bends_of(faces: list[FaceFacts], thickness: float, facets: Facets) -> Bends:
    """Return the bends of a sheet: two parts of cylinders about one axis, one thickness apart.

    The length of a flange is measured as shops do: from its end to the outside of the sheet.
    """
    radii: list[float] = []
    places: list[Array] = []
    flange: float | None = None
    near = max(0.02 * thickness, SAME_RADIUS_MM)
    partial = [face for face in faces if face.kind == CYLINDER and face.turn < ROUND_ENOUGH]
    for group in coaxial_groups(partial, near):
        for inner in (face for face in group if face.hollow):
            pairs = [
                other
                for other in group
                if not other.hollow and abs(other.radius - inner.radius - thickness) < near
            ]
            if not pairs:
                continue
            radii.append(inner.radius)
            corners = facets.corners[facets.face == inner.number]
            places.append(corners.reshape(-1, 3).mean(axis=0) if len(corners) else inner.origin)
            length = _flange(inner, faces, thickness, facets)
            flange = length if flange is None or (length and length < flange) else flange
    return Bends(radii, flange, places)


def _flange(
    bend: FaceFacts, faces: list[FaceFacts], thickness: float, facets: Facets
) -> float | None:
    """Return the length of the shortest flat face that continues the inside of a bend."""
    lengths: list[float] = []
    for face in faces:
        if face.kind != PLANE or abs(float(face.axis @ bend.axis)) > 1e-3:
            continue
        # The plane touches the cylinder: it lies one radius from the axis, facing it.
        distance = float((bend.origin - face.origin) @ face.axis)
        if abs(distance - bend.radius) > SAME_RADIUS_MM:
            continue
        corners = facets.corners[facets.face == face.number].reshape(-1, 3)
        if not len(corners):
            continue
        across = np.cross(face.axis, bend.axis)
        heights = (corners - bend.origin) @ across
        low, high = float(heights.min()), float(heights.max())
        if min(abs(low), abs(high)) > SAME_RADIUS_MM * 10:
            continue
        lengths.append(high - low + bend.radius + thickness)
    return min(lengths, default=None)
