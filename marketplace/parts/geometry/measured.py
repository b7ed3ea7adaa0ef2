"""All figures of a model: the base figures always, the others when it is one closed part."""

from dataclasses import dataclass

import numpy as np

from marketplace.parts.geometry import feature_sentences as say
from marketplace.parts.geometry import features
from marketplace.parts.geometry.budget import Budget
from marketplace.parts.geometry.facets import Facets
from marketplace.parts.geometry.features import Found
from marketplace.parts.geometry.figures import Figure, missing
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.walls import Distances

THICKEST_SHEET_MM = 12.7
"""Half an inch; beyond it shops speak of plate (general practice)."""
SAME_THICKNESS = 0.02
SHEET_SHARE = 0.7
FLAT_SHARE = 0.9
SHEET_SPREAD = 60.0


@dataclass(frozen=True)
class Base:
    """The figures every model has, in millimeters; `exact` when they come from surfaces."""

    volume: float | None
    area: float
    box: Array
    center: Array | None
    bodies: int
    closed: bool
    exact: bool
    voids: int | None = None


def base_figures(base: Base) -> dict[str, Figure]:
    """Return the base figures with their origin."""
    how = "surfaces" if base.exact else "mesh"
    exact = say.EXACT if base.exact else say.triangles(0.0)

    def figure(name: str, value: float | list[float] | None, reason: str) -> Figure:
        unit = say.UNITS[name]
        return missing(unit, how, reason) if value is None else Figure(value, unit, how, exact)

    center = None if base.center is None else [float(value) for value in base.center]
    return {
        "volume": figure("volume", base.volume, say.NO_VOLUME),
        "area": figure("area", base.area, ""),
        "bbox": Figure([float(v) for v in base.box], "mm", how, say.box(base.exact)),
        "center_of_mass": figure("center_of_mass", center, say.NO_CENTER),
    }


def measure_part(facets: Facets, base: Base, limits: Limits) -> tuple[Found, features.Rays | None]:
    """Return what can be measured of triangles, and the rays for more within the time share.

    Figures of one part stay unknown, with the reason, for several bodies and open surfaces.
    """
    budget = Budget(limits.feature_cpu_seconds)
    found = Found(facets, figures=base_figures(base))
    reason = _why_not(facets, base, limits)
    if len(facets.triangles) <= limits.feature_triangles:
        features.measure_box(found, base.box, base.exact)
    else:
        found.lack(("smallest_box",), say.TOO_DETAILED)
    if reason:
        found.lack(say.OF_ONE_PART, reason)
        return found, None
    if base.voids is not None:
        found.put("enclosed_voids", base.voids, "surfaces" if base.exact else "mesh", say.VOIDS)
    rays = features.cast_rays(found, budget)
    if rays is None:
        found.lack(say.OF_ONE_PART, say.OUT_OF_TIME)
        return found, None
    features.in_time(found, say.WALLS, lambda: features.measure_walls(found, rays))
    features.in_time(found, ("gap_min",), lambda: features.measure_gaps(found, rays))
    features.measure_overhang(found)
    return found, rays


def measure_mesh(facets: Facets, base: Base, limits: Limits) -> Found:
    """Return all figures of a mesh; those only exact surfaces have stay unknown."""
    found, rays = measure_part(facets, base, limits)
    if rays is not None:
        found.lack(say.OF_SURFACES, say.NEEDS_SURFACES, "surfaces")
        measure_rest(found, rays, None)
    return found


def measure_rest(found: Found, rays: features.Rays, bends: int | None) -> None:
    """Measure what follows the holes: access, pockets, corners, the sheet guess."""
    features.in_time(found, say.REACH, lambda: features.measure_access(found, rays))
    features.in_time(
        found, ("deepest_pocket_ratio",), lambda: features.measure_pockets(found, rays)
    )
    features.in_time(
        found, ("sharp_inside_corners",), lambda: features.measure_corners(found, rays)
    )
    if "sheet_thickness" not in found.figures:
        keep_sheet(found, rays.thickness, bends)


def sheet_guess(
    found: Found, thickness: Distances | None, spread: int
) -> tuple[float, bool] | None:
    """Return the one thickness of a sheet in mm and whether it is flat, or None.

    A sheet is thin, most of its surface faces another one at the same distance, and it is wide
    compared with that distance.
    """
    if thickness is None:
        return None
    far = thickness.millimeters[:spread]
    known = far[np.isfinite(far)]
    if not len(known):
        return None
    middle = float(np.median(known))
    same = np.isfinite(far) & (np.abs(far - middle) <= max(SAME_THICKNESS * middle, 0.02))
    area = float(found.facets.areas.sum())
    if middle > THICKEST_SHEET_MM or area < SHEET_SPREAD * middle**2:
        return None
    if float(same.mean()) < SHEET_SHARE:
        return None
    normals = found.facets.normals[found.facets.areas > 0]
    areas = found.facets.areas[found.facets.areas > 0]
    lead = normals[np.argmax(areas)]
    flat = float(areas[np.abs(normals @ lead) > 0.9999].sum()) / area
    # What is not flat of a flat sheet are its edges.
    edges = float(areas[np.abs(normals @ lead) < 1e-3].sum()) / area
    return middle, flat + edges > FLAT_SHARE + 0.09


def keep_sheet(found: Found, thickness: Distances | None, bends: int | None) -> None:
    """Keep the sheet guess; walls in several planes make a sheet only when bends join them."""
    guess = sheet_guess(found, thickness, 2_000)
    if guess is None or not (guess[1] or bends):
        reason = say.OUT_OF_TIME if thickness is None else say.NO_SHEET
        found.put("sheet_thickness", None, "guessed", "", reason)
        return
    found.put("sheet_thickness", guess[0], "guessed", say.SHEET)


def _why_not(facets: Facets, base: Base, limits: Limits) -> str:
    if base.bodies > 1:
        return say.SEVERAL_BODIES
    if not base.closed or base.volume is None:
        return say.NOT_CLOSED
    if len(facets.triangles) > limits.feature_triangles:
        return say.TOO_DETAILED
    return ""
