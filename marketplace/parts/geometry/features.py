"""What a shop looks for in a part, measured in order of use while the time share lasts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from marketplace.parts.geometry import access
from marketplace.parts.geometry import feature_sentences as say
from marketplace.parts.geometry.boxes import common_normals, natural_frame, smallest_box
from marketplace.parts.geometry.budget import Budget, OutOfTime
from marketplace.parts.geometry.checked import MOST_HOLES, MOST_POINTS
from marketplace.parts.geometry.facets import Facets
from marketplace.parts.geometry.figures import Figure, Value, missing
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.rays import RayTree
from marketplace.parts.geometry.samples import Samples, samples_of
from marketplace.parts.geometry.walls import Distances, deepest_pocket, gap_at, thickness_at

DECIMALS = 4
NORMALS_TRIED = 12


@dataclass
class Found:
    """What was measured of one part; `late` says that the time share ran out on the way."""

    facets: Facets
    frame: Array = field(default_factory=lambda: np.eye(3))
    figures: dict[str, Figure] = field(default_factory=dict)
    holes: list[dict[str, Any]] = field(default_factory=list)
    holes_cut: bool = False
    spots: list[dict[str, Any]] = field(default_factory=list)
    late: bool = False

    def put(self, name: str, value: Value, how: str, exactness: str, reason: str = "") -> None:
        """Keep one figure in the unit its name has."""
        self.figures[name] = Figure(value, say.UNITS[name], how, exactness, reason)

    def lack(self, names: tuple[str, ...], reason: str, how: str = "sampled") -> None:
        """Keep figures as unknown, with the sentence that says why."""
        for name in names:
            self.figures.setdefault(name, missing(say.UNITS[name], how, reason))

    def mark(self, key: str, points: Array, values: Array | None = None) -> None:
        """Keep places for the viewer, those of the smallest values first."""
        if not len(points):
            return
        order = np.arange(len(points)) if values is None else np.argsort(values, kind="stable")
        chosen = order[:MOST_POINTS]
        self.spots.append(
            {
                "key": key,
                "points": np.round(points[chosen], DECIMALS).tolist(),
                "values": None if values is None else np.round(values[chosen], DECIMALS).tolist(),
                "cut": len(points) > MOST_POINTS,
            }
        )


@dataclass
class Rays:
    """What the sampled figures share: the tree, the samples, and what has been measured there."""

    tree: RayTree
    samples: Samples
    thickness: Distances | None = None
    gaps: Distances | None = None
    reach: access.Access | None = None


def measure_box(found: Found, box_mm: Array, exact: bool) -> None:
    """Keep the smallest box; the box along the file's axes serves when none is smaller."""
    box = smallest_box(found.facets)
    edges = np.sort(box.edges if box.turned else box_mm)[::-1]
    found.frame = natural_frame(found.facets, box)
    exactness = say.turned_box(found.facets.tolerance) if box.turned else say.box(exact)
    how = "surfaces" if exact and not box.turned else "mesh"
    found.put("smallest_box", [float(edge) for edge in edges], how, exactness)
    found.put("frame", [float(v) for v in found.frame.reshape(-1)], how, say.FRAME)


def in_time(found: Found, names: tuple[str, ...], measure: Callable[[], None]) -> None:
    """Run one measurement; when the time share is used up its figures stay unknown."""
    try:
        measure()
    except OutOfTime:
        found.late = True
        found.lack(names, say.OUT_OF_TIME)


def cast_rays(found: Found, budget: Budget) -> Rays | None:
    """Return the ray tree and the samples, or None when there is no time even for that."""
    try:
        return Rays(RayTree(found.facets.corners, budget), samples_of(found.facets))
    except OutOfTime:
        found.late = True
        return None


