"""From a kernel shape to facts and pictures; shared by the formats the kernel reads."""

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


def facts_of_shape(
    shape: TopoDS_Shape,
    *,
    part_format: str,
    unit: str,
    units_source: str,
    warnings: list[FactWarning],
    limits: Limits,
    pictures: Path | None,
) -> PartFacts:
    """Return the facts of a shape in millimeters and draw it when `pictures` is a folder.

    Surfaces without a solid are sewn together first; when they do not close, the facts say so and
    carry no volume. Raises GeometryError `no_solid`, `too_many_instances`, `too_many_triangles`.
    """
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
    solids, loose = without_loose_faces(shape)
    if not solids:
        solids = joined_to_solids(shape)
        if not solids:
            return _facts_of_surfaces(
                shape, part_format, unit, units_source, warnings, limits, pictures
            )
        warnings.append(sentences.surfaces_closed())
    elif loose:
        warnings.append(sentences.loose_surfaces(loose))
    figures = measure_solids(solids)
    if figures.open_solids:
        warnings.append(sentences.open_solids(figures.open_solids))
    if figures.inverted:
        warnings.append(sentences.inside_out())
    if figures.solids > 1:
        warnings.append(sentences.several_bodies(figures.solids))
    everything = compound_of(solids)
    closed = figures.volume is not None
    triangles, files = _show(everything, figures.box, closed, warnings, limits, pictures)
    return PartFacts(
        format=part_format,
        units=unit,
        units_source=units_source,
        volume_mm3=figures.volume,
        area_mm2=figures.area,
        bbox_mm=_triple(figures.box),
        center_of_mass_mm=None if figures.center_of_mass is None else _triple(figures.center_of_mass),
        solids=figures.solids,
        triangles=triangles,
        watertight=closed,
        warnings=tuple(warnings),
        exact=True,
        files=files,
    )


def _facts_of_surfaces(
    shape: TopoDS_Shape,
    part_format: str,
    unit: str,
    units_source: str,
    warnings: list[FactWarning],
    limits: Limits,
    pictures: Path | None,
) -> PartFacts:
    """Return facts without a volume for surfaces that enclose nothing."""
    warnings.append(sentences.open_surfaces())
    box = exact_box(shape)
    triangles, files = _show(shape, box, False, warnings, limits, pictures)
    return PartFacts(
        format=part_format,
        units=unit,
        units_source=units_source,
        volume_mm3=None,
        area_mm2=surface_area(shape),
        bbox_mm=_triple(box),
        solids=0,
        triangles=triangles,
        watertight=False,
        warnings=tuple(warnings),
        exact=True,
        files=files,
    )


def _show(
    shape: TopoDS_Shape,
    box: Array,
    closed: bool,
    warnings: list[FactWarning],
    limits: Limits,
    pictures: Path | None,
) -> tuple[int, tuple[str, ...]]:
    """Tessellate, draw when asked to, and return the triangle count and the files made."""
    tessellate(shape, float(np.linalg.norm(box)))
    triangles = count_triangles(shape)
    if triangles > limits.triangles:
        raise GeometryError(
            "too_many_triangles",
            f"This part needs {triangles:,} triangles to be shown; we show up to "
            f"{limits.triangles:,}. Please upload the parts of an assembly one by one.",
        )
    if pictures is None:
        return triangles, ()
    surface = surface_of(shape, closed, limits)
    if surface.simplified:
        warnings.append(sentences.preview_simplified())
    return triangles, draw(surface, pictures)


def _triple(values: Array) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return (x, y, z)
