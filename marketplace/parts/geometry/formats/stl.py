"""STL, binary and text. A binary file is mapped into memory, not read."""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry import sentences
from marketplace.parts.geometry.detect import (
    HEAD_BYTES,
    STL_HEADER_BYTES,
    binary_stl_triangles,
)
from marketplace.parts.geometry.facts import FactWarning, GeometryError, PartFacts
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.mesh_facts import facts_of_mesh
from marketplace.parts.geometry.triangle_limit import check_triangle_count

TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_VERTEX = re.compile(rb"^\s*vertex\s+([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_END = re.compile(rb"endsolid", re.IGNORECASE)


def read(path: Path, units: str | None, limits: Limits, pictures: Path | None) -> PartFacts:
    """Return the facts of an STL file, which has no unit of its own.

    Raises GeometryError for files that are cut off, hold no triangles, too many of them, or
    corners that are not numbers.
    """
    warnings: list[FactWarning] = []
    return facts_of_mesh(
        _corners(path, warnings, limits),
        part_format="stl",
        unit=None,
        given=units,
        warnings=warnings,
        limits=limits,
        pictures=pictures,
    )


def corners_of(path: Path, limits: Limits) -> npt.NDArray[np.floating]:
    """Return the corners (triangles, 3, 3) in the unit of the file; raises as `read` does."""
    return _corners(path, [], limits)


def _corners(path: Path, warnings: list[FactWarning], limits: Limits) -> npt.NDArray[np.floating]:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    size = path.stat().st_size
    text = head.lstrip().lower().startswith(b"solid") and b"\x00" not in head
    if text and binary_stl_triangles(head, size) is None:
        return _text_corners(path.read_bytes())
    return _binary_corners(path, head, size, warnings, limits)


def _binary_corners(
    path: Path, head: bytes, size: int, warnings: list[FactWarning], limits: Limits
) -> npt.NDArray[np.float32]:
    count = int.from_bytes(head[80:84], "little")
    check_triangle_count(count, limits)
    if size > STL_HEADER_BYTES + count * TRIANGLE.itemsize:
        warnings.append(sentences.extra_data())
    triangles = np.memmap(path, dtype=TRIANGLE, mode="r", offset=STL_HEADER_BYTES, shape=(count,))
    corners: npt.NDArray[np.float32] = triangles["corners"]
    return corners


def _text_corners(text: bytes) -> npt.NDArray[np.float64]:
    """Return the corners of a text STL, in double precision as written."""
    lines = _VERTEX.findall(text)
    if not _END.search(text[-HEAD_BYTES:]) or len(lines) % 3:
        raise GeometryError(
            "truncated",
            "This STL file ends in the middle. It was probably cut off while being saved or sent; "
            "please export it again.",
        )
    try:
        numbers = np.array(b" ".join(lines).split(), dtype="S32").astype(np.float64)
        return numbers.reshape(-1, 3, 3)
    except ValueError as fault:
        raise GeometryError(
            "unreadable",
            "This STL file cannot be read: a corner does not have three numbers. Please export it "
            "again.",
            detail=str(fault),
        ) from fault
