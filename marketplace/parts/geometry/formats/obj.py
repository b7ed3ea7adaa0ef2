"""Wavefront OBJ: vertices and faces only; materials and other files it names are never opened."""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry.facts import GeometryError, PartFacts
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.mesh_facts import facts_of_mesh
from marketplace.parts.geometry.polygons import triangulate
from marketplace.parts.geometry.triangle_limit import check_triangle_count

_VERTEX = re.compile(rb"^[ \t]*v[ \t]+([^\r\n#]*)", re.MULTILINE)
_FACE = re.compile(rb"^[ \t]*f[ \t]+([^\r\n#]*)", re.MULTILINE)
_VERTEX_OR_FACE = re.compile(rb"^[ \t]*([vf])[ \t]+([^\r\n#]*)", re.MULTILINE)
_TEXTURE_AND_NORMAL = re.compile(rb"/[^\s]*")
_CONTINUED = re.compile(rb"\\\r?\n")


def read(path: Path, units: str | None, limits: Limits, pictures: Path | None) -> PartFacts:
    """Return the facts of an OBJ file, which has no unit of its own.

    Raises GeometryError for files without faces, with too many, or with broken numbers.
    """
    return facts_of_mesh(
        corners_of(path, limits),
        part_format="obj",
        unit=None,
        given=units,
        warnings=[],
        limits=limits,
        pictures=pictures,
    )


def corners_of(path: Path, limits: Limits) -> Array:
    """Return the corners (triangles, 3, 3) in the unit of the file; raises as `read` does."""
    text = _CONTINUED.sub(b" ", path.read_bytes())
    try:
        points = _points(text)
        triangles = _triangles(text, points, limits)
    except ValueError as fault:
        raise GeometryError(
            "unreadable",
            "This OBJ file cannot be read: a vertex or face in it is not made of numbers. Please "
            "export it again.",
            detail=str(fault),
        ) from fault
    check_triangle_count(len(triangles), limits)
    if triangles.min() < 0 or triangles.max() >= len(points):
        raise GeometryError(
            "unreadable",
            "This OBJ file names corners that it does not hold. It was probably cut off; please "
            "export it again.",
        )
    corners: Array = points[triangles]
    return corners


def _points(text: bytes) -> Array:
    """Return the vertices, shape (n, 3); weights and colors behind them are dropped."""
    lines = _VERTEX.findall(text)
    words = b" ".join(lines).split()
    if not lines or len(words) % len(lines) or len(words) // len(lines) < 3:
        words = [word for line in lines for word in (line.split() + [b"missing"] * 3)[:3]]
    numbers = np.array(words, dtype="S32").astype(np.float64)
    return numbers.reshape(len(lines), -1)[:, :3] if lines else numbers.reshape(0, 3)


def _triangles(text: bytes, points: Array, limits: Limits) -> npt.NDArray[np.int64]:
    """Return the faces as triangles, numbered from 0."""
    lines = _FACE.findall(text)
    if len(lines) > limits.triangles:
        check_triangle_count(len(lines), limits)
    faces = _TEXTURE_AND_NORMAL.sub(b"", b"\n".join(lines))
    if b"-" in faces:
        return _relative_triangles(text, points)
    words = faces.split()
    rows = faces.splitlines()
    if len(words) == 3 * len(lines) and all(row.count(b" ") == 2 for row in map(_tidy, rows)):
        return np.array(words, dtype="S16").astype(np.int64).reshape(-1, 3) - 1
    found: list[tuple[int, int, int]] = []
    for row in rows:
        found += _cut(points, [int(word) - 1 for word in row.split()])
    return np.array(found, dtype=np.int64).reshape(-1, 3)


def _tidy(row: bytes) -> bytes:
    return (
        row
        if b"  " not in row and b"\t" not in row and not row.endswith(b" ")
        else b" ".join(row.split())
    )


def _relative_triangles(text: bytes, points: Array) -> npt.NDArray[np.int64]:
    """Return the faces of a file that counts corners backwards from where a face stands."""
    seen, found = 0, []
    for kind, rest in _VERTEX_OR_FACE.findall(text):
        if kind == b"v":
            seen += 1
            continue
        numbers = [int(word.split(b"/", 1)[0]) for word in rest.split()]
        found += _cut(points, [seen + number if number < 0 else number - 1 for number in numbers])
    return np.array(found, dtype=np.int64).reshape(-1, 3)


def _cut(points: Array, polygon: list[int]) -> list[tuple[int, int, int]]:
    if len(polygon) > 3 and (min(polygon) < 0 or max(polygon) >= len(points)):
        raise ValueError("a face names a corner that does not exist")
    return triangulate(points, polygon)
