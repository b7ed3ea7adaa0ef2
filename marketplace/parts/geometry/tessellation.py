"""Triangles of a boundary representation, for the preview and the picture."""

from dataclasses import dataclass

import numpy as np
from OCP.BRep import BRep_Tool
from OCP.BRepLib import BRepLib_ToolTriangulatedShape
from OCP.BRepMesh import BRepMesh_IncrementalMesh
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher
from OCP.TopAbs import TopAbs_Orientation
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS, TopoDS_Face, TopoDS_Shape

from marketplace.parts.geometry.brep import FACE, apply_location, number_of, parts_of
from marketplace.parts.geometry.facts import GeometryError
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.surface import Surface, shown_surface
from marketplace.parts.geometry.topology import Indices

LINEAR_MM = 0.1
LINEAR_PER_SIZE = 0.002
ANGULAR = 0.5
ANGULAR_OF_SIMPLE_PARTS = 0.2
FACES_OF_SIMPLE_PARTS = 250


@dataclass(frozen=True)
class Patch:
    """Triangulation of one distinct face, in the coordinates of that face."""

    points: Array
    normals: Array
    triangles: Indices


def tessellate(shape: TopoDS_Shape, size_mm: float) -> float:
    """Give every face of `shape` a triangulation and return how far it may be off, in mm.

    Off the surface by at most 0.1 mm and by a share of `size_mm` (the diagonal of the part) for
    small parts, and 0.5 rad per step, so that a preview is small; parts of few faces get finer
    steps, because their round edges would be seen as corners.
    """
    faces = sum(1 for _ in parts_of(shape, FACE))
    angular = ANGULAR_OF_SIMPLE_PARTS if faces <= FACES_OF_SIMPLE_PARTS else ANGULAR
    linear = max(min(LINEAR_MM, LINEAR_PER_SIZE * size_mm), 1e-5)
    BRepMesh_IncrementalMesh(shape, linear, False, angular, False)
    return linear


def count_triangles(shape: TopoDS_Shape) -> int:
    """Return how many triangles the faces of a tessellated shape have, as often as placed."""
    total = 0
    for face in parts_of(shape, FACE):
        patch = BRep_Tool.Triangulation_s(TopoDS.Face(face), TopLoc_Location())
        total += patch.NbTriangles() if patch is not None else 0
    return total


@dataclass(frozen=True)
class Triangulation:
    """All faces of a shape as placed: points and normals (n, 3), triangles (m, 3) outside out,
    the number of each triangle's face in the order of the kernel's explorer, and how far the
    triangles may be off the surfaces in millimeters.
    """

    points: Array
    normals: Array
    triangles: Indices
    face: Indices
    tolerance: float


def triangulation_of(shape: TopoDS_Shape, tolerance: float) -> Triangulation:
    """Return the triangles of a tessellated shape; raises GeometryError `empty` without any."""
    seen = IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher()
    known: dict[int, Patch] = {}
    points, normals, triangles, counts, start = [], [], [], [], 0
    for part in parts_of(shape, FACE):
        face = TopoDS.Face(part)
        key = number_of(face, seen)
        if key not in known:
            known[key] = _patch(TopoDS.Face(face.Located(TopLoc_Location())))
        patch = known[key]
        inverted = face.Orientation() == TopAbs_Orientation.TopAbs_REVERSED
        location = face.Location()
        points.append(apply_location(patch.points, location))
        turned = apply_location(patch.normals, location) - apply_location(
            np.zeros((1, 3)), location
        )
        normals.append(-turned if inverted else turned)
        triangles.append((patch.triangles[:, ::-1] if inverted else patch.triangles) + start)
        counts.append(len(patch.triangles))
        start += len(patch.points)
    if not start or not sum(counts):
        raise GeometryError(
            "empty", "This file holds no surface that could be shown. Please export it again."
        )
    return Triangulation(
        np.concatenate(points),
        np.concatenate(normals),
        np.concatenate(triangles).astype(np.int32),
        np.repeat(np.arange(len(counts), dtype=np.int32), counts),
        tolerance,
    )


def surface_of(made: Triangulation, closed: bool, limits: Limits) -> Surface:
    """Return what is shown of triangles, with the normals of the surfaces themselves."""
    if len(made.triangles) > limits.preview_triangles:
        return shown_surface(made.points, made.triangles, closed, limits.preview_triangles)
    return Surface(made.points, made.normals, made.triangles, closed)


def _patch(face: TopoDS_Face) -> Patch:
    mesh = BRep_Tool.Triangulation_s(face, TopLoc_Location())
    if mesh is None:
        return Patch(np.empty((0, 3)), np.empty((0, 3)), np.empty((0, 3), dtype=np.int32))
    forward = TopoDS.Face(face.Oriented(TopAbs_Orientation.TopAbs_FORWARD))
    BRepLib_ToolTriangulatedShape.ComputeNormals_s(forward, mesh)
    count = mesh.NbNodes()
    points, normals = np.empty((count, 3)), np.empty((count, 3))
    for index in range(count):
        point, normal = mesh.Node(index + 1), mesh.Normal(index + 1)
        points[index] = point.X(), point.Y(), point.Z()
        normals[index] = normal.X(), normal.Y(), normal.Z()
    corners = [mesh.Triangle(index + 1).Get() for index in range(mesh.NbTriangles())]
    return Patch(points, normals, np.array(corners, dtype=np.int32).reshape(-1, 3) - 1)
