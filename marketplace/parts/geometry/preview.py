"""Write the turnable 3D preview: binary glTF 2.0 (GLB), in meters, one indexed mesh.

Layout after the glTF 2.0 specification of the Khronos Group, section 4 (GLB) and 3.6 (buffers).
"""

import json
import struct
from pathlib import Path
from typing import Any

from marketplace.parts.geometry.surface import Surface

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


def write_preview(surface: Surface, path: Path) -> None:
    """Write `surface` (millimeters, Z up) to `path` as GLB (meters, Y up)."""
    points = (surface.points * METERS_PER_MM).astype("<f4")
    normals = surface.normals.astype("<f4")
    short = len(points) <= 65_535
    indices = surface.triangles.reshape(-1).astype("<u2" if short else "<u4")
    blobs = [points.tobytes(), normals.tobytes(), _padded(indices.tobytes(), b"\0")]
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "rotation": Z_UP_TO_Y_UP}],
        "meshes": [
            {
                "primitives": [
                    {"attributes": {"POSITION": 0, "NORMAL": 1}, "indices": 2, "material": 0}
                ]
            }
        ],
        "materials": [{**STEEL, "doubleSided": not surface.closed}],
        "buffers": [{"byteLength": sum(map(len, blobs))}],
        "bufferViews": _views(blobs),
        "accessors": [
            {
                **_accessor(0, FLOAT, len(points), "VEC3"),
                "min": [float(value) for value in points.min(axis=0)],
                "max": [float(value) for value in points.max(axis=0)],
            },
            _accessor(1, FLOAT, len(normals), "VEC3"),
            _accessor(2, UNSIGNED_SHORT if short else UNSIGNED_INT, len(indices), "SCALAR"),
        ],
    }
    head = _padded(json.dumps(document, separators=(",", ":")).encode(), b" ")
    body = b"".join(blobs)
    with path.open("wb") as file:
        file.write(struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(head) + 8 + len(body)))
        file.write(struct.pack("<I4s", len(head), b"JSON") + head)
        file.write(struct.pack("<I4s", len(body), b"BIN\0") + body)


def _views(blobs: list[bytes]) -> list[dict[str, int]]:
    views, offset = [], 0
    for blob, target in zip(blobs, (VERTEX_DATA, VERTEX_DATA, INDEX_DATA), strict=True):
        views.append({"buffer": 0, "byteOffset": offset, "byteLength": len(blob), "target": target})
        offset += len(blob)
    return views


def _accessor(view: int, component: int, count: int, kind: str) -> dict[str, Any]:
    return {"bufferView": view, "componentType": component, "count": count, "type": kind}


def _padded(blob: bytes, filler: bytes) -> bytes:
    return blob + filler * (-len(blob) % 4)
