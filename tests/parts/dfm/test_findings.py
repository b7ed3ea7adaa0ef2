"""Each rule on both sides of its limit, and silence about what was not measured."""

from typing import Any

import pytest

from marketplace.parts.dfm import RULES, findings, unchecked
from marketplace.parts.dfm.tolerances import allowed
from marketplace.parts.geometry import feature_sentences as say


def facts_with(part_format: str = "step", **values: Any) -> dict[str, Any]:
    """Return facts whose figures have these values; a sentence stands for an unknown one."""
    figures = {
        name: {
            "value": None if isinstance(value, str) else value,
            "unit": "", "how": "sampled", "exactness": "",
            "reason": value if isinstance(value, str) else "",
        }
        for name, value in values.items()
    }  # fmt: skip
    return {"format": part_format, "figures": figures}


GOOD: dict[str, Any] = {
    "area": 20_000.0, "smallest_box": [100.0, 60.0, 20.0], "wall_min": 2.0, "wall_p5": 2.0,
    "wall_p50": 2.5, "wall_p95": 3.0, "gap_min": 5.0, "deepest_pocket_ratio": 2.0,
    "largest_hole_depth_ratio": 3.0, "smallest_hole": 4.0, "sharp_inside_corners": 0,
    "smallest_inside_radius": 3.0, "undercut_area": 0.0, "mold_undercut_area": 0.0,
    "enclosed_voids": 0, "setups": 2, "axis_count": 3, "turning_symmetry": 0.9,
    "sheet_thickness": 2.0, "hole_to_edge": 6.0, "bend_count": 0, "smallest_bend_radius": 2.0,
    "shortest_flange": 12.0, "overhang_area": 0.0, "draft_free_area": 0.0,
}  # fmt: skip


@pytest.mark.parametrize("process", RULES)
def test_a_good_part_has_no_finding_and_nothing_unchecked(process: str) -> None:
    assert findings(facts_with(**GOOD), process, tolerance="v") == []
    assert unchecked(facts_with(**GOOD), process) == []


@pytest.mark.parametrize(
    ("process", "figure", "bad", "rule", "severity", "limit"),
    [
        ("cnc_milling", "wall_min", 0.7, "thin_walls", "warning", 0.8),
        ("cnc_milling", "wall_min", 0.4, "thin_walls", "must_change", 0.5),
        ("cnc_milling", "deepest_pocket_ratio", 4.2, "deep_pockets", "warning", 4),
        ("cnc_milling", "largest_hole_depth_ratio", 5.0, "deep_holes", "warning", 4),
        ("cnc_milling", "largest_hole_depth_ratio", 11.0, "deep_holes", "must_change", 10),
        ("cnc_milling", "smallest_hole", 1.0, "small_holes", "warning", 2.5),
        ("cnc_milling", "sharp_inside_corners", 4, "sharp_corners", "must_change", 0),
        ("cnc_milling", "smallest_inside_radius", 0.5, "inside_radius", "warning", 1),
        ("cnc_milling", "undercut_area", 80.0, "unreachable", "warning", 0.5),
        ("cnc_milling", "enclosed_voids", 1, "enclosed_voids", "must_change", 0),
        ("cnc_milling", "setups", 5, "many_setups", "info", 3),
        ("cnc_milling", "axis_count", 5, "five_axes", "info", 4),
        ("cnc_milling", "smallest_box", [1200.0, 90.0, 20.0], "large", "warning", 1000),
        ("cnc_turning", "turning_symmetry", 0.3, "not_round", "warning", 0.5),
        ("cnc_turning", "turning_symmetry", 0.05, "not_round", "must_change", 0.15),
        ("cnc_turning", "smallest_box", [110.0, 10.0, 10.0], "slender", "must_change", 10),
        ("cnc_turning", "smallest_box", [500.0, 500.0, 50.0], "large_diameter", "warning", 400),
        ("sheet_fab", "smallest_bend_radius", 0.5, "bend_radius", "warning", 1),
        ("sheet_fab", "shortest_flange", 7.0, "flange", "warning", 8),
        ("sheet_fab", "hole_to_edge", 3.0, "hole_to_edge", "warning", 4),
        ("sheet_fab", "smallest_hole", 1.5, "small_holes", "warning", 2),
        ("sheet_fab", "sheet_thickness", 0.3, "thickness", "warning", 0.5),
        ("sheet_fab", "sheet_thickness", say.NO_SHEET, "one_thickness", "must_change", 1),
        ("sheet_cutting", "bend_count", 1, "bent", "must_change", 0),
        ("fdm", "wall_min", 1.0, "thin_walls", "warning", 1.2),
        ("fdm", "overhang_area", 5000.0, "overhang", "info", 0.15),
        ("fdm", "gap_min", 0.1, "narrow_gaps", "warning", 0.2),
        ("sls", "enclosed_voids", 1, "escape_holes", "must_change", 0),
        ("sls", "wall_min", 0.5, "thin_walls", "must_change", 0.7),
        ("sla", "wall_min", 0.4, "thin_walls", "must_change", 0.5),
        ("mjf", "smallest_box", [400.0, 60.0, 20.0], "large", "warning", 380),
        ("dmls", "smallest_hole", 0.3, "small_holes", "warning", 0.5),
        ("injection_molding", "draft_free_area", 0.4, "draft", "warning", 0.02),
        ("injection_molding", "wall_p95", 5.0, "wall_ratio", "warning", 2),
        ("injection_molding", "mold_undercut_area", 30.0, "undercuts", "warning", 0.5),
        ("injection_molding", "wall_p50", 4.0, "thick_walls", "warning", 3),
        ("die_casting", "draft_free_area", 0.4, "draft", "warning", 0.02),
    ],
)
def test_a_figure_beyond_its_limit_is_found(
    process: str, figure: str, bad: Any, rule: str, severity: str, limit: float
) -> None:
    found = findings(facts_with(**{**GOOD, figure: bad}), process, tolerance="v")

    finding = next(one for one in found if one.rule == rule)
    assert (finding.severity, finding.limit) == (severity, pytest.approx(limit))
    assert finding.source
    assert finding.advice.endswith(".")
    assert finding.as_dict()["title"] == finding.title


