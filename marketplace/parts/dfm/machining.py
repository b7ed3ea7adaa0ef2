"""Milling and turning: what tools reach, how deep and how thin."""

from marketplace.parts.dfm.findings import (
    INFO,
    MUST_CHANGE,
    Case,
    Rule,
    at_least,
    at_most,
    box_in_machine,
)
from marketplace.parts.dfm.sources import FENVA, GENERAL, NEPTUNE, SLENDER, ZEKES
from marketplace.parts.dfm.tolerances import tolerance_rule

SHOP_DEFAULT_MM = 0.127
"""What machine shops publish as their default: 0.005 inch."""
MILL_MM = (1000.0, 500.0, 500.0)
LARGEST_TURNED_MM = 400.0


def _recommended_wall(case: Case) -> float:
    return 1.5 if case.plastic else 0.8


def _feasible_wall(case: Case) -> float:
    return 1.0 if case.plastic else 0.5


def _slenderness(case: Case) -> float:
    """Return length by diameter of a round part; a disc has less than 1."""
    a, b, c = sorted(case.value("smallest_box"))
    # The two edges that are alike are the diameter.
    diameter, length = ((a + b) / 2, c) if b - a <= c - b else ((b + c) / 2, a)
    return float(length / diameter) if diameter else 0.0


def _diameter(case: Case) -> float:
    a, b, c = sorted(case.value("smallest_box"))
    return float(b if b - a <= c - b else c)


THIN_WALLS = at_least(
    "thin_walls", "Thin walls", "wall_min",
    recommended=_recommended_wall, feasible=_feasible_wall, source=ZEKES,
    advice="Thicken the wall or support it with ribs; thin walls vibrate under the tool and bend.",
)  # fmt: skip
DEEP_HOLES = at_most(
    "deep_holes", "Deep holes", "largest_hole_depth_ratio",
    recommended=4.0, feasible=10.0, unit="x diameter", source=ZEKES, spots="holes_deep",
    advice="Make the hole shorter or wider, or drill it from both sides.",
)  # fmt: skip
SMALL_HOLES = at_least(
    "small_holes", "Tiny holes", "smallest_hole",
    recommended=2.5, feasible=0.5, source=ZEKES,
    advice="Widen the hole to a standard drill size; very small drills break and cost time.",
)  # fmt: skip
VOIDS = at_most(
    "enclosed_voids", "Hollow that no tool reaches", "enclosed_voids",
    recommended=0.0, unit="hollows", source=GENERAL, severity=MUST_CHANGE,
    advice="Open the hollow, or divide the part into two that are joined.",
)  # fmt: skip

MILLING: tuple[Rule, ...] = (
    THIN_WALLS,
    at_most(
        "deep_pockets", "Deep pockets", "deepest_pocket_ratio",
        recommended=4.0, unit="x width", source=NEPTUNE,
        advice="Make the pocket wider or shallower; long tools bend and chatter.",
    ),
    DEEP_HOLES,
    SMALL_HOLES,
    at_most(
        "sharp_corners", "Sharp inside corners", "sharp_inside_corners",
        recommended=0.0, unit="corners", source=FENVA, severity=MUST_CHANGE,
        advice="Round the upright corners with at least 1 mm, or add a relief in the corner.",
    ),
    at_least(
        "inside_radius", "Small inside radius", "smallest_inside_radius",
        recommended=1.0, feasible=0.25, source=ZEKES,
        advice="Use a radius a little larger than a third of the depth, so that a stiff tool fits.",
    ),
    at_most(
        "unreachable", "Surfaces no straight tool reaches", "undercut_area",
        recommended=0.5, unit="mm2", source=GENERAL,
        advice="Open the way to the surface, or ask whether a T-slot cutter of standard size fits.",
    ),
    VOIDS,
    at_most(
        "many_setups", "Clamped many times", "setups",
        recommended=3.0, unit="times", source=GENERAL, severity=INFO,
        advice="Move features to fewer sides; each clamping costs time and accuracy.",
    ),
    at_most(
        "five_axes", "Needs five axes", "axis_count",
        recommended=4.0, unit="axes", source=GENERAL, severity=INFO,
        advice="Square slanted features to the main sides where the function allows it.",
    ),
    box_in_machine(
        "large", "Larger than a common mill", MILL_MM, GENERAL,
        "Only some shops have a machine of this size; divide the part if it may be divided.",
    ),
    tolerance_rule(lambda size: SHOP_DEFAULT_MM, extra_work=True),
)  # fmt: skip

TURNING: tuple[Rule, ...] = (
    at_least(
        "not_round", "Little of the part is round", "turning_symmetry",
        recommended=0.5, feasible=0.15, unit="of the area", source=GENERAL,
        advice="Consider milling; a lathe makes what is round about one axis.",
    ),
    at_most(
        "slender", "Long and thin", "smallest_box", measure=_slenderness,
        needs=("turning_symmetry",), spots="",
        recommended=4.0, feasible=10.0, unit="x diameter", source=SLENDER,
        advice="Shorten or thicken the part, or leave centers for a tailstock on the drawing.",
    ),
    at_most(
        "large_diameter", "Larger than a common lathe", "smallest_box", measure=_diameter, spots="",
        needs=("turning_symmetry",),
        recommended=LARGEST_TURNED_MM, unit="mm", source=GENERAL,
        advice="Only some shops turn this diameter.",
    ),
    THIN_WALLS,
    DEEP_HOLES,
    SMALL_HOLES,
    VOIDS,
    tolerance_rule(lambda size: SHOP_DEFAULT_MM, extra_work=True),
)  # fmt: skip
