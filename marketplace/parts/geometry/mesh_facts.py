"""From triangles to facts and pictures; shared by the mesh formats."""

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry import sentences
from marketplace.parts.geometry.facts import (
    LENGTH_UNITS_MM,
    FactWarning,
    GeometryError,
    PartFacts,
)
from marketplace.parts.geometry.limits import Limits
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
from marketplace.parts.geometry.topology import Indices, connected, count_bodies, weld

ASSUMED_UNIT = "mm"
FLAT_SHARE = 1e-9
"""A volume below this share of area times length is what rounding leaves of nothing."""


def check_triangle_count(count: int, limits: Limits) -> None:
    """Refuse meshes with nothing in them or with more triangles than we read."""
    if count == 0:
        raise GeometryError("empty", "This file holds no triangles. Please export the part again.")
    if count > limits.triangles:
        raise GeometryError(
            "too_many_triangles",
            f"This mesh has {count:,} triangles; we read up to {limits.triangles:,}. Please export "
            "it with a coarser tolerance, or upload STEP.",
        )


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
    count, volume, center = _volume(corners, figures, hashes, pieces, piece, warnings)
    if count > 1:
        warnings.append(sentences.several_bodies(count))
    if figures.degenerate:
        warnings.append(sentences.degenerate_triangles(figures.degenerate))
    del hashes, piece
    files = _draw(corners, points, triangles, scale, figures, warnings, limits, pictures)
    return PartFacts(
        format=part_format,
        units=unit,
        units_source=source,
        volume_mm3=None if volume is None else volume * scale**3,
        area_mm2=figures.area * scale**2,
        bbox_mm=_triple((figures.high - figures.low) * scale),
        center_of_mass_mm=None if center is None else _triple(center * scale),
        solids=count,
        triangles=figures.triangles,
        watertight=figures.closed,
        warnings=tuple(warnings),
        files=files,
    )


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


def _volume(
    corners: npt.NDArray[np.floating],
    figures: MeshFigures,
    hashes: Hashes,
    pieces: int,
    piece: Indices,
    warnings: list[FactWarning],
) -> tuple[int, float | None, Array | None]:
    """Return the number of bodies, their volume and center of mass in the unit of the file.

    Volume and center are None, with a warning that says why, whenever the triangles do not
    enclose a body the same way all around: a wrong figure is worse than none.
    """
    if not figures.closed:
        warnings.append(sentences.open_mesh(open_edges(hashes)))
        return pieces, None, None
    repeated = repeated_triangles(hashes)
    if repeated or not figures.oriented:
        warnings.append(
            sentences.repeated_triangles(repeated) if repeated else sentences.mixed_orientation()
        )
        return pieces, None, None
    count, inverted = 1, int(figures.volume < 0)
    volume, moment = abs(figures.volume), figures.moment * np.sign(figures.volume)
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
        return count, None, None
    if inverted:
        warnings.append(sentences.inside_out())
    return count, volume, moment / volume


def _draw(
    corners: npt.NDArray[np.floating],
    points: Indices,
    triangles: Indices,
    scale: float,
    figures: MeshFigures,
    warnings: list[FactWarning],
    limits: Limits,
    pictures: Path | None,
) -> tuple[str, ...]:
    if pictures is None:
        return ()
    places = corners[points // 3, points % 3].astype(np.float64) * scale
    turned = figures.closed and figures.oriented and figures.volume < 0
    if turned:
        triangles = triangles[:, ::-1]
    surface = shown_surface(
        places, triangles, figures.closed and figures.oriented, limits.preview_triangles
    )
    if surface.simplified:
        warnings.append(sentences.preview_simplified())
    return draw(surface, pictures)


def _triple(values: Array) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return (x, y, z)
