"""Findings of a part as pages and programs show them: the rules' answers in plain values.

The rules themselves are `dfm/`. Pure: facts in, findings out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marketplace.parts import dfm
from marketplace.parts.dfm.findings import YES_OR_NO
from marketplace.parts.models import FindingAcceptance

ORDER = {"must_change": 0, "warning": 1, "info": 2}
SEVERITIES = {"must_change": "Must change", "warning": "Check", "info": "Good to know"}
# The first process of a part that nobody chose one for.
USUAL, SHEET, FLAT, ROUND = "cnc_milling", "sheet_fab", "sheet_cutting", "cnc_turning"
ROUND_FROM = 0.9
# From and up to where a figure is shown with two decimals.
SMALL, LARGE = 0.1, 100
# Units of what is counted -> one of them.
COUNTED = {
    "hollows": "hollow",
    "corners": "corner",
    "contours": "contour",
    "bends": "bend",
    "axes": "axis",
    "times": "time",
}
UNIT_SIGNS = {"mm2": "mm²"}


@dataclass(frozen=True)
class Shown:
    """One finding with what was said about it. `points` are millimeters in the preview's model."""

    rule: str
    severity: str
    title: str
    measured_text: str
    limit_text: str
    advice: str
    source: str
    source_url: str
    points: tuple[tuple[float, float, float], ...] = ()
    acceptance: FindingAcceptance | None = None

    @property
    def severity_label(self) -> str:
        """The severity in words."""
        return SEVERITIES.get(self.severity, self.severity)


def findings_of(
    facts: dict[str, Any],
    process: str,
    acceptances: Iterable[FindingAcceptance] = (),
    *,
    tolerance: str = "m",
    material_family: str = "",
) -> list[Shown]:
    """The findings of a part for a process, the gravest first. An acceptance counts only for the
    figure that was looked at."""
    if not facts:
        return []
    accepted = {(row.rule, row.measured): row for row in acceptances}
    points = _points_of(facts)
    found = []
    for finding in dfm.findings(
        facts, process, tolerance=tolerance, material_family=material_family
    ):
        measured = with_unit(finding.measured, finding.unit)
        found.append(
            Shown(
                rule=finding.rule,
                severity=finding.severity,
                title=finding.title,
                measured_text=measured[:120],
                limit_text=with_unit(finding.limit, finding.unit),
                advice=finding.advice,
                source=finding.source,
                source_url=finding.source_url,
                points=points.get(finding.spots, ()),
                acceptance=accepted.get((finding.rule, measured[:120])),
            )
        )
    return sorted(found, key=lambda one: (one.acceptance is not None, ORDER.get(one.severity, 9)))


def unchecked_of(facts: dict[str, Any], process: str) -> list[dict[str, str]]:
    """What could not be checked for a process: title and reason each."""
    return dfm.unchecked(facts, process) if facts else []


def usual_process(facts: dict[str, Any]) -> str:
    """The process a part looks like, by the code of the taxonomy: sheet, round, or milled."""
    figures = facts.get("figures") or {}
    if facts.get("format") == "dxf":
        return FLAT
    if _value(figures, "sheet_thickness"):
        return SHEET
    turned = _value(figures, "turning_symmetry")
    if isinstance(turned, int | float) and turned >= ROUND_FROM:
        return ROUND
    return USUAL


def _value(figures: dict[str, Any], name: str) -> Any:
    return (figures.get(name) or {}).get("value")


def _digits(value: float) -> str:
    """No more digits than were measured: hundredths, above a hundred tenths, below a tenth two."""
    if abs(value) < SMALL:
        return format(Decimal(f"{value:.2g}"), "f")
    text = f"{value:.2f}" if abs(value) < LARGE else f"{value:.1f}"
    return text.rstrip("0").rstrip(".")


def with_unit(value: float, unit: str) -> str:
    """A figure of a finding as it is shown; what is only counted or a ratio has no unit.

    Empty for what is a matter of yes or no, which its title says.
    """
    if unit == YES_OR_NO:
        return ""
    if unit == "of the area":
        return f"{_digits(100 * value)} % of the area"
    text = _digits(value)
    if unit in COUNTED:
        # A limit of none of them is "0", one of them is no plural.
        return "0" if value == 0 else f"{text} {COUNTED[unit] if value == 1 else unit}"
    shown = UNIT_SIGNS.get(unit, unit)
    return f"{text} {shown}" if unit and unit not in ("count", "ratio", "share") else text


def _points_of(facts: dict[str, Any]) -> dict[str, tuple[tuple[float, float, float], ...]]:
    """Key of a spot -> its points."""
    return {
        spot["key"]: tuple((x, y, z) for x, y, z in spot["points"])
        for spot in facts.get("spots") or []
    }
