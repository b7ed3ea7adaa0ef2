"""Every face of an exact model with its kind of surface and measures (millimeters, radians)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from OCP.BRepAdaptor import BRepAdaptor_Curve, BRepAdaptor_Surface
from OCP.BRepGProp import BRepGProp
from OCP.BRepTools import BRepTools
from OCP.GeomAbs import GeomAbs_CurveType, GeomAbs_SurfaceType
from OCP.gp import gp_Ax1
from OCP.GProp import GProp_GProps
from OCP.TopAbs import TopAbs_Orientation
from OCP.TopoDS import TopoDS, TopoDS_Face, TopoDS_Shape

from marketplace.parts.geometry.brep import EDGE, FACE, parts_of
from marketplace.parts.geometry.mesh import Array

PLANE, CYLINDER, CONE, SPHERE, TORUS, OTHER = (
    "plane",
    "cylinder",
    "cone",
    "sphere",
    "torus",
    "other",
)
_KINDS = {
    GeomAbs_SurfaceType.GeomAbs_Plane: PLANE,
    GeomAbs_SurfaceType.GeomAbs_Cylinder: CYLINDER,
    GeomAbs_SurfaceType.GeomAbs_Cone: CONE,
    GeomAbs_SurfaceType.GeomAbs_Sphere: SPHERE,
    GeomAbs_SurfaceType.GeomAbs_Torus: TORUS,
}


@dataclass(frozen=True)
class FaceFacts:
    """One face: `number` as in the facets, `axis` of a round one (or the normal of a plane).

    `hollow`: the material lies outside of the round surface. `low` and `high` are heights along
    the axis from `origin`, `turn` the angle the face goes around. `radius` is that of a cylinder
    or sphere, the smaller one of a torus; of a cone `radius_low` and `radius_high` belong to
    `low` and `high`.
    """

    number: int
    kind: str
    area: float
    origin: Array
    axis: Array
    hollow: bool = False
    radius: float = 0.0
    radius_low: float = 0.0
    radius_high: float = 0.0
    low: float = 0.0
    high: float = 0.0
    turn: float = 0.0
    face: TopoDS_Face | None = None


def faces_of(shape: TopoDS_Shape) -> list[FaceFacts]:
    """Return the faces of a shape in the order of the kernel's explorer."""
    return [_facts(number, TopoDS.Face(face)) for number, face in enumerate(parts_of(shape, FACE))]


def _facts(number: int, face: TopoDS_Face) -> FaceFacts:
    surface = BRepAdaptor_Surface(face)
    kind = _KINDS.get(surface.GetType(), OTHER)
    properties = GProp_GProps()
    BRepGProp.SurfaceProperties_s(face, properties)
    area = abs(properties.Mass())
    if kind == OTHER:
        return FaceFacts(number, kind, area, np.zeros(3), np.zeros(3), face=face)
    reversed_ = face.Orientation() == TopAbs_Orientation.TopAbs_REVERSED
    made = {
        PLANE: surface.Plane,
        CYLINDER: surface.Cylinder,
        CONE: surface.Cone,
        SPHERE: surface.Sphere,
        TORUS: surface.Torus,
    }[kind]()
    place = made.Position()
    origin, axis = _numbers(place.Location()), _numbers(place.Direction())
    if kind == PLANE:
        outward = axis if place.Direct() else -axis
        return FaceFacts(number, kind, area, origin, -outward if reversed_ else outward, face=face)
    hollow = bool(place.Direct()) == bool(reversed_)
    u_low, u_high, v_low, v_high = BRepTools.UVBounds_s(face)
    common = {"hollow": hollow, "turn": u_high - u_low, "face": face}
    if kind == CYLINDER:
        return FaceFacts(
            number, kind, area, origin, axis,
            radius=made.Radius(), low=v_low, high=v_high, **common,
        )  # fmt: skip
    if kind == CONE:
        angle, radius = made.SemiAngle(), made.RefRadius()
        ends = [(v * np.cos(angle), radius + v * np.sin(angle)) for v in (v_low, v_high)]
        (low, radius_low), (high, radius_high) = sorted(ends)
        return FaceFacts(
            number, kind, area, origin, axis,
            radius_low=abs(radius_low), radius_high=abs(radius_high), low=low, high=high, **common,
        )  # fmt: skip
    radius = made.Radius() if kind == SPHERE else made.MinorRadius()
    return FaceFacts(number, kind, area, origin, axis, radius=radius, **common)


def outer_edge_is_about(face: TopoDS_Face, origin: Array, axis: Array, tolerance: float) -> bool:
    """Say whether the outer border of a face consists of circles about an axis."""
    found = False
    for edge in parts_of(BRepTools.OuterWire_s(face), EDGE):
        curve = BRepAdaptor_Curve(TopoDS.Edge(edge))
        if curve.GetType() != GeomAbs_CurveType.GeomAbs_Circle:
            return False
        center = _numbers(curve.Circle().Position().Location())
        offset = center - origin
        if np.linalg.norm(offset - (offset @ axis) * axis) > tolerance:
            return False
        found = True
    return found


def coaxial_groups(faces: list[FaceFacts], tolerance: float) -> Iterator[list[FaceFacts]]:
    """Yield the faces that share an axis, each group in the order of the faces.

    Axes are one when they are parallel to within 0.0001 rad and `tolerance` millimeters apart.
    """
    left = list(faces)
    while left:
        lead = left[0]
        axes = np.array([face.axis for face in left])
        offsets = np.array([face.origin for face in left]) - lead.origin
        away = offsets - (offsets @ lead.axis)[:, None] * lead.axis
        same = (np.linalg.norm(np.cross(axes, lead.axis), axis=1) < 1e-4) & (
            np.linalg.norm(away, axis=1) < tolerance
        )
        yield [face for face, one in zip(left, same, strict=True) if one]
        left = [face for face, one in zip(left, same, strict=True) if not one]


def span(face: FaceFacts, origin: Array, axis: Array) -> tuple[float, float]:
    """Return the lowest and highest place of a cylinder or cone along another's equal axis."""
    ends = [
        float((face.origin + height * face.axis - origin) @ axis)
        for height in (face.low, face.high)
    ]
    return min(ends), max(ends)


def _numbers(place: gp_Ax1) -> Array:
    return np.array([place.X(), place.Y(), place.Z()])
