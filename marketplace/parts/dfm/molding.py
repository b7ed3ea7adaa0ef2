"""Injection molding and castings: draft, even walls, undercuts. Millimeters."""

from marketplace.parts.dfm.findings import MUST_CHANGE, Case, Rule, at_least, at_most
from marketplace.parts.dfm.sources import GENERAL, MOLDING
from marketplace.parts.dfm.tolerances import tolerance_rule

HELD_BY_MOLDS_MM = 0.254


def _wall_ratio(case: Case) -> float:
    thin = case.number("wall_p5")
    return case.number("wall_p95") / thin if thin else 0.0


DRAFT = at_most(
    "draft", "Walls without draft", "draft_free_area",
    recommended=0.02, unit="of the area", source=MOLDING, spots="",
    advice="Slope walls along the opening direction by at least 1 degree, more when textured.",
)  # fmt: skip
UNDERCUT = at_most(
    "undercuts", "Undercuts", "mold_undercut_area",
    recommended=0.5, unit="mm2", source=GENERAL, spots="undercut_area",
    advice="Open the shape along the pull direction; each undercut needs a slide in the mold.",
)  # fmt: skip
HOLLOW = at_most(
    "enclosed_voids", "Hollow inside", "enclosed_voids",
    recommended=0.0, unit="hollows", source=GENERAL, severity=MUST_CHANGE,
    advice="A mold cannot form a closed hollow: open it, or make two parts and join them.",
)  # fmt: skip
EVEN_WALLS = at_most(
    "wall_ratio", "Uneven walls", "wall_p95", needs=("wall_p5",), measure=_wall_ratio,
    recommended=2.0, unit="times the thinnest", source=MOLDING, spots="",
    advice="Core out thick places; they sink and warp while cooling.",
)  # fmt: skip

INJECTION: tuple[Rule, ...] = (
    DRAFT,
    UNDERCUT,
    EVEN_WALLS,
    at_least(
        "thin_walls", "Thin walls", "wall_min",
        recommended=1.5, feasible=0.5, source=MOLDING,
        advice="Thicken the wall so that the plastic fills it before it freezes.",
    ),
    at_most(
        "thick_walls", "Thick walls", "wall_p50",
        recommended=3.0, unit="mm", source=MOLDING, spots="",
        advice="Core out the part to walls of 1.5 to 3 mm with ribs.",
    ),
    HOLLOW,
    tolerance_rule(lambda size: HELD_BY_MOLDS_MM, extra_work=True),
)  # fmt: skip
CASTING: tuple[Rule, ...] = (
    DRAFT,
    UNDERCUT,
    HOLLOW,
    at_least(
        "thin_walls", "Thin walls", "wall_min",
        recommended=1.0, source=GENERAL,
        advice="Thicken the wall so that the mold fills.",
    ),
)  # fmt: skip
