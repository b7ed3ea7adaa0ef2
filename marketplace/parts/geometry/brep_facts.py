"""From a kernel shape to facts and pictures; shared by the formats the kernel reads."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from OCP.TopoDS import TopoDS_Shape

from marketplace.parts.geometry import sentences
from marketplace.parts.geometry.assembly import Node, assembled
from marketplace.parts.geometry.brep import (
    FACE,
    BrepFigures,
    compound_of,
    count_placed,
    exact_box,
    joined_to_solids,
    measure_solids,
    parts_of,
    surface_area,
    without_loose_faces,
)
from marketplace.parts.geometry.brep_features import features_of_shape, voids_of
from marketplace.parts.geometry.facts import FactWarning, GeometryError, PartFacts
from marketplace.parts.geometry.features import Found
from marketplace.parts.geometry.fingerprint import moments_of, shape_key, volume_of
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.measured import Base
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.pictures import draw
from marketplace.parts.geometry.tessellation import (
    Triangulation,
    count_triangles,
    surface_of,
    tessellate,
    triangulation_of,
)


@dataclass
class Reading:
    """How a file was read: its format, its unit and who named it, and what came up on the way."""

    part_format: str
    unit: str
    units_source: str
    warnings: list[FactWarning]
    limits: Limits
    pictures: Path | None
    tree: Node | None = None


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
    whole = compound_of(solids)
    closed = figures.volume is not None
    base = Base(
        volume=figures.volume,
        area=figures.area,
        box=figures.box,
        center=figures.center_of_mass,
        bodies=figures.solids,
        closed=closed,
        exact=True,
        voids=voids_of(whole, figures.solids),
    )
    made = _tessellated(whole, base, reading)
    found = features_of_shape(whole, made, base, reading.limits, inverted=figures.inverted > 0)
    bodies, tree, cut = assembled(figures.distinct, reading.tree)
    return replace(
        _facts(base, made, found, reading),
        center_of_mass_mm=None if base.center is None else _triple(base.center),
        bodies=bodies,
        tree=tree,
        tree_cut=cut,
        shape_key=_key(figures, made),
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
    base = Base(None, surface_area(shape), exact_box(shape), None, 0, False, True)
    made = _tessellated(shape, base, reading)
    return _facts(base, made, features_of_shape(shape, made, base, reading.limits), reading)


def _facts(base: Base, made: Triangulation, found: Found, reading: Reading) -> PartFacts:
    files: tuple[str, ...] = ()
    if found.late:
        reading.warnings.append(sentences.measured_in_part())
    if reading.pictures is not None:
        surface = surface_of(made, base.closed, reading.limits)
        if surface.simplified:
            reading.warnings.append(sentences.preview_simplified())
        files = draw(surface, reading.pictures)
    return PartFacts(
        format=reading.part_format,
        units=reading.unit,
        units_source=reading.units_source,
        volume_mm3=base.volume,
        area_mm2=base.area,
        bbox_mm=_triple(base.box),
        solids=base.bodies,
        triangles=len(made.triangles),
        watertight=base.closed,
        warnings=tuple(reading.warnings),
        exact=True,
        files=files,
        figures=found.figures,
        holes=found.holes,
        holes_cut=found.holes_cut,
        spots=found.spots,
    )


def _tessellated(shape: TopoDS_Shape, base: Base, reading: Reading) -> Triangulation:
    """Return the triangles of a shape; raises GeometryError `too_many_triangles`, `empty`."""
    tolerance = tessellate(shape, float(np.linalg.norm(base.box)))
    triangles = count_triangles(shape)
    if triangles > reading.limits.triangles:
        raise GeometryError(
            "too_many_triangles",
            f"This part needs {triangles:,} triangles to be shown; we show up to "
            f"{reading.limits.triangles:,}. Please upload the parts of an assembly one by one.",
        )
    return triangulation_of(shape, tolerance)


def _key(figures: BrepFigures, made: Triangulation) -> str | None:
    """Return the shape key of a single solid; several bodies have none."""
    if figures.solids != 1 or figures.volume is None:
        return None
    corners = made.points[made.triangles]
    off = abs(abs(volume_of(corners)) / figures.volume - 1)
    _, handedness = moments_of(corners, off)
    moments = figures.distinct[0].moments
    return shape_key(figures.volume, figures.area, moments, handedness, exact=True)


def _triple(values: Array) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return (x, y, z)
