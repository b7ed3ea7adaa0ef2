"""Small meshes and files of every mesh format, made for the tests."""

import struct
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

Corners = npt.NDArray[np.float64]
CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
PRODUCTION = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"
MODEL = "3D/3dmodel.model"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Target="/3D/3dmodel.model" Id="rel0" '
    'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>'
)
CUBE_POINTS = np.array([(x, y, z) for z in (0, 1) for y in (0, 1) for x in (0, 1)], dtype=float)
CUBE_FACES = np.array(
    [
        (0, 2, 1), (1, 2, 3), (4, 5, 6), (5, 7, 6), (0, 1, 4), (1, 5, 4),
        (2, 6, 3), (3, 6, 7), (0, 4, 2), (2, 4, 6), (1, 3, 5), (3, 7, 5),
    ]
)  # fmt: skip


def cube(side: float = 10.0, at: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Corners:
    """Return the 12 triangles of a cube, shape (12, 3, 3), outside out."""
    corners: Corners = (CUBE_POINTS * side + np.array(at))[CUBE_FACES]
    return corners


def inside_out(corners: Corners) -> Corners:
    return corners[:, ::-1]


def ball(steps: int, radius: float = 10.0) -> Corners:
    """Return a closed ball of 2 * steps * (steps - 1) triangles; its poles are single points."""
    around = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    down = np.linspace(0, np.pi, steps + 1)[1:-1]
    rings = [
        [(np.sin(d) * np.cos(a), np.sin(d) * np.sin(a), np.cos(d)) for a in around] for d in down
    ]
    top, bottom = (0.0, 0.0, 1.0), (0.0, 0.0, -1.0)
    triangles = []
    for i in range(steps):
        j = (i + 1) % steps
        triangles += [(top, rings[0][i], rings[0][j]), (bottom, rings[-1][j], rings[-1][i])]
        for upper, lower in pairwise(rings):
            triangles += [(upper[i], lower[i], lower[j]), (upper[i], lower[j], upper[j])]
    return np.array(triangles) * radius


def volume_of(corners: Corners) -> float:
    """Return the signed volume by the plain formula, to compare with."""
    return float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6)


def write_stl(path: Path, corners: Corners, header: bytes = b"a test") -> Path:
    rows = np.zeros(len(corners), [("n", "<f4", 3), ("c", "<f4", (3, 3)), ("a", "<u2")])
    rows["c"] = corners
    path.write_bytes(header.ljust(80) + struct.pack("<I", len(corners)) + rows.tobytes())
    return path


def text_stl(corners: Corners) -> str:
    lines = ["solid part"]
    for triangle in corners:
        lines += ["  facet normal 0 0 0", "    outer loop"]
        lines += [f"      vertex {x!r} {y!r} {z!r}" for x, y, z in triangle.tolist()]
        lines += ["    endloop", "  endfacet"]
    return "\n".join([*lines, "endsolid part", ""])


def model_xml(resources: str, build: str, unit: str = "millimeter", head: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<model unit="{unit}" xmlns="{CORE}" '
        f'xmlns:p="{PRODUCTION}"><resources>{resources}</resources><build>{build}</build></model>'
    )


def mesh_xml(corners: Corners, number: int = 1, kind: str = "model") -> str:
    vertices = "".join(f'<vertex x="{x}" y="{y}" z="{z}"/>' for x, y, z in corners.reshape(-1, 3))
    faces = "".join(
        f'<triangle v1="{3 * i}" v2="{3 * i + 1}" v3="{3 * i + 2}"/>' for i in range(len(corners))
    )
    return (
        f'<object id="{number}" type="{kind}"><mesh><vertices>{vertices}</vertices>'
        f"<triangles>{faces}</triangles></mesh></object>"
    )


def write_3mf(path: Path, model: str, **others: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr(MODEL, model)
        for name, text in others.items():
            archive.writestr(name, text)
    return path