@pytest.mark.parametrize("process", RULES)
def test_what_was_not_measured_gives_no_finding_and_is_named(process: str) -> None:
    facts = facts_with(**dict.fromkeys(GOOD, say.OUT_OF_TIME))

    assert findings(facts, process) == []
    assert [one["rule"] for one in unchecked(facts, process)] == [
        rule.code for rule in RULES[process]
    ]
    assert {one["reason"] for one in unchecked(facts, process)} == {say.OUT_OF_TIME}
    assert findings({}, process) == []
    assert len(unchecked({}, process)) == len(RULES[process])


def test_what_is_not_there_is_neither_found_nor_unchecked() -> None:
    facts = facts_with(**{**GOOD, "smallest_hole": say.NO_HOLES, "gap_min": say.NO_GAPS})

    assert findings(facts, "sls", tolerance="v") == []
    assert unchecked(facts, "sls") == []


def test_a_process_without_rules_says_so() -> None:
    assert findings(facts_with(**GOOD), "extrusion") == []
    assert unchecked(facts_with(**GOOD), "extrusion")[0]["reason"].startswith("We have no rules")


def test_plastics_need_thicker_walls_under_the_tool() -> None:
    facts = facts_with(**{**GOOD, "wall_min": 1.2})

    assert findings(facts, "cnc_milling", material_family="aluminum") == []
    found = findings(facts, "cnc_milling", material_family="plastic")
    assert [(one.rule, one.limit) for one in found] == [("thin_walls", 1.5)]


def test_findings_come_with_what_must_change_first() -> None:
    bad = {**GOOD, "setups": 6, "wall_min": 0.7, "enclosed_voids": 1}

    found = findings(facts_with(**bad), "cnc_milling")

    assert [one.severity for one in found] == ["must_change", "warning", "info"]


def test_the_tolerance_class_is_held_against_the_process() -> None:
    facts = facts_with(**{**GOOD, "smallest_box": [300.0, 60.0, 20.0]})

    fine = findings(facts, "fdm", tolerance="f")
    assert [(one.rule, one.measured, one.limit) for one in fine] == [("tolerance", 0.6, 0.2)]
    assert findings(facts, "fdm", tolerance="c") == []
    small = facts_with(**{**GOOD, "smallest_box": [20.0, 10.0, 5.0]})
    assert [one.severity for one in findings(small, "cnc_milling", tolerance="f")] == ["info"]
    assert (allowed("m", 30), allowed("m", 30.1), allowed("f", 3000)) == (0.2, 0.3, None)
    assert allowed("nonsense", 10) is None


def test_a_flat_drawing_is_judged_by_its_contours() -> None:
    drawing = facts_with("dxf", open_contours=2, cut_length=100.0)

    assert [one.rule for one in findings(drawing, "sheet_cutting")] == ["open_contours"]
    assert unchecked(drawing, "sheet_cutting") == []
    assert findings(facts_with("dxf", open_contours=0), "sheet_fab") == []
