"""Units of the figures and the sentences that say how exact they are or why they are unknown."""

UNITS = {
    "volume": "mm3",
    "area": "mm2",
    "bbox": "mm",
    "center_of_mass": "mm",
    "smallest_box": "mm",
    "frame": "vectors",
    "wall_min": "mm",
    "wall_p5": "mm",
    "wall_p50": "mm",
    "wall_p95": "mm",
    "gap_min": "mm",
    "smallest_inside_radius": "mm",
    "sharp_inside_corners": "count",
    "deepest_pocket_ratio": "ratio",
    "hole_count": "count",
    "smallest_hole": "mm",
    "largest_hole_depth_ratio": "ratio",
    "hole_to_edge": "mm",
    "accessible_directions": "names",
    "axis_count": "count",
    "setups": "count",
    "undercut_area": "mm2",
    "mold_undercut_area": "mm2",
    "pull_direction": "names",
    "draft_free_area": "share",
    "overhang_area": "mm2",
    "build_direction": "names",
    "enclosed_voids": "count",
    "turning_symmetry": "share",
    "turning_axis": "vector",
    "sheet_thickness": "mm",
    "bend_count": "count",
    "smallest_bend_radius": "mm",
    "shortest_flange": "mm",
    "cut_length": "mm",
    "pierces": "count",
    "open_contours": "count",
    "sheet_area": "mm2",
    "smallest_contour": "mm",
}
WALLS = ("wall_min", "wall_p5", "wall_p50", "wall_p95")
REACH = (
    "undercut_area",
    "accessible_directions",
    "setups",
    "axis_count",
    "mold_undercut_area",
    "pull_direction",
    "draft_free_area",
)
OF_SURFACES = (
    "smallest_inside_radius",
    "hole_count",
    "smallest_hole",
    "largest_hole_depth_ratio",
    "hole_to_edge",
    "turning_symmetry",
    "turning_axis",
    "bend_count",
    "smallest_bend_radius",
    "shortest_flange",
)
OF_ONE_PART = (
    *WALLS,
    "gap_min",
    "sharp_inside_corners",
    "deepest_pocket_ratio",
    *REACH,
    "overhang_area",
    "build_direction",
    "enclosed_voids",
    "sheet_thickness",
    *OF_SURFACES,
)

EXACT = "Exact: an integral over the surfaces themselves."
GUESS = "A guess from the shape; a shop may do it another way."
FRAME = "Three rows: the axes that the names of directions (+x and so on) stand for."
POCKETS = "Between flat parallel walls; pockets of other shapes are not counted."
CORNERS = "Edges between two surfaces that leave no way for a straight tool on either side."
HOLES = "Exact, from the cylinders of the model; holes drawn as free surfaces are not counted."
RADII = "Exact, from the cylinders and rings of the model; free surfaces are not counted."
ROUND = "Exact areas of the surfaces round about the axis."
SHEET = "A guess: most of the surface faces another one at this distance."
BENDS = "From pairs of cylinders one sheet thickness apart."
VOIDS = "Exact: closed shells inside the body."

CURVES = "Within 0.01 % of the curves in the file."
PIERCES = "Separate contours whose ends meet within 0.02 mm."
BEND_LAYERS = "Lines on layers named as bends or marks; they are not cut."
OPEN_OUTLINE = "A contour does not close or branches, so it has no area."

OUT_OF_TIME = "The model is so detailed that this was not measured in the time we give a file."
SEVERAL_BODIES = (
    "The file holds several bodies; this is measured of one part at a time. Make parts of the "
    "bodies you need."
)
NOT_CLOSED = "The surface is not closed, so there is no inside to measure."
TOO_DETAILED = "The model has more triangles than we measure this on."
NEEDS_SURFACES = "A mesh holds no exact surfaces. Upload STEP to have this measured."
INSIDE_OUT = "The surface is turned inside out, so this was not measured."
NO_WALLS = "No two surfaces face each other across the material."
NO_GAPS = "No two surfaces face each other across a gap."
NO_POCKETS = "There is no pocket or slot between flat parallel walls."
NO_HOLES = "The model has no round hole."
NO_RADII = "The model has no rounded inside corner."
NO_SHEET = "The part is not of one thickness."
NO_BENDS = "The part is not a bent sheet."
NOT_ROUND = "No surface is round about an axis."
NO_CENTER = "The center of mass needs a closed surface."
NO_VOLUME = "The volume needs a closed surface without doubled or turned triangles."


def box(exact: bool) -> str:
    """Say how exact a box along the axes is."""
    return "Exact: it follows the surfaces." if exact else "Exact for the triangles of the file."


def turned_box(tolerance: float) -> str:
    """Say how exact a turned box is; `tolerance` in millimeters."""
    return f"Every corner is inside{_within(tolerance)}; a slightly smaller box may exist."


def triangles(tolerance: float) -> str:
    """Say how exact a figure from triangles is that may be `tolerance` mm off the surface."""
    if tolerance == 0:
        return "Exact for the triangles of the file."
    return f"From triangles within {tolerance:.3g} mm of the surfaces."


def rays(count: int, tolerance: float) -> str:
    """Say how exact a distance from `count` rays is."""
    return f"From {count:,} rays{_within(tolerance)}; a smaller place between them can be missed."


def reach(count: int) -> str:
    """Say how exact it is what tools reach."""
    return (
        f"From {count:,} points on the surface, by straight lines; the length of the tool is not "
        "considered."
    )


def _within(tolerance: float) -> str:
    return f", each within {tolerance:.3g} mm" if tolerance else ""


NOT_THERE = frozenset({NO_GAPS, NO_POCKETS, NO_HOLES, NO_RADII, NO_SHEET, NO_BENDS})
"""Reasons that are answers: what was looked for is not there, so no rule about it is unchecked."""
