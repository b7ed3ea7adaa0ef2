"""The figures of an exact model that only its surfaces give: holes, radii, turning, bends."""

import numpy as np
from OCP.TopoDS import TopoDS_Shape

from marketplace.parts.geometry import feature_sentences as say
from marketplace.parts.geometry import features, measured
from marketplace.parts.geometry.brep import SHELL, parts_of
from marketplace.parts.geometry.facets import facets_of_faces
from marketplace.parts.geometry.features import Found
from marketplace.parts.geometry.holes import holes_of
from marketplace.parts.geometry.inventory import FaceFacts, faces_of
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.round_parts import (
    bends_of,
    freeform_share,
    inside_corners,
    turning_of,
)
from marketplace.parts.geometry.tessellation import Triangulation

HOLES = ("hole_count", "smallest_hole", "largest_hole_depth_ratio", "hole_to_edge")
MOSTLY_FREEFORM = 0.5


def features_of_shape(
    shape: TopoDS_Shape,
    made: Triangulation,
    base: measured.Base,
    limits: Limits,
    *,
    inverted: bool = False,
) -> Found:
    """Return all figures, holes and places of a shape tessellated to `made`."""
    facets = facets_of_faces(made.points, made.triangles, made.face, made.tolerance)
    found, rays = measured.measure_part(facets, base, limits)
    if rays is None:
        return found
    if inverted:
        found.lack(say.OF_SURFACES, say.INSIDE_OUT, "surfaces")
        measured.measure_rest(found, rays, None)
        return found
    faces = faces_of(shape)
    if len(faces) > limits.feature_faces:
        found.lack(say.OF_SURFACES, say.TOO_DETAILED, "surfaces")
        measured.measure_rest(found, rays, None)
        return found
    features.in_time(
        found,
        HOLES,
        lambda: features.keep_holes(found, holes_of(faces, rays.tree, facets.size)),
    )
    if found.holes:
        features.measure_hole_edges(found)
    else:
        found.lack(("hole_to_edge",), say.NO_HOLES, "surfaces")
    _measure_round(found, faces)
    bends = _measure_bends(found, faces, rays)
    measured.measure_rest(found, rays, bends)
    return found


def voids_of(shape: TopoDS_Shape, solids: int) -> int:
    """Return how many closed shells lie inside the bodies of a shape."""
    return max(0, sum(1 for _ in parts_of(shape, SHELL)) - solids)


def _measure_round(found: Found, faces: list[FaceFacts]) -> None:
    turning = turning_of(faces, found.facets.size)
    found.put("turning_symmetry", turning.share, "surfaces", say.ROUND)
    if turning.axis is None:
        found.put("turning_axis", None, "surfaces", "", say.NOT_ROUND)
    else:
        found.put("turning_axis", [float(v) for v in turning.axis], "surfaces", say.ROUND)
    corners = inside_corners(faces)
    if not corners:
        freeform = freeform_share(faces) > MOSTLY_FREEFORM
        reason = say.RADII if freeform else say.NO_RADII
        found.put("smallest_inside_radius", None, "surfaces", "", reason)
        return
    radii = np.array([face.radius for face in corners])
    found.put("smallest_inside_radius", float(radii.min()), "surfaces", say.RADII)
    places = np.array([_place_of(found, face) for face in corners])
    found.mark("smallest_inside_radius", places, radii)


def _place_of(found: Found, face: FaceFacts) -> Array:
    own = np.flatnonzero(found.facets.face == face.number)
    if not len(own):
        return face.origin
    largest = own[np.argmax(found.facets.areas[own])]
    return np.asarray(found.facets.corners[largest].mean(axis=0))


def _measure_bends(found: Found, faces: list[FaceFacts], rays: features.Rays) -> int | None:
    guess = measured.sheet_guess(found, rays.thickness, rays.samples.spread)
    if guess is None:
        names = ("bend_count", "smallest_bend_radius", "shortest_flange")
        found.lack(names, say.NO_SHEET, "surfaces")
        return None
    bends = bends_of(faces, guess[0], found.facets)
    measured.keep_sheet(found, rays.thickness, len(bends.radii))
    found.put("bend_count", len(bends.radii), "surfaces", say.BENDS)
    if bends.radii:
        found.put("smallest_bend_radius", min(bends.radii), "surfaces", say.BENDS)
        found.mark("smallest_bend_radius", np.array(bends.places), np.array(bends.radii))
    if bends.shortest_flange:
        found.put("shortest_flange", bends.shortest_flange, "mesh", say.BENDS)
    found.lack(("smallest_bend_radius", "shortest_flange"), say.NO_BENDS, "surfaces")
    return len(bends.radii)
