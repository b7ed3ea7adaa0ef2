"""Write the turnable 3D preview: binary glTF 2.0 (GLB), in meters: triangles and sharp edges.

Layout after the glTF 2.0 specification of the Khronos Group, section 4 (GLB) and 3.6 (buffers).
"""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry.facets import sharp_lines
from marketplace.parts.geometry.surface import Surface
from marketplace.parts.geometry.topology import Indices

FLOAT, UNSIGNED_SHORT, UNSIGNED_INT = 5126, 5123, 5125
VERTEX_DATA, INDEX_DATA = 34962, 34963
Z_UP_TO_Y_UP = [-0.7071067811865476, 0.0, 0.0, 0.7071067811865476]
METERS_PER_MM = 0.001
STEEL = {
    "name": "steel",
    "pbrMetallicRoughness": {
        "baseColorFactor": [0.42, 0.50, 0.58, 1.0],
        "metallicFactor": 0.35,
        "roughnessFactor": 0.45,
    },
}


TRIANGLES, LINES = 4, 1
INK = {
    "name": "ink",
    "pbrMetallicRoughness": {
        "baseColorFactor": [0.13, 0.16, 0.21, 1.0],
        "metallicFactor": 0.0,
        "roughnessFactor": 1.0,
    },
}


def write_preview(surface: Surface, path: Path) -> None:
    """Write `surface` (millimeters, Z up) to `path` as GLB (meters, Y up).

    The node `part` holds the triangles; the node `edges`, when there are any, the sharp edges and
    open borders as lines.
    """
    points = (surface.points * METERS_PER_MM).astype("<f4")
    normals = surface.normals.astype("<f4")
    places, lines = sharp_lines(surface)
    blobs, kinds = [points.tobytes(), normals.tobytes()], [VERTEX_DATA, VERTEX_DATA]
    accessors = [_places(0, points), _accessor(1, FLOAT, len(normals), "VEC3")]
    _add_indices(surface.triangles, len(points), blobs, kinds, accessors)
    meshes = [_mesh("part", {"POSITION": 0, "NORMAL": 1}, 2, 0, TRIANGLES)]
    if len(lines):
        corners = (places * METERS_PER_MM).astype("<f4")
        blobs.append(corners.tobytes())
        kinds.append(VERTEX_DATA)
        accessors.append(_places(3, corners))
        _add_indices(lines, len(corners), blobs, kinds, accessors)
        meshes.append(_mesh("edges", {"POSITION": 3}, 4, 1, LINES))
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(meshes)))}],
        "nodes": [
            {"name": mesh["name"], "mesh": number, "rotation": Z_UP_TO_Y_UP}
            for number, mesh in enumerate(meshes)
        ],
        "meshes": meshes,
        "materials": [{**STEEL, "doubleSided": not surface.closed}, INK],
        "buffers": [{"byteLength": sum(map(len, blobs))}],
        "bufferViews": _views(blobs, kinds),
        "accessors": accessors,
    }
    head = _padded(json.dumps(document, separators=(",", ":")).encode(), b" ")
    body = b"".join(blobs)
    with path.open("wb") as file:
        file.write(struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(head) + 8 + len(body)))
        file.write(struct.pack("<I4s", len(head), b"JSON") + head)
        file.write(struct.pack("<I4s", len(body), b"BIN\0") + body)


def _mesh(
    name: str, attributes: dict[str, int], indices: int, material: int, mode: int
) -> dict[str, Any]:
    primitive = {"attributes": attributes, "indices": indices, "material": material, "mode": mode}
    return {"name": name, "primitives": [primitive]}


def _add_indices(
    indices: Indices,
    points: int,
    blobs: list[bytes],
    kinds: list[int],
    accessors: list[dict[str, Any]],
) -> None:
    short = points <= 65_535
    flat = indices.reshape(-1).astype("<u2" if short else "<u4")
    component = UNSIGNED_SHORT if short else UNSIGNED_INT
    accessors.append(_accessor(len(blobs), component, len(flat), "SCALAR"))
    blobs.append(_padded(flat.tobytes(), b"\0"))
    kinds.append(INDEX_DATA)


def _places(view: int, points: npt.NDArray[np.floating]) -> dict[str, Any]:
    return {
        **_accessor(view, FLOAT, len(points), "VEC3"),
        "min": [float(value) for value in points.min(axis=0)],
        "max": [float(value) for value in points.max(axis=0)],
    }


def _views(blobs: list[bytes], kinds: list[int]) -> list[dict[str, int]]:
    views, offset = [], 0
    for blob, target in zip(blobs, kinds, strict=True):
        views.append({"buffer": 0, "byteOffset": offset, "byteLength": len(blob), "target": target})
        offset += len(blob)
    return views


def _accessor(view: int, component: int, count: int, kind: str) -> dict[str, Any]:
    return {"bufferView": view, "componentType": component, "count": count, "type": kind}


def _padded(blob: bytes, filler: bytes) -> bytes:
    return blob + filler * (-len(blob) % 4)
