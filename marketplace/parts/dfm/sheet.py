"""Sheet metal: cutting and bending. Lengths in multiples of the thickness where guides do so."""

from marketplace.parts.dfm.findings import (
    MUST_CHANGE,
    WARNING,
    YES_OR_NO,
    Case,
    Finding,
    Rule,
    at_least,
    at_most,
)
from marketplace.parts.dfm.sources import GENERAL, SHEET, STAMPING
from marketplace.parts.geometry.feature_sentences import NO_SHEET
from marketplace.parts.geometry.figures import reason_of

THINNEST_MM, THICKEST_MM = 0.5, 6.35


def _thickness(case: Case) -> float:
    return case.number("sheet_thickness")


def _bend_radius(case: Case) -> float:
    return max(0.8, 0.5 * _thickness(case))


def _one_thickness(case: Case) -> Finding | None:
    if case.value("sheet_thickness") is not None:
        return None
    if reason_of(case.facts, "sheet_thickness") != NO_SHEET:
        return None
    return Finding(
        "one_thickness", MUST_CHANGE, "Not of one thickness", 0.0, 1.0, YES_OR_NO,
        GENERAL.name, GENERAL.url,
        "Sheet parts are cut from one sheet: give every wall the same thickness, or mill the part.",
        "",
    )  # fmt: skip


def _thickness_range(case: Case) -> Finding | None:
    thickness = _thickness(case)
    if THINNEST_MM * 0.99 <= thickness <= THICKEST_MM * 1.01:
        return None
    limit = THINNEST_MM if thickness < THINNEST_MM else THICKEST_MM
    return Finding(
        "thickness", WARNING, "Unusual thickness", thickness, limit, "mm",
        GENERAL.name, GENERAL.url, "Use a sheet thickness that shops keep in stock.", "",
    )  # fmt: skip


class _OneThickness(Rule):
    """The rule whose finding is the missing figure itself."""

    def missing(self, case: Case) -> str | None:
        """Return why it is unknown whether the part is of one thickness."""
        if case.value("sheet_thickness") is not None:
            return None
        reason = reason_of(case.facts, "sheet_thickness")
        return None if reason == NO_SHEET else reason

    def applied(self, case: Case) -> Finding | None:
        """Return the finding when the part was measured and is of several thicknesses."""
        return self.judge(case)


ONE_THICKNESS = _OneThickness(
    "one_thickness", "Not of one thickness", ("sheet_thickness",), _one_thickness
)
OF_ONE_SHEET: tuple[Rule, ...] = (
    ONE_THICKNESS,
    Rule("thickness", "Unusual thickness", ("sheet_thickness",), _thickness_range),
    at_least(
        "small_holes", "Holes smaller than the sheet is thick", "smallest_hole",
        recommended=_thickness, needs=("sheet_thickness",), source=GENERAL,
        advice="Make holes at least as wide as the sheet is thick, or have them drilled.",
    ),
    at_least(
        "hole_to_edge", "Holes close to an edge or bend", "hole_to_edge",
        recommended=lambda case: 2 * _thickness(case), needs=("sheet_thickness",), source=SHEET,
        advice="Move the hole at least two thicknesses away from edges and bends.",
    ),
)  # fmt: skip
FABRICATION: tuple[Rule, ...] = (
    *OF_ONE_SHEET,
    at_least(
        "bend_radius", "Small bend radius", "smallest_bend_radius",
        recommended=_bend_radius, needs=("sheet_thickness",), source=STAMPING,
        advice="Use an inner radius of at least half the thickness and 0.8 mm, or the sheet "
        "cracks.",
    ),
    at_least(
        "flange", "Short flange", "shortest_flange",
        recommended=lambda case: 4 * _thickness(case), needs=("sheet_thickness",), source=SHEET,
        advice="Make the flange at least four thicknesses long, so that the tool can hold it.",
    ),
)  # fmt: skip
OPEN_CONTOURS = at_most(
    "open_contours", "Contours that do not close", "open_contours",
    recommended=0.0, unit="contours", source=GENERAL, severity=MUST_CHANGE, spots="",
    advice="Join the ends of the lines, so that it is clear what falls out of the sheet.",
)  # fmt: skip
CUTTING: tuple[Rule, ...] = (
    *OF_ONE_SHEET,
    at_most(
        "bent", "Bends in a flat part", "bend_count",
        recommended=0.0, unit="bends", source=GENERAL, severity=MUST_CHANGE,
        spots="smallest_bend_radius",
        advice="Upload the flat sheet, or choose sheet metal fabrication, which bends.",
    ),
)  # fmt: skip
OF_DRAWINGS: tuple[Rule, ...] = (OPEN_CONTOURS,)
