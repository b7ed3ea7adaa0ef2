"""Exact figures of boundary representations with the OCCT kernel (millimeters throughout).

Figures are integrals over the surfaces themselves, not over a triangulation. An assembly places
the same solid many times; each distinct solid is measured once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from OCP.Bnd import Bnd_Box
from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepBndLib import BRepBndLib
from OCP.BRepBuilderAPI import (
    BRepBuilderAPI_MakeSolid,
    BRepBuilderAPI_Sewing,
    BRepBuilderAPI_Transform,
)
from OCP.BRepGProp import BRepGProp
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher
from OCP.gp import gp_Pnt, gp_Trsf
from OCP.GProp import GProp_GProps
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import (
    TopoDS,
    TopoDS_Compound,
    TopoDS_Iterator,
    TopoDS_Shape,
)

from marketplace.parts.geometry.facts import GeometryError
from marketplace.parts.geometry.mesh import Array

SEWING_TOLERANCE_MM = 0.01
KERNEL_NOISE_DECIMALS = 6
FACE, SHELL, SOLID = (
    TopAbs_ShapeEnum.TopAbs_FACE,
    TopAbs_ShapeEnum.TopAbs_SHELL,
    TopAbs_ShapeEnum.TopAbs_SOLID,
)
EDGE = TopAbs_ShapeEnum.TopAbs_EDGE


@dataclass(frozen=True)
class BrepFigures:
    """Exact figures: cubic and square millimeters, the box's sides in millimeters.

    `volume` is None when some solid has gaps; `inverted` counts solids drawn inside out.
    """

    solids: int
    volume: float | None
    area: float
    center_of_mass: Array | None
    box: Array
    open_solids: int
    inverted: int
    distinct: list["Distinct"]


@dataclass
class Distinct:
    """One distinct solid at its own place: exact volume (mm3, None with gaps), how often placed,
    and its principal moments of inertia at density 1 (mm5).
    """

    number: int
    solid: TopoDS_Shape
    volume: float | None
    moments: Array
    count: int = 0


def parts_of(shape: TopoDS_Shape, kind: TopAbs_ShapeEnum) -> Iterator[TopoDS_Shape]:
    """Yield every part of one kind, as often as it is placed."""
    explorer = TopExp_Explorer(shape, kind)
    while explorer.More():
        yield explorer.Current()
        explorer.Next()


def number_of(shape: TopoDS_Shape, seen: IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher) -> int:
    """Return the number of a shape among those `seen`; copies placed elsewhere share one number."""
    number: int = seen.Add(shape.Located(TopLoc_Location()))
    return number


def count_placed(shape: TopoDS_Shape) -> int:
    """Return how many components a shape unfolds to, without unfolding it.

    A shape shared by many parents is counted once and multiplied, so that an assembly bomb costs
    nothing here. Solids are taken as they are.
    """
    seen = IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher()
    known: dict[int, int] = {}

    def count(part: TopoDS_Shape) -> int:
        if part.ShapeType() in (SOLID, SHELL, FACE, EDGE):
            return 1
        key = number_of(part, seen)
        if key not in known:
            total, children = 0, TopoDS_Iterator(part)
            while children.More():
                total += count(children.Value())
                children.Next()
            known[key] = total
        return known[key]

    return count(shape)


def without_loose_faces(shape: TopoDS_Shape) -> tuple[list[TopoDS_Shape], int]:
    """Return the solids of a shape and how many faces belong to none of them."""
    solids = list(parts_of(shape, SOLID))
    explorer = TopExp_Explorer(shape, FACE, SOLID)
    loose = 0
    while explorer.More():
        loose += 1
        explorer.Next()
    return solids, loose


def joined_to_solids(shape: TopoDS_Shape) -> list[TopoDS_Shape]:
    """Sew the faces of a shape together and return the solids their closed shells enclose.

    Gaps up to SEWING_TOLERANCE_MM are closed. The list is empty when nothing closes.
    """
    sewing = BRepBuilderAPI_Sewing(SEWING_TOLERANCE_MM)
    sewing.Add(shape)
    sewing.Perform()
    sewed = sewing.SewedShape()
    if sewed.IsNull():
        return []
    solids: list[TopoDS_Shape] = []
    for shell in parts_of(sewed, SHELL):
        if BRep_Tool.IsClosed_s(shell):
            solids.append(BRepBuilderAPI_MakeSolid(TopoDS.Shell(shell)).Solid())
    return solids


def compound_of(shapes: list[TopoDS_Shape]) -> TopoDS_Shape:
    """Return one shape that holds all of `shapes`."""
    builder, compound = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(compound)
    for shape in shapes:
        builder.Add(compound, shape)
    return compound


def measure_solids(solids: list[TopoDS_Shape]) -> BrepFigures:
    """Return the exact figures of all solids together.

    Each distinct solid is measured once, in its own place; copies differ only by a rigid move,
    which keeps volume and area and carries the center along.
    """
    seen = IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher()
    known: dict[int, tuple[float, float, Array, bool]] = {}
    distinct: dict[int, Distinct] = {}
    volume = area = 0.0
    moment = np.zeros(3)
    open_solids = inverted = 0
    for solid in solids:
        key = number_of(solid, seen)
        if key not in known:
            placed = solid.Located(TopLoc_Location())
            mass, skin, middle, whole, moments = _measure_one(placed)
            known[key] = (mass, skin, middle, whole)
            distinct[key] = Distinct(len(distinct), placed, abs(mass) if whole else None, moments)
        distinct[key].count += 1
        own_volume, own_area, own_center, closed = known[key]
        center = _moved(own_center, solid)
        volume += abs(own_volume)
        area += own_area
        moment += abs(own_volume) * center
        open_solids += not closed
        inverted += own_volume < 0
    known_volume = open_solids == 0 and volume > 0
    return BrepFigures(
        solids=len(solids),
        volume=volume if known_volume else None,
        area=area,
        center_of_mass=moment / volume if known_volume else None,
        box=exact_box(compound_of(solids)),
        open_solids=open_solids,
        inverted=inverted,
        distinct=list(distinct.values()),
    )


def _measure_one(solid: TopoDS_Shape) -> tuple[float, float, Array, bool, Array]:
    of_volume, of_area = GProp_GProps(), GProp_GProps()
    BRepGProp.VolumeProperties_s(solid, of_volume)
    BRepGProp.SurfaceProperties_s(solid, of_area)
    center = of_volume.CentreOfMass()
    closed = all(BRep_Tool.IsClosed_s(shell) for shell in parts_of(solid, SHELL))
    place = np.array([center.X(), center.Y(), center.Z()])
    inertia = of_volume.MatrixOfInertia()
    matrix = [[inertia.Value(row, column) for column in (1, 2, 3)] for row in (1, 2, 3)]
    return of_volume.Mass(), of_area.Mass(), place, closed, np.linalg.eigvalsh(np.array(matrix))


def _moved(point: Array, shape: TopoDS_Shape) -> Array:
    return apply_location(point[None, :], shape.Location())[0]


def apply_location(points: Array, location: TopLoc_Location) -> Array:
    """Return points, shape (n, 3), moved by the location of a shape."""
    if location.IsIdentity():
        return points
    move = location.Transformation()
    matrix = np.array([[move.Value(row, column) for column in (1, 2, 3, 4)] for row in (1, 2, 3)])
    moved: Array = points @ matrix[:, :3].T + matrix[:, 3]
    return moved


def exact_box(shape: TopoDS_Shape) -> Array:
    """Return the sides of the smallest box along the axes, in millimeters.

    The box follows the surfaces, not control points or triangles. The kernel adds 1e-7 mm of its
    own tolerance on each side, which rounding to KERNEL_NOISE_DECIMALS takes away again.
    """
    box = Bnd_Box()
    BRepBndLib.AddOptimal_s(shape, box, False, False)
    if box.IsVoid() or box.IsOpen():
        raise GeometryError(
            "no_size",
            "This part has no size: it holds no surface, or one that goes on for ever. Please "
            "export it as a solid body.",
        )
    low, high = box.CornerMin(), box.CornerMax()
    sides = np.array([high.X() - low.X(), high.Y() - low.Y(), high.Z() - low.Z()])
    return np.maximum(np.round(sides, KERNEL_NOISE_DECIMALS), 0.0)


def scaled(shape: TopoDS_Shape, factor: float) -> TopoDS_Shape:
    """Return a shape enlarged about the origin."""
    move = gp_Trsf()
    move.SetScale(gp_Pnt(0, 0, 0), factor)
    return BRepBuilderAPI_Transform(shape, move, True).Shape()


def surface_area(shape: TopoDS_Shape) -> float:
    """Return the exact area of all faces in square millimeters."""
    figures = GProp_GProps()
    BRepGProp.SurfaceProperties_s(shape, figures)
    area: float = figures.Mass()
    return area
