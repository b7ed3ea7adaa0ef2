"""DXF: flat outlines to be cut: their length, how often the cut begins, their size."""

import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import ezdxf
import numpy as np
from ezdxf.disassemble import recursive_decompose
from ezdxf.document import Drawing

from marketplace.parts.geometry import feature_sentences as say
from marketplace.parts.geometry import sentences
from marketplace.parts.geometry.contours import Outline, measure_outline
from marketplace.parts.geometry.facts import (
    LENGTH_UNITS_MM,
    FactWarning,
    GeometryError,
    PartFacts,
)
from marketplace.parts.geometry.figures import Figure, missing
from marketplace.parts.geometry.flat_picture import write_flat_picture
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.pictures import THUMBNAIL_FILE

UNIT_OF_CODE = {1: "in", 2: "ft", 4: "mm", 5: "cm", 6: "m", 13: "um", 14: "dm"}
"""Values of $INSUNITS (DXF reference, header section)."""
CUT = ("LINE", "ARC", "CIRCLE", "ELLIPSE", "SPLINE", "LWPOLYLINE", "POLYLINE")
SOLIDS = ("3DSOLID", "BODY", "MESH", "3DFACE", "SURFACE", "REGION")
NOT_CUT_LAYERS = ("bend", "biege", "fold", "etch", "engrav", "gravur", "mark", "dim", "text")
PIECES = ("LINE", "ARC")
SAG_MM = 0.002
MOST_POINTS = 100_000
LARGEST_COORDINATE = 1e9


def read(path: Path, units: str | None, limits: Limits, pictures: Path | None) -> PartFacts:
    """Return the facts of a flat sheet; `units` only serves a file that names none.

    Raises GeometryError: `unreadable`, `truncated`, `binary_dxf`, `too_many_entities`,
    `too_deep`, `endless_blocks`, `no_outline`, `not_a_number`.
    """
    document = _document(path, limits)
    _weigh(document, limits)
    warnings: list[FactWarning] = []
    unit, source = _unit(document, units, warnings)
    scale = LENGTH_UNITS_MM[unit]
    curves, bends, others, solids = _curves(document, scale, limits)
    if not curves:
        raise GeometryError(
            "no_outline",
            "This DXF file holds a 3D model. Please upload that as STEP."
            if solids
            else "This DXF file holds no line to cut: no line, arc, circle or curve was found in "
            "its model space. Please export the flat outline of the part.",
        )
    if others:
        warnings.append(sentences.not_cut(others))
    outline = measure_outline(curves)
    if outline.open_contours:
        warnings.append(sentences.open_contours(outline.open_contours))
    if outline.repeated:
        warnings.append(sentences.repeated_lines(outline.repeated))
    files: tuple[str, ...] = ()
    if pictures is not None:
        write_flat_picture(curves, bends, pictures / THUMBNAIL_FILE)
        files = (THUMBNAIL_FILE,)
    width, height = (float(side) for side in outline.high - outline.low)
    return PartFacts(
        format="dxf",
        units=unit,
        units_source=source,
        volume_mm3=None,
        area_mm2=None,
        bbox_mm=(width, height, 0.0),
        solids=0,
        triangles=0,
        watertight=False,
        warnings=tuple(warnings),
        exact=True,
        files=files,
        figures=_figures(outline, len(bends), (width, height)),
    )


def _figures(outline: Outline, bends: int, size: tuple[float, float]) -> dict[str, Figure]:
    exact = say.CURVES
    area = (
        Figure(outline.area, "mm2", "surfaces", exact)
        if outline.area is not None
        else missing("mm2", "surfaces", say.OPEN_OUTLINE)
    )
    return {
        "bbox": Figure([*size, 0.0], "mm", "surfaces", exact),
        "cut_length": Figure(outline.length, "mm", "surfaces", exact),
        "pierces": Figure(outline.pierces, "count", "surfaces", say.PIERCES),
        "open_contours": Figure(outline.open_contours, "count", "surfaces", say.PIERCES),
        "sheet_area": area,
        "bend_count": Figure(bends, "count", "guessed", say.BEND_LAYERS),
        "smallest_contour": Figure(outline.smallest, "mm", "surfaces", exact)
        if outline.smallest is not None
        else missing("mm", "surfaces", say.NO_HOLES),
    }


def _document(path: Path, limits: Limits) -> Drawing:
    data = path.read_bytes()
    if data.startswith(b"AutoCAD Binary DXF"):
        raise GeometryError(
            "binary_dxf",
            "This is a binary DXF file, which we do not read. Please export it as a text (ASCII) "
            "DXF.",
        )
    if b"EOF" not in data[-64:]:
        raise GeometryError(
            "truncated",
            "This DXF file ends in the middle. It was probably cut off while being saved or sent; "
            "please export it again.",
        )
    if data.count(b"\n") > 40 * limits.dxf_entities:
        raise _too_many(limits)
    try:
        return ezdxf.read(io.StringIO(data.decode("utf-8", "surrogateescape")))
    except (ezdxf.DXFError, ValueError, KeyError, IndexError, AttributeError, TypeError) as fault:
        raise GeometryError(
            "unreadable",
            "This DXF file cannot be read: its content does not follow the rules of the format. "
            "Please export it again, if possible as DXF R2010.",
            detail=repr(fault),
        ) from fault