def measure_walls(found: Found, rays: Rays) -> None:
    """Keep wall thicknesses; raises OutOfTime."""
    rays.thickness = thickness_at(rays.samples, found.facets, rays.tree)
    far = rays.thickness.millimeters
    known = np.isfinite(far)
    if not known.any():
        found.lack(say.WALLS, say.NO_WALLS)
        return
    exactness = say.rays(len(far), found.facets.tolerance)
    spread = np.sort(far[: rays.samples.spread][known[: rays.samples.spread]])
    found.put("wall_min", float(far.min()), "sampled", exactness)
    if len(spread):
        for name, share in (("wall_p5", 0.05), ("wall_p50", 0.5), ("wall_p95", 0.95)):
            place = min(len(spread) - 1, int(share * len(spread)))
            found.put(name, float(spread[place]), "sampled", exactness)
    found.lack(say.WALLS, say.NO_WALLS)
    thin = known & (far <= max(2.0 * float(far.min()), 0.5 * float(np.median(far[known]))))
    found.mark("wall_min", rays.samples.points[thin], far[thin])


def measure_gaps(found: Found, rays: Rays) -> None:
    """Keep the narrowest gap; raises OutOfTime."""
    rays.gaps = gap_at(rays.samples, found.facets, rays.tree)
    far = rays.gaps.millimeters
    known = np.isfinite(far)
    exactness = say.rays(len(far), found.facets.tolerance)
    if not known.any():
        found.put("gap_min", None, "sampled", exactness, say.NO_GAPS)
        return
    found.put("gap_min", float(far.min()), "sampled", exactness)
    narrow = known & (far <= 2.0 * float(far.min()))
    found.mark("gap_min", rays.samples.points[narrow], far[narrow])


def measure_access(found: Found, rays: Rays) -> None:
    """Keep from where tools reach the part and what they do not; raises OutOfTime."""
    normals = common_normals(found.facets, NORMALS_TRIED)
    axes = [hole["direction"] for hole in found.holes[:NORMALS_TRIED]]
    others = np.concatenate([normals, np.array(axes).reshape(-1, 3)])
    reach = access.access_of(rays.samples, found.facets, rays.tree, found.frame, others)
    rays.reach = reach
    area = float(found.facets.areas.sum())
    exactness = say.reach(len(rays.samples.points))
    hidden = reach.hidden[: rays.samples.spread]
    undercut = area * float(hidden.mean())
    if reach.hidden.any() and undercut == 0.0:
        # Too small for the spread, but a whole face nevertheless: its own area counts.
        faces = np.unique(rays.samples.face[reach.hidden])
        undercut = float(found.facets.areas[np.isin(found.facets.face, faces)].sum())
    found.put("undercut_area", undercut, "sampled", exactness)
    found.mark("undercut_area", rays.samples.points[reach.hidden])
    names = [access.NAMES[number] for number in reach.chosen]
    found.put("accessible_directions", names, "sampled", exactness)
    found.put("setups", len(names), "guessed", say.GUESS)
    found.put("axis_count", reach.axes, "guessed", say.GUESS)
    _measure_pull(found, rays, reach, area, exactness)


def _measure_pull(
    found: Found, rays: Rays, reach: access.Access, area: float, exactness: str
) -> None:
    """Keep the best direction to open a mold in, what hinders it, and the walls without draft."""
    spread = rays.samples.spread
    facets = found.facets
    best: tuple[float, float, int] | None = None
    for axis in range(3):
        both = reach.seen[:spread, 2 * axis] | reach.seen[:spread, 2 * axis + 1]
        steep = np.abs(facets.normals @ reach.directions[2 * axis]) < np.sin(np.radians(0.5))
        hindering = float((~both).mean()) * area
        upright = float(facets.areas[steep].sum()) / area
        candidate = (hindering, upright, axis)
        if best is None or candidate < best:
            best = candidate
    assert best is not None
    hindering, upright, axis = best
    found.put("mold_undercut_area", hindering, "sampled", exactness)
    found.put("pull_direction", [access.NAMES[2 * axis]], "guessed", say.GUESS)
    found.put("draft_free_area", upright, "mesh", say.triangles(facets.tolerance))


def measure_pockets(found: Found, rays: Rays) -> None:
    """Keep the deepest pocket; needs gaps and access."""
    if rays.gaps is None or rays.reach is None:
        raise OutOfTime
    reach = rays.reach
    pocket = deepest_pocket(rays.samples, rays.gaps, found.facets, reach.directions, reach.seen)
    if pocket is None:
        found.put("deepest_pocket_ratio", None, "sampled", "", say.NO_POCKETS)
        return
    ratio = pocket.depth / pocket.width
    found.put("deepest_pocket_ratio", ratio, "sampled", say.POCKETS)
    found.mark("deepest_pocket_ratio", pocket.place[None, :], np.array([ratio]))


