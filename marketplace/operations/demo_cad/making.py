"""Build every demo part and write it in the format its catalog entry asks for."""

import re
import struct
import zipfile
from pathlib import Path

import numpy as np
from OCP.APIHeaderSection import APIHeaderSection_MakeHeader
from OCP.BRepMesh import BRepMesh_IncrementalMesh
from OCP.IFSelect import IFSelect_ReturnStatus
from OCP.Message import Message, Message_Gravity
from OCP.STEPControl import STEPControl_StepModelType, STEPControl_Writer
from OCP.TCollection import TCollection_HAsciiString
from OCP.TopoDS import TopoDS_Shape

from marketplace.operations.demo_cad import DemoPart
from marketplace.operations.demo_cad.catalog import ENTRIES, Entry
from marketplace.operations.demo_cad.drawing import draw_sheet
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.tessellation import triangulation_of
from marketplace.parts.geometry.topology import Indices

LINEAR_MM, ANGULAR = 0.03, 0.16
DECIMALS = 4
MODEL_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default \
Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default \
Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>"""
MODEL_RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship \
Target="/3D/3dmodel.model" Id="rel0" \
Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>"""


def write_all(out_dir: Path) -> list[DemoPart]:
    """Write every entry of the catalog into `out_dir` and return the parts in its order."""
    for printer in Message.DefaultMessenger_s().Printers():
        printer.SetTraceLevel(Message_Gravity.Message_Fail)
    return [_write(entry, out_dir) for entry in ENTRIES]


def _write(entry: Entry, out_dir: Path) -> DemoPart:
    shape = entry.build()
    stem = f"{entry.number}-{re.sub(r'[^a-z0-9]+', '-', entry.name.lower()).strip('-')}"
    path = out_dir / f"{stem}.{entry.ending}"
    if entry.ending == "step":
        write_step(shape, path, entry)
    else:
        points, triangles = triangulated(shape)
        {"stl": write_stl, "obj": write_obj, "3mf": write_3mf}[entry.ending](
            points, triangles, path, entry
        )
    drawing = None
    if entry.dimensions:
        drawing = out_dir / f"{stem}-drawing.pdf"
        draw_sheet(
            shape,
            drawing,
            number=entry.number,
            name=entry.name,
            material=entry.material_name,
            dimensions=entry.dimensions,
            notes=entry.notes,
        )
    return DemoPart(entry.number, entry.name, path, entry.process, entry.material, drawing)


def write_step(shape: TopoDS_Shape, path: Path, entry: Entry) -> None:
    """Write a shape as STEP AP214 in millimeters; raises OSError when that fails."""
    writer = STEPControl_Writer()
    writer.Transfer(shape, STEPControl_StepModelType.STEPControl_AsIs)
    header = APIHeaderSection_MakeHeader(writer.Model())
    header.SetName(TCollection_HAsciiString(f"{entry.number} {entry.name}"))
    if writer.Write(str(path)) != IFSelect_ReturnStatus.IFSelect_RetDone:
        raise OSError(f"could not write {path}")


def triangulated(shape: TopoDS_Shape) -> tuple[Array, Indices]:
    """Return points (n, 3) and triangles (m, 3) of a shape, each point once."""
    BRepMesh_IncrementalMesh(shape, LINEAR_MM, False, ANGULAR, False)
    made = triangulation_of(shape, LINEAR_MM)
    points, number = np.unique(np.round(made.points, DECIMALS) + 0.0, axis=0, return_inverse=True)
    triangles = number.reshape(-1).astype(np.int32)[made.triangles]
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    return points, triangles[(a != b) & (b != c) & (c != a)]


def write_stl(points: Array, triangles: Indices, path: Path, entry: Entry) -> None:
    """Write a binary STL."""
    corners = points[triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-12)[:, None]
    rows = np.zeros(
        len(triangles),
        dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")],
    )
    rows["normal"], rows["corners"] = normals, corners
    head = f"{entry.number} {entry.name}".encode().ljust(80)
    path.write_bytes(head + struct.pack("<I", len(rows)) + rows.tobytes())


def write_obj(points: Array, triangles: Indices, path: Path, entry: Entry) -> None:
    """Write a Wavefront OBJ."""
    lines = [f"# {entry.number} {entry.name}, millimeters", f"o {entry.number}"]
    lines += [f"v {x:.{DECIMALS}f} {y:.{DECIMALS}f} {z:.{DECIMALS}f}" for x, y, z in points]
    lines += [f"f {a} {b} {c}" for a, b, c in triangles + 1]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def write_3mf(points: Array, triangles: Indices, path: Path, entry: Entry) -> None:
    """Write a 3MF package with one object in millimeters."""
    vertices = "".join(
        f'<vertex x="{x:.{DECIMALS}f}" y="{y:.{DECIMALS}f}" z="{z:.{DECIMALS}f}"/>'
        for x, y, z in points
    )
    faces = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in triangles)
    model = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<model unit="millimeter" xml:lang="en-US" '
        'xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"><resources>'
        f'<object id="1" type="model" name="{entry.name}"><mesh><vertices>{vertices}</vertices>'
        f"<triangles>{faces}</triangles></mesh></object></resources>"
        '<build><item objectid="1"/></build></model>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", MODEL_TYPES)
        archive.writestr("_rels/.rels", MODEL_RELATIONS)
        archive.writestr("3D/3dmodel.model", model)