def _weigh(document: Drawing, limits: Limits) -> None:
    """Refuse blocks placed in blocks that unfold to more than we read, without unfolding them."""
    weights: dict[str, tuple[int, int]] = {}

    def weigh(layout: Any, trail: tuple[str, ...]) -> tuple[int, int]:
        total, depth = 0, 0
        for entity in layout:
            if entity.dxftype() != "INSERT":
                total += 1
                continue
            name = str(entity.dxf.name).casefold()
            if name in trail:
                raise GeometryError(
                    "endless_blocks",
                    "A block of this DXF file contains itself, so it has no end. Please export it "
                    "again with the blocks exploded.",
                )
            if len(trail) >= limits.dxf_depth:
                raise GeometryError(
                    "too_deep",
                    "The blocks of this DXF file are nested deeper than any part needs. Please "
                    "export it again with the blocks exploded.",
                )
            if name not in weights:
                block = document.blocks.get(entity.dxf.name)
                weights[name] = weigh(block, (*trail, name)) if block is not None else (0, 0)
            inner, below = weights[name]
            times = max(1, int(entity.mcount))
            total += inner * times
            depth = max(depth, below + 1)
            if total > limits.dxf_entities:
                raise _too_many(limits)
        return total, depth

    total, depth = weigh(document.modelspace(), ())
    if total > limits.dxf_entities or depth > limits.dxf_depth:
        raise _too_many(limits)


def _curves(
    document: Drawing, scale: float, limits: Limits
) -> tuple[list[Array], list[Array], int, int]:
    """Return the curves to cut and the bend lines as points in mm, and what else there is."""
    curves: list[Array] = []
    bends: list[Array] = []
    others = solids = 0
    for entity in islice(_visible(document), 2 * limits.dxf_entities):
        if entity.dxftype() not in CUT:
            others += entity.dxftype() not in SOLIDS
            solids += entity.dxftype() in SOLIDS
            continue
        points = _points(entity, scale)
        if points is None:
            continue
        layer = str(entity.dxf.get("layer", "")).casefold()
        if any(word in layer for word in NOT_CUT_LAYERS):
            bends.append(points)
        else:
            curves.append(points)
    return curves, bends, others, solids


def _visible(document: Drawing) -> Iterator[Any]:
    hidden = {
        layer.dxf.name.casefold()
        for layer in document.layers
        if layer.is_off() or layer.is_frozen()
    }
    for entity in recursive_decompose(document.modelspace()):
        if str(entity.dxf.get("layer", "0")).casefold() not in hidden:
            yield entity


def _points(entity: Any, scale: float) -> Array | None:
    """Return a curve as points (n, 2) in millimeters, at most SAG_MM off it; None for a dot."""
    try:
        points = _flat(entity, scale) * scale
    except (ValueError, TypeError, ArithmeticError, AttributeError, ezdxf.DXFError) as fault:
        raise GeometryError(
            "unreadable",
            "A curve of this DXF file cannot be read. Please export it again, if possible with "
            "curves as polylines.",
            detail=repr(fault),
        ) from fault
    if not np.isfinite(points).all() or np.abs(points).max(initial=0.0) > LARGEST_COORDINATE:
        raise GeometryError(
            "not_a_number",
            "Some coordinates of this DXF file are no usable numbers. Please check the unit and "
            "export it again.",
        )
    if len(points) < 2 or not np.ptp(points, axis=0).any():
        return None
    return points


def _flat(entity: Any, scale: float) -> Array:
    """Return the points of a curve in the unit of the file, those of polylines piece by piece."""
    kind = entity.dxftype()
    sag = SAG_MM / scale
    if kind == "LINE":
        return _rows([entity.dxf.start, entity.dxf.end])
    if kind in ("ARC", "CIRCLE"):
        # Very large circles get a coarser sag, so that nobody asks for millions of points.
        radius = abs(float(entity.dxf.radius))
        if not 0 < radius * scale < LARGEST_COORDINATE:
            return np.full((2, 2), np.nan)
        return _rows(entity.flattening(min(max(sag, 1e-6 * radius), 0.05 * radius)))
    if kind in ("ELLIPSE", "SPLINE"):
        return _rows(islice(entity.flattening(sag), MOST_POINTS))
    return _chained([_flat(p, scale) for p in entity.virtual_entities() if p.dxftype() in PIECES])


def _chained(pieces: list[Array]) -> Array:
    """Return the pieces of a polyline as one curve; arcs come turned either way."""
    if not pieces:
        return np.empty((0, 2))
    if len(pieces) > 1:
        begin = pieces[1][[0, -1]]
        ends = [min(_gap(pieces[0][end], point) for point in begin) for end in (0, -1)]
        if ends[0] < ends[1]:
            pieces[0] = pieces[0][::-1]
    chain = [pieces[0]]
    for piece in pieces[1:]:
        last = chain[-1][-1]
        chain.append(piece[::-1] if _gap(last, piece[-1]) < _gap(last, piece[0]) else piece)
    return np.concatenate(chain)


def _gap(one: Array, two: Array) -> float:
    return float(np.hypot(*(one - two)))


def _rows(points: Iterable[Any]) -> Array:
    rows = [(point.x, point.y) for point in points]
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def _unit(document: Drawing, given: str | None, warnings: list[FactWarning]) -> tuple[str, str]:
    found = UNIT_OF_CODE.get(int(document.header.get("$INSUNITS", 0) or 0))
    if found is not None:
        if given is not None and given != found:
            warnings.append(sentences.units_ignored(found))
        return found, "file"
    if given is not None:
        return given, "given"
    warnings.append(sentences.no_units("millimeters"))
    return "mm", "assumed"


def _too_many(limits: Limits) -> GeometryError:
    return GeometryError(
        "too_many_entities",
        f"This DXF file unfolds to more than the {limits.dxf_entities:,} lines and curves we read. "
        "Please export only the outline of one part.",
    )
