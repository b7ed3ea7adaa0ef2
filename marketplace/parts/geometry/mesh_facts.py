"""From triangles to facts and pictures; shared by the mesh formats."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry import sentences
from marketplace.parts.geometry.bodies import bodies_of_pieces, single
from marketplace.parts.geometry.facets import Facets
from marketplace.parts.geometry.facets import facets_of_mesh as numbered_by_plane
from marketplace.parts.geometry.facts import (
    LENGTH_UNITS_MM,
    FactWarning,
    GeometryError,
    PartFacts,
)
from marketplace.parts.geometry.features import Found
from marketplace.parts.geometry.fingerprint import moments_of_slices, shape_key
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.measured import Base, measure_mesh
from marketplace.parts.geometry.mesh import (
    Array,
    Hashes,
    MeshFigures,
    measure,
    open_edges,
    repeated_triangles,
)
from marketplace.parts.geometry.pictures import draw
from marketplace.parts.geometry.surface import shown_surface
from marketplace.parts.geometry.topology import Bodies, Indices, connected, count_bodies, weld
from marketplace.parts.geometry.triangle_limit import check_triangle_count

ASSUMED_UNIT = "mm"
FLAT_SHARE = 1e-9
"""A volume below this share of area times length is what rounding leaves of nothing."""


def facts_of_mesh(
    corners: npt.NDArray[np.floating],
    *,
    part_format: str,
    unit: str | None,
    given: str | None,
    warnings: list[FactWarning],
    limits: Limits,
    pictures: Path | None,
    bodies: Indices | None = None,
) -> PartFacts:
    """Return the facts of triangles, `corners` of shape (triangles, 3, 3) in the file's unit.

    `unit` is the file's own unit or None; then `given` counts, else millimeters are assumed with
    a warning. `bodies` numbers the triangles of bodies that stay apart even where they touch.
    Raises GeometryError: `empty`, `too_many_triangles`, `not_a_number`, `no_area`.
    """
    check_triangle_count(len(corners), limits)
    unit, source = _unit(unit, given, warnings)
    scale = LENGTH_UNITS_MM[unit]
    hashes: Hashes = np.empty((len(corners), 3), dtype=np.uint64)
    with np.errstate(over="ignore", invalid="ignore"):
        figures = measure(corners, hashes, bodies)
    _check_figures(figures)
    points, triangles = weld(hashes)
    pieces, piece = connected(triangles, len(points))
    told = _volume(corners, figures, hashes, pieces, piece, warnings)
    if told.count > 1:
        warnings.append(sentences.several_bodies(told.count))
    if figures.degenerate:
        warnings.append(sentences.degenerate_triangles(figures.degenerate))
    del hashes, piece
    places = corners[points // 3, points % 3].astype(np.float64) * scale
    if figures.closed and figures.oriented and figures.volume < 0:
        triangles = triangles[:, ::-1]
    base = Base(
        volume=None if told.volume is None else told.volume * scale**3,
        area=figures.area * scale**2,
        box=(figures.high - figures.low) * scale,
        center=None if told.center is None else told.center * scale,
        bodies=told.count,
        closed=figures.closed,
        exact=False,
        voids=pieces - told.count,
    )
    found = _measured(places, triangles, base, limits)
    if found.late:
        warnings.append(sentences.measured_in_part())
    files = _draw(places, triangles, figures, warnings, limits, pictures)
    several = bodies_of_pieces(told.bodies, scale) if told.bodies and told.count > 1 else None
    listed, tree, cut = several or (single(base.volume) if told.count == 1 else [], None, False)
    return PartFacts(
        format=part_format,
        units=unit,
        units_source=source,
        volume_mm3=base.volume,
        area_mm2=base.area,
        bbox_mm=_triple(base.box),
        center_of_mass_mm=None if base.center is None else _triple(base.center),
        solids=told.count,
        triangles=figures.triangles,
        watertight=figures.closed,
        warnings=tuple(warnings),
        files=files,
        figures=found.figures,
        bodies=listed,
        tree=tree,
        tree_cut=cut,
        shape_key=_key(places, triangles, base),
        spots=found.spots,
    )


def _measured(places: Array, triangles: Indices, base: Base, limits: Limits) -> Found:
    """Return the figures; a mesh too detailed for more than the base ones is not numbered."""
    if len(triangles) > limits.feature_triangles or base.bodies != 1 or base.volume is None:
        plain = Facets(places, triangles, np.zeros(len(triangles), dtype=np.int32), 0.0)
        return measure_mesh(plain, base, limits)
    return measure_mesh(numbered_by_plane(places, triangles), base, limits)


def _key(places: Array, triangles: Indices, base: Base) -> str | None:
    """Return the shape key of a single closed body; several bodies and open ones have none."""
    if base.bodies != 1 or base.volume is None:
        return None
    moments, handedness = moments_of_slices(places, triangles)
    return shape_key(base.volume, base.area, moments, handedness, exact=False)


def _unit(of_file: str | None, given: str | None, warnings: list[FactWarning]) -> tuple[str, str]:
    if of_file is not None:
        if given is not None and given != of_file:
            warnings.append(sentences.units_ignored(of_file))
        return of_file, "file"
    if given is not None:
        return given, "given"
    warnings.append(sentences.no_units("millimeters"))
    return ASSUMED_UNIT, "assumed"


def _check_figures(figures: MeshFigures) -> None:
    if not (np.isfinite(figures.low).all() and np.isfinite(figures.high).all()):
        raise GeometryError(
            "not_a_number",
            "Some corners of this mesh have no valid coordinates (NaN or infinity). Please repair "
            "the mesh and export it again.",
        )
    if not (math.isfinite(figures.area) and math.isfinite(figures.volume)):
        raise GeometryError(
            "not_a_number",
            "The coordinates of this mesh are too large to calculate with. Please check the unit "
            "and export it again.",
        )
    if figures.area == 0:
        raise GeometryError(
            "no_area",
            "All triangles of this mesh have no area, so there is nothing to make. Please export "
            "the part again.",
        )


@dataclass(frozen=True)
class Told:
    """Bodies of a mesh in the unit of the file; `bodies` when there are several pieces."""

    count: int
    volume: float | None
    center: Array | None
    bodies: Bodies | None = None


def _volume(
    corners: npt.NDArray[np.floating],
    figures: MeshFigures,
    hashes: Hashes,
    pieces: int,
    piece: Indices,
    warnings: list[FactWarning],
) -> Told:
    """Return the number of bodies, their volume and center of mass in the unit of the file.

    Volume and center are None, with a warning that says why, whenever the triangles do not
    enclose a body the same way all around: a wrong figure is worse than none.
    """
    if not figures.closed:
        warnings.append(sentences.open_mesh(open_edges(hashes)))
        return Told(pieces, None, None)
    repeated = repeated_triangles(hashes)
    if repeated or not figures.oriented:
        warnings.append(
            sentences.repeated_triangles(repeated) if repeated else sentences.mixed_orientation()
        )
        return Told(pieces, None, None)
    count, inverted = 1, int(figures.volume < 0)
    volume, moment = abs(figures.volume), figures.moment * np.sign(figures.volume)
    bodies = None
    if pieces > 1:
        bodies = count_bodies(corners, piece, pieces, (figures.low + figures.high) / 2)
        count, inverted, volume, moment = (
            bodies.count,
            bodies.inverted,
            bodies.volume,
            bodies.moment,
        )
    length = float(np.linalg.norm(figures.high - figures.low))
    if volume <= FLAT_SHARE * figures.area * length:
        warnings.append(sentences.no_volume())
        return Told(count, None, None)
    if inverted:
        warnings.append(sentences.inside_out())
    return Told(count, volume, moment / volume, bodies)


def _draw(
    places: Array,
    triangles: Indices,
    figures: MeshFigures,
    warnings: list[FactWarning],
    limits: Limits,
    pictures: Path | None,
) -> tuple[str, ...]:
    if pictures is None:
        return ()
    surface = shown_surface(
        places, triangles, figures.closed and figures.oriented, limits.preview_triangles
    )
    if surface.simplified:
        warnings.append(sentences.preview_simplified())
    return draw(surface, pictures)


def _triple(values: Array) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return (x, y, z)
