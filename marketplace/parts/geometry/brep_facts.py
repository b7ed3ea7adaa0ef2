"""From a kernel shape to facts and pictures; shared by the formats the kernel reads."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from OCP.TopoDS import TopoDS_Shape

from marketplace.parts.geometry import sentences
from marketplace.parts.geometry.brep import (
    FACE,
    compound_of,
    count_placed,
    exact_box,
    joined_to_solids,
    measure_solids,
    parts_of,
    surface_area,
    without_loose_faces,
)
from marketplace.parts.geometry.facts import FactWarning, GeometryError, PartFacts
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.pictures import draw
from marketplace.parts.geometry.tessellation import count_triangles, surface_of, tessellate


@dataclass
class Reading:
    """How a file was read: its format, its unit and who named it, and what came up on the way."""

    part_format: str
    unit: str
    units_source: str
    warnings: list[FactWarning]
    limits: Limits
    pictures: Path | None


def facts_of_shape(shape: TopoDS_Shape, reading: Reading) -> PartFacts:
    """Return the facts of a shape in millimeters and draw it when a folder for pictures is given.

    Surfaces without a solid are sewn together first; when they do not close, the facts say so and
    carry no volume. Raises GeometryError `no_solid`, `too_many_instances`, `too_many_triangles`.
    """
    _check_shape(shape, reading.limits)
    solids, loose = without_loose_faces(shape)
    if not solids:
        solids = joined_to_solids(shape)
        if not solids:
            return _facts_of_surfaces(shape, reading)
        reading.warnings.append(sentences.surfaces_closed())
    elif loose:
        reading.warnings.append(sentences.loose_surfaces(loose))
    figures = measure_solids(solids)
    if figures.open_solids:
        reading.warnings.append(sentences.open_solids(figures.open_solids))
    if figures.inverted:
        reading.warnings.append(sentences.inside_out())
    if figures.solids > 1:
        reading.warnings.append(sentences.several_bodies(figures.solids))
    closed = figures.volume is not None
    center = figures.center_of_mass
    triangles, files = _show(compound_of(solids), figures.box, closed, reading)
    return PartFacts(
        format=reading.part_format,
        units=reading.unit,
        units_source=reading.units_source,
        volume_mm3=figures.volume,
        area_mm2=figures.area,
        bbox_mm=_triple(figures.box),
        center_of_mass_mm=None if center is None else _triple(center),
        solids=figures.solids,
        triangles=triangles,
        watertight=closed,
        warnings=tuple(reading.warnings),
        exact=True,
        files=files,
    )


def _check_shape(shape: TopoDS_Shape, limits: Limits) -> None:
    if shape.IsNull() or next(parts_of(shape, FACE), None) is None:
        raise GeometryError(
            "no_solid",
            "This file holds no solid and no surface, only curves, points or nothing at all. "
            "Please export the part as a solid body.",
        )
    if count_placed(shape) > limits.instances:
        raise GeometryError(
            "too_many_instances",
            f"This assembly places more than {limits.instances:,} components; we read up to that "
            "many. Please upload the parts one by one.",
        )


def _facts_of_surfaces(shape: TopoDS_Shape, reading: Reading) -> PartFacts:
    """Return facts without a volume for surfaces that enclose nothing."""
    reading.warnings.append(sentences.open_surfaces())
    box = exact_box(shape)
    triangles, files = _show(shape, box, False, reading)
    return PartFacts(
        format=reading.part_format,
        units=reading.unit,
        units_source=reading.units_source,
        volume_mm3=None,
        area_mm2=surface_area(shape),
        bbox_mm=_triple(box),
        solids=0,
        triangles=triangles,
        watertight=False,
        warnings=tuple(reading.warnings),
        exact=True,
        files=files,
    )


def _show(
    shape: TopoDS_Shape, box: Array, closed: bool, reading: Reading
) -> tuple[int, tuple[str, ...]]:
    """Tessellate, draw when asked to, and return the triangle count and the files made."""
    tessellate(shape, float(np.linalg.norm(box)))
    triangles = count_triangles(shape)
    if triangles > reading.limits.triangles:
        raise GeometryError(
            "too_many_triangles",
            f"This part needs {triangles:,} triangles to be shown; we show up to "
            f"{reading.limits.triangles:,}. Please upload the parts of an assembly one by one.",
        )
    if reading.pictures is None:
        return triangles, ()
    surface = surface_of(shape, closed, reading.limits)
    if surface.simplified:
        reading.warnings.append(sentences.preview_simplified())
    return triangles, draw(surface, reading.pictures)


def _triple(values: Array) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return (x, y, z)
