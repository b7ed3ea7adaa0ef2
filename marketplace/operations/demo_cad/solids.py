"""A small vocabulary for building parts with the CAD kernel; millimeters and degrees."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from OCP.BRepAdaptor import BRepAdaptor_Curve
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut, BRepAlgoAPI_Fuse
from OCP.BRepBuilderAPI import (
    BRepBuilderAPI_MakeEdge,
    BRepBuilderAPI_MakeFace,
    BRepBuilderAPI_MakePolygon,
    BRepBuilderAPI_MakeWire,
    BRepBuilderAPI_Transform,
)
from OCP.BRepFilletAPI import BRepFilletAPI_MakeChamfer, BRepFilletAPI_MakeFillet
from OCP.BRepPrimAPI import (
    BRepPrimAPI_MakeBox,
    BRepPrimAPI_MakeCone,
    BRepPrimAPI_MakeCylinder,
    BRepPrimAPI_MakePrism,
    BRepPrimAPI_MakeRevol,
)
from OCP.collections import Array1_gp_Pnt, IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher
from OCP.GC import GC_MakeArcOfCircle
from OCP.GeomAbs import GeomAbs_CurveType
from OCP.GeomAPI import GeomAPI_PointsToBSpline
from OCP.gp import gp_Ax1, gp_Ax2, gp_Dir, gp_Pnt, gp_Trsf, gp_Vec
from OCP.ShapeUpgrade import ShapeUpgrade_UnifySameDomain
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp
from OCP.TopoDS import TopoDS, TopoDS_Shape

Point = tuple[float, float, float]
AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}
NEAR = 1e-4


@dataclass(frozen=True)
class EdgeFacts:
    """What a rule may ask of an edge: middle, direction if straight, radius if round."""

    middle: Point
    direction: Point | None
    radius: float | None

    def along(self, axis: str) -> bool:
        """Say whether the edge is straight and parallel to an axis."""
        return (
            self.direction is not None
            and abs(abs(sum(a * b for a, b in zip(self.direction, AXES[axis], strict=True))) - 1)
            < NEAR
        )

    def round(self, radius: float) -> bool:
        """Say whether the edge is an arc or circle of this radius."""
        return self.radius is not None and abs(self.radius - radius) < NEAR


Rule = Callable[[EdgeFacts], bool]


def box(low: Point, size: Point) -> TopoDS_Shape:
    """Return a box from its lowest corner and its sides."""
    return BRepPrimAPI_MakeBox(gp_Pnt(*low), *size).Shape()


def cylinder(base: Point, radius: float, height: float, axis: str = "z") -> TopoDS_Shape:
    """Return a cylinder standing on `base` along an axis; a negative height goes the other way."""
    direction = gp_Dir(*(part * math.copysign(1, height) for part in AXES[axis]))
    place = gp_Ax2(gp_Pnt(*base), direction)
    return BRepPrimAPI_MakeCylinder(place, radius, abs(height)).Shape()


def cone(base: Point, low: float, high: float, height: float, axis: str = "z") -> TopoDS_Shape:
    """Return a truncated cone with radius `low` at `base` and `high` at its other end."""
    place = gp_Ax2(gp_Pnt(*base), gp_Dir(*AXES[axis]))
    return BRepPrimAPI_MakeCone(place, low, high, height).Shape()


def prism(outline: Iterable[Point], along: Point) -> TopoDS_Shape:
    """Return the solid a flat polygon sweeps."""
    polygon = BRepBuilderAPI_MakePolygon()
    for point in outline:
        polygon.Add(gp_Pnt(*point))
    polygon.Close()
    return swept(polygon.Wire(), along)


def swept(wire: TopoDS_Shape, along: Point) -> TopoDS_Shape:
    """Return the solid a closed flat wire sweeps."""
    face = BRepBuilderAPI_MakeFace(wire).Face()
    return BRepPrimAPI_MakePrism(face, gp_Vec(*along)).Shape()


def turned(profile: Iterable[tuple[float, float]], axis: str = "z") -> TopoDS_Shape:
    """Return the solid of revolution of a polygon of (radius, height) around an axis."""
    polygon = BRepBuilderAPI_MakePolygon()
    for radius, height in profile:
        point = (radius, 0.0, height) if axis == "z" else (height, 0.0, radius)
        polygon.Add(gp_Pnt(*point))
    polygon.Close()
    face = BRepBuilderAPI_MakeFace(polygon.Wire()).Face()
    return BRepPrimAPI_MakeRevol(face, gp_Ax1(gp_Pnt(0, 0, 0), gp_Dir(*AXES[axis]))).Shape()


def slot(center: Point, length: float, width: float, depth: float, axis: str) -> TopoDS_Shape:
    """Return a slot cutter along x (`axis` z) or along z (`axis` y): a bar with round ends."""
    x, y, z = center
    half, radius = (length - width) / 2, width / 2
    if axis == "z":
        ends = ((x - half, y, z), (x + half, y, z))
        bar = box((x - half, y - radius, z), (2 * half, width, depth))
    else:
        ends = ((x, y, z - half), (x, y, z + half))
        bar = box((x - radius, y, z - half), (width, depth, 2 * half))
    return fused(bar, *(cylinder(end, radius, depth, axis) for end in ends))


def moved(shape: TopoDS_Shape, by: Point) -> TopoDS_Shape:
    """Return a shifted copy."""
    move = gp_Trsf()
    move.SetTranslation(gp_Vec(*by))
    return BRepBuilderAPI_Transform(shape, move, True).Shape()


def rotated(shape: TopoDS_Shape, degrees: float, axis: str = "z") -> TopoDS_Shape:
    """Return a copy rotated about an axis through the origin."""
    move = gp_Trsf()
    move.SetRotation(gp_Ax1(gp_Pnt(0, 0, 0), gp_Dir(*AXES[axis])), math.radians(degrees))
    return BRepBuilderAPI_Transform(shape, move, True).Shape()


def fused(first: TopoDS_Shape, *others: TopoDS_Shape) -> TopoDS_Shape:
    """Return everything joined, with faces that continue each other merged."""
    for other in others:
        first = BRepAlgoAPI_Fuse(first, other).Shape()
    return unified(first)


def drilled(shape: TopoDS_Shape, *cutters: TopoDS_Shape) -> TopoDS_Shape:
    """Return the shape without the cutters."""
    for cutter in cutters:
        shape = BRepAlgoAPI_Cut(shape, cutter).Shape()
    return shape


def unified(shape: TopoDS_Shape) -> TopoDS_Shape:
    """Return the shape without seams between faces of one surface."""
    upgrade = ShapeUpgrade_UnifySameDomain(shape, True, True, False)
    upgrade.Build()
    return upgrade.Shape()


def filleted(shape: TopoDS_Shape, radius: float, rule: Rule) -> TopoDS_Shape:
    """Round the edges a rule picks; raises ValueError when it picks none."""
    maker = BRepFilletAPI_MakeFillet(shape)
    for edge in _picked(shape, rule):
        maker.Add(radius, TopoDS.Edge(edge))
    return maker.Shape()


def chamfered(shape: TopoDS_Shape, width: float, rule: Rule) -> TopoDS_Shape:
    """Break the edges a rule picks at 45 degrees; raises ValueError when it picks none."""
    maker = BRepFilletAPI_MakeChamfer(shape)
    for edge in _picked(shape, rule):
        maker.Add(width, TopoDS.Edge(edge))
    return maker.Shape()


def _picked(shape: TopoDS_Shape, rule: Rule) -> list[TopoDS_Shape]:
    edges = IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher()
    TopExp.MapShapes_s(shape, TopAbs_ShapeEnum.TopAbs_EDGE, edges)
    picked = [edge for edge in edges if rule(_facts(edge))]
    if not picked:
        raise ValueError("no edge follows the rule")
    return picked


def _facts(edge: TopoDS_Shape) -> EdgeFacts:
    curve = BRepAdaptor_Curve(TopoDS.Edge(edge))
    middle = curve.Value((curve.FirstParameter() + curve.LastParameter()) / 2)
    direction = radius = None
    if curve.GetType() == GeomAbs_CurveType.GeomAbs_Line:
        way = curve.Line().Direction()
        direction = (way.X(), way.Y(), way.Z())
    elif curve.GetType() == GeomAbs_CurveType.GeomAbs_Circle:
        radius = curve.Circle().Radius()
    return EdgeFacts((middle.X(), middle.Y(), middle.Z()), direction, radius)


def spline(points: list[Point]) -> TopoDS_Shape:
    """Return an edge along a smooth curve through points."""
    array = Array1_gp_Pnt(1, len(points))
    for index, point in enumerate(points, start=1):
        array.SetValue(index, gp_Pnt(*point))
    return BRepBuilderAPI_MakeEdge(GeomAPI_PointsToBSpline(array).Curve()).Edge()


def arc(start: Point, through: Point, end: Point) -> TopoDS_Shape:
    """Return an edge along the circle through three points."""
    circle = GC_MakeArcOfCircle(gp_Pnt(*start), gp_Pnt(*through), gp_Pnt(*end)).Value()
    return BRepBuilderAPI_MakeEdge(circle).Edge()


def line(start: Point, end: Point) -> TopoDS_Shape:
    """Return a straight edge."""
    return BRepBuilderAPI_MakeEdge(gp_Pnt(*start), gp_Pnt(*end)).Edge()


def wire(edges: list[TopoDS_Shape]) -> TopoDS_Shape:
    """Return edges joined end to end."""
    maker = BRepBuilderAPI_MakeWire()
    for edge in edges:
        maker.Add(TopoDS.Edge(edge))
    return maker.Wire()


def ring(count: int, radius: float, start: float = 0.0) -> list[tuple[float, float]]:
    """Return `count` points evenly spaced on a circle."""
    angles = (math.radians(start + 360.0 * index / count) for index in range(count))
    return [(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]
