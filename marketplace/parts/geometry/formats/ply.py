"""PLY (Stanford polygon format), text and binary, with whatever properties it carries."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry.facts import GeometryError, PartFacts
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.mesh_facts import facts_of_mesh
from marketplace.parts.geometry.polygons import triangulate
from marketplace.parts.geometry.triangle_limit import check_triangle_count

TYPE_OF_NAME = {
    "char": "i1",
    "int8": "i1",
    "uchar": "u1",
    "uint8": "u1",
    "short": "i2",
    "int16": "i2",
    "ushort": "u2",
    "uint16": "u2",
    "int": "i4",
    "int32": "i4",
    "uint": "u4",
    "uint32": "u4",
    "float": "f4",
    "float32": "f4",
    "double": "f8",
    "float64": "f8",
}
BYTE_ORDER = {"binary_little_endian": "<", "binary_big_endian": ">", "ascii": ""}
CORNER_LISTS = ("vertex_indices", "vertex_index")
LONGEST_HEADER = 65_536


Column = list[list[int]] | npt.NDArray[Any]
Columns = dict[str, Column]


@dataclass(frozen=True)
class Property:
    """One property: numpy type of its values, and of the count before them when it is a list."""

    name: str
    kind: str
    count_kind: str | None = None


@dataclass(frozen=True)
class Element:
    """One kind of record in the file and how many of it follow."""

    name: str
    count: int
    properties: list[Property]

    @property
    def has_list(self) -> bool:
        return any(item.count_kind is not None for item in self.properties)


def read(path: Path, units: str | None, limits: Limits, pictures: Path | None) -> PartFacts:
    """Return the facts of a PLY file, which has no unit of its own.

    Raises GeometryError for files that are cut off, are only points, or break the format.
    """
    return facts_of_mesh(
        corners_of(path, limits),
        part_format="ply",
        unit=None,
        given=units,
        warnings=[],
        limits=limits,
        pictures=pictures,
    )


def corners_of(path: Path, limits: Limits) -> Array:
    """Return the corners (triangles, 3, 3) in the unit of the file; raises as `read` does."""
    data = path.read_bytes()
    try:
        order, elements, start = _header(data)
        _check_counts(elements, limits)
        points, triangles = _body(data, start, order, elements)
    except (ValueError, KeyError, IndexError, UnicodeDecodeError) as fault:
        raise GeometryError(
            "unreadable",
            "This PLY file cannot be read: it ends early or does not follow the rules of the "
            "format. Please export it again.",
            detail=repr(fault),
        ) from fault
    check_triangle_count(len(triangles), limits)
    corners: Array = points[triangles]
    return corners


def _header(data: bytes) -> tuple[str, list[Element], int]:
    end = data.find(b"end_header", 0, LONGEST_HEADER)
    if end < 0:
        raise ValueError("no end of the header")
    start = data.index(b"\n", end) + 1
    order, elements = "", []
    for line in data[:end].decode("ascii").splitlines():
        words = line.split()
        match words[:1]:
            case ["format"]:
                order = words[1]
            case ["element"]:
                elements.append(Element(words[1], int(words[2]), []))
            case ["property"] if words[1] == "list":
                elements[-1].properties.append(
                    Property(words[4], TYPE_OF_NAME[words[3]], TYPE_OF_NAME[words[2]])
                )
            case ["property"]:
                elements[-1].properties.append(Property(words[2], TYPE_OF_NAME[words[1]]))
    if order not in BYTE_ORDER:
        raise ValueError("unknown byte order")
    return order, elements, start


def _check_counts(elements: list[Element], limits: Limits) -> None:
    for element in elements:
        if element.count < 0 or not element.properties:
            raise ValueError("a nonsense element")
        if element.name == "vertex" and element.has_list:
            raise ValueError("a vertex with a list")
        ceiling = limits.triangles * (3 if element.name == "vertex" else 1)
        if element.count > ceiling:
            check_triangle_count(element.count, limits)


def _body(
    data: bytes, start: int, order: str, elements: list[Element]
) -> tuple[Array, npt.NDArray[np.int64]]:
    points = np.empty((0, 3))
    faces: Column = []
    words = data[start:].split() if order == "ascii" else []
    at = 0 if order == "ascii" else start
    for element in elements:
        if order == "ascii":
            columns, at = _text_records(words, at, element)
        else:
            columns, at = _binary_records(data, at, element, BYTE_ORDER[order])
        if element.name == "vertex":
            points = np.column_stack([np.asarray(columns[axis], float) for axis in "xyz"])
        elif element.name == "face":
            name = CORNER_LISTS[0] if CORNER_LISTS[0] in columns else CORNER_LISTS[1]
            faces = columns[name]
    return points, _as_triangles(points, faces)


def _as_triangles(points: Array, faces: Column) -> npt.NDArray[np.int64]:
    if not isinstance(faces, np.ndarray):
        if any(corner < 0 or corner >= len(points) for face in faces for corner in face):
            raise ValueError("a face names a corner that does not exist")
        cut = [triangle for face in faces for triangle in triangulate(points, face)]
        return np.array(cut, dtype=np.int64).reshape(-1, 3)
    if len(faces) and (faces.min() < 0 or faces.max() >= len(points)):
        raise ValueError("a face names a corner that does not exist")
    return faces.astype(np.int64)


def _text_records(words: list[bytes], at: int, element: Element) -> tuple[Columns, int]:
    if not element.has_list:
        width = len(element.properties)
        block = words[at : at + width * element.count]
        table = np.array(block, dtype="S32").astype(np.float64).reshape(element.count, width)
        named: Columns = {
            item.name: table[:, place] for place, item in enumerate(element.properties)
        }
        return named, at + len(block)
    columns: dict[str, list[list[int]]] = {item.name: [] for item in element.properties}
    for _ in range(element.count):
        for item in element.properties:
            count = 1
            if item.count_kind is not None:
                count, at = int(words[at]), at + 1
            values = [int(float(word)) for word in words[at : at + count]]
            if count < 0 or len(values) != count:
                raise ValueError("a list ends early")
            columns[item.name].append(values)
            at += count
    return dict(columns), at


def _binary_records(data: bytes, at: int, element: Element, order: str) -> tuple[Columns, int]:
    if not element.has_list:
        layout = np.dtype([(item.name, order + item.kind) for item in element.properties])
        table = np.frombuffer(data, layout, element.count, at)
        return {name: table[name] for name in table.dtype.names or ()}, at + table.nbytes
    same = _same_length_records(data, at, element, order)
    if same is not None:
        return same
    columns: dict[str, list[list[int]]] = {item.name: [] for item in element.properties}
    for _ in range(element.count):
        for item in element.properties:
            count = 1
            if item.count_kind is not None:
                prefix = np.frombuffer(data, order + item.count_kind, 1, at)
                count, at = int(prefix[0]), at + prefix.nbytes
            values = np.frombuffer(data, order + item.kind, count, at)
            columns[item.name].append([int(value) for value in values])
            at += values.nbytes
    return dict(columns), at


def _same_length_records(
    data: bytes, at: int, element: Element, order: str
) -> tuple[Columns, int] | None:
    """Return the records at once when every list in them holds three values, else None."""
    fields: list[tuple[str, str] | tuple[str, str, int]] = []
    for item in element.properties:
        if item.count_kind is None:
            fields.append((item.name, order + item.kind))
        else:
            fields.append((f"{item.name} count", order + item.count_kind))
            fields.append((item.name, order + item.kind, 3))
    layout = np.dtype(fields)
    if len(data) - at < layout.itemsize * element.count:
        return None
    table = np.frombuffer(data, layout, element.count, at)
    for item in element.properties:
        if item.count_kind is not None and (table[f"{item.name} count"] != 3).any():
            return None
    return {item.name: table[item.name] for item in element.properties}, at + table.nbytes
