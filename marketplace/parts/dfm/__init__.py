"""Can it be made? One table of rules a process; each rule is a pure function of the facts.

`findings` says what stands out, `unchecked` what could not be looked at and why: silence of the
first is an all-clear only for what the second does not name. Processes are codes of the taxonomy.
"""

from typing import Any

from marketplace.parts.dfm import additive, machining, molding, sheet
from marketplace.parts.dfm.findings import STRICTNESS, Case, Finding, Rule

RULES: dict[str, tuple[Rule, ...]] = {
    "cnc_milling": machining.MILLING,
    "cnc_turning": machining.TURNING,
    "sheet_cutting": sheet.CUTTING,
    "sheet_fab": sheet.FABRICATION,
    "stamping": sheet.FABRICATION,
    "injection_molding": molding.INJECTION,
    "die_casting": molding.CASTING,
    "urethane_casting": molding.CASTING,
    **{code: additive.rules_of(printer) for code, printer in additive.PRINTERS.items()},
}
NO_RULES = "We have no rules for this process yet."
FLAT = ("sheet_cutting", "sheet_fab")

__all__ = ["RULES", "Finding", "findings", "unchecked"]


def findings(
    facts: dict[str, Any], process: str, *, tolerance: str = "m", material_family: str = ""
) -> list[Finding]:
    """Return what stands out for a process, what must change first.

    `facts` is what stands in a revision, `tolerance` the class of ISO 2768-1 (f, m, c or v). A
    figure that is missing gives no finding; see `unchecked`.
    """
    case = Case(facts, tolerance, material_family)
    found = [rule.applied(case) for rule in _rules(facts, process)]
    return sorted(
        (finding for finding in found if finding is not None),
        key=lambda finding: STRICTNESS.index(finding.severity),
    )


def unchecked(facts: dict[str, Any], process: str) -> list[dict[str, str]]:
    """Return the rules that could not be checked: `rule`, `title` and the `reason`, a sentence."""
    rules = _rules(facts, process)
    if not rules:
        return [{"rule": "", "title": "Manufacturability", "reason": NO_RULES}]
    case = Case(facts)
    missing = [(rule, rule.missing(case)) for rule in rules]
    return [
        {"rule": rule.code, "title": rule.title, "reason": reason}
        for rule, reason in missing
        if reason is not None
    ]


def _rules(facts: dict[str, Any], process: str) -> tuple[Rule, ...]:
    """Return the table of a process; a flat drawing of a sheet has one of its own."""
    if facts.get("format") == "dxf" and process in FLAT:
        return sheet.OF_DRAWINGS
    return RULES.get(process, ())