def measure_overhang(found: Found) -> None:
    """Keep the least overhang of six build directions."""
    overhang = access.least_overhang(found.facets, found.frame)
    exactness = say.triangles(found.facets.tolerance)
    found.put("overhang_area", overhang.area, "mesh", exactness)
    found.put("build_direction", [access.NAMES[overhang.direction]], "guessed", say.GUESS)
    areas = found.facets.areas[overhang.triangles]
    largest = overhang.triangles[np.argsort(-areas, kind="stable")]
    found.mark("overhang_area", found.facets.corners[largest].mean(axis=1))


def measure_corners(found: Found, rays: Rays) -> None:
    """Keep the inside corners no straight tool leaves sharp; raises OutOfTime."""
    corners = access.sharp_inside_corners(found.facets, rays.tree)
    found.put("sharp_inside_corners", len(corners), "mesh", say.CORNERS)
    found.mark("sharp_inside_corners", corners)


def keep_holes(found: Found, holes: list[dict[str, Any]]) -> None:
    """Keep the list of holes and the figures drawn from it."""
    found.holes = [_tidy(hole) for hole in holes[:MOST_HOLES]]
    found.holes_cut = len(holes) > MOST_HOLES
    found.put("hole_count", len(holes), "surfaces", say.HOLES)
    if not holes:
        found.lack(("smallest_hole", "largest_hole_depth_ratio"), say.NO_HOLES, "surfaces")
        return
    ratios = np.array([hole["depth_mm"] / hole["diameter_mm"] for hole in holes])
    places = np.array([hole["position"] for hole in holes])
    found.put(
        "smallest_hole", float(min(hole["diameter_mm"] for hole in holes)), "surfaces", say.HOLES
    )
    found.put("largest_hole_depth_ratio", float(ratios.max()), "surfaces", say.HOLES)
    deepest = np.argsort(-ratios, kind="stable")
    found.mark("holes_deep", places[deepest[:MOST_POINTS]], None)
    found.spots[-1]["values"] = np.round(ratios[deepest[:MOST_POINTS]], DECIMALS).tolist()
    found.spots[-1]["cut"] = len(holes) > MOST_POINTS


def measure_hole_edges(found: Found) -> None:
    """Keep the smallest distance from the rim of a hole to another edge in the plane it is in."""
    facets = found.facets
    pairs = facets.pairs
    start = facets.points[pairs.start[facets.sharp]]
    end = facets.points[pairs.end[facets.sharp]]
    nearest = np.inf
    flat = max(1e-4 * facets.size, 2 * facets.tolerance)
    for hole in found.holes:
        place, axis = np.array(hole["position"]), np.array(hole["direction"])
        rim = max(
            hole["diameter_mm"],
            *(part["diameter_mm"] for part in (hole["countersink"], hole["counterbore"]) if part),
            0.0,
        ) / 2  # fmt: skip
        level = (np.abs((start - place) @ axis) < flat) & (np.abs((end - place) @ axis) < flat)
        away = _distance_to_lines(place, start[level], end[level])
        others = away[away > rim + flat]
        if len(others):
            nearest = min(nearest, float(others.min()) - rim)
    if np.isfinite(nearest):
        found.put("hole_to_edge", nearest, "mesh", say.triangles(facets.tolerance))
    else:
        found.lack(("hole_to_edge",), say.NO_HOLES, "mesh")


def _distance_to_lines(point: Array, start: Array, end: Array) -> Array:
    way = end - start
    length = np.einsum("ij,ij->i", way, way)
    share = np.einsum("ij,ij->i", point - start, way) / np.where(length > 0, length, 1.0)
    nearest = start + np.clip(share, 0.0, 1.0)[:, None] * way
    return np.asarray(np.linalg.norm(nearest - point, axis=1))


def _tidy(hole: dict[str, Any]) -> dict[str, Any]:
    """Return a hole with numbers short enough for a small report."""

    def short(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, 5)
        if isinstance(value, list):
            return [round(item, 5) + 0.0 for item in value]
        if isinstance(value, dict):
            return {name: round(item, 5) for name, item in value.items()}
        return value

    return {name: short(value) for name, value in hole.items()}
