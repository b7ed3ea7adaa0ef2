"""The reader's figures in words."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from marketplace.parts.figures import figure_groups, hole_rows, in_words, mass_text, value_text


def row(value: object, unit: str, **more: str) -> dict[str, object]:
    told = {"how": "surfaces", "exactness": "", "reason": ""}
    return {"value": value, "unit": unit, **told, **more}


def hole(diameter: float, **more: object) -> dict[str, object]:
    return {
        "diameter_mm": diameter, "depth_mm": 10.0, "kind": "through", "position": [0, 0, 0],
        "direction": [0, 0, 1], "countersink": None, "counterbore": None, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (3.456, "mm", "3.46\u00a0mm"),
        ([10.0, 20.0, 5.5], "mm", "10 × 20 × 5.5\u00a0mm"),
        (12_345.0, "mm3", "12.35\u00a0cm³"),
        (0.024, "share", "2.4%"),
        (4.25, "ratio", "4.3 : 1"),
        (3, "count", "3"),
        (["+x", "-z"], "names", "+x, -z"),
        ([0.0, 0.0, 1.0], "vector", "0 · 0 · 1"),
        ("+z", "name", "+z"),
    ],
)
def test_values_with_their_units(value: object, unit: str, text: str) -> None:
    assert value_text(value, unit) == text


def test_groups_leave_out_what_nothing_is_said_of_and_say_why_a_value_is_missing() -> None:
    facts = {
        "figures": {
            "bbox": row([1.0, 2.0, 3.0], "mm"),
            "center_of_mass": row([1.0, 0.5, 1.5], "mm"),
            "volume": row(None, "mm3", reason="The surface is open."),
            "sheet_thickness": row(None, "mm", reason="It is no sheet."),
        }
    }
    [(title, rows)] = figure_groups(facts)
    assert title == "Size"
    assert [(one.label, one.text, one.reason) for one in rows] == [
        ("Bounding box", "1 × 2 × 3\u00a0mm", "not measured"),
        ("Volume", "", "The surface is open."),
        ("Center of mass", "1, 0.5, 1.5 mm", "not measured"),
    ]
    assert figure_groups({}) == []


@pytest.mark.parametrize(
    ("how", "exactness", "note"),
    [
        ("mesh", "Edges between two surfaces.", "Triangles · Edges between two surfaces."),
        ("surfaces", "Exact: it follows the surfaces.", "Exact: it follows the surfaces."),
        ("sampled", "", "Sampled rays"),
    ],
)
def test_a_figure_says_how_it_was_got_and_how_exact_it_is(
    how: str, exactness: str, note: str
) -> None:
    facts = {"figures": {"volume": row(1.0, "mm3", how=how, exactness=exactness)}}
    [(_, [figure])] = figure_groups(facts)
    assert figure.note == note


def test_a_flat_sheet_has_curves_and_no_surfaces() -> None:
    facts = {"format": "dxf", "figures": {"pierces": row(3, "count", exactness="Contours.")}}
    [(_, [figure])] = figure_groups(facts)
    assert figure.note == "Curves of the file · Contours."


def test_an_older_reading_shows_what_it_has() -> None:
    old = {"bbox_mm": [1, 2, 3], "volume_mm3": 6.0, "area_mm2": 22.0, "exact": True}
    [(_, rows)] = figure_groups(old)
    assert [(one.label, one.how) for one in rows] == [
        ("Bounding box", "exact surfaces"),
        ("Volume", "exact surfaces"),
        ("Surface", "exact surfaces"),
    ]


def test_holes_of_another_direction_are_another_row() -> None:
    slanted = {"direction": [0, -0.7071, 0.7071]}
    holes = [hole(6.0), hole(6.0), hole(6.0, direction=[-1, 0, 0]), hole(6.0, **slanted)]
    rows = hole_rows({"holes": holes})
    assert [(one.count, one.direction) for one in rows] == [
        (2, "along Z"),
        (1, "along X"),
        (1, "0, 0.71, -0.71"),
    ]
    page = render_to_string("parts/buyer/_holes.html", {"holes": rows, "revision": {}})
    assert "Direction" in page and "along Z" in page


@pytest.mark.parametrize(("source", "unit"), [("file", ""), ("assumed", " (assumed)")])
def test_inches_are_named_as_a_unit(source: str, unit: str) -> None:
    facts = {"format": "step", "units": "in", "units_source": source, "solids": 1}
    page = render_to_string("parts/buyer/_figures.html", {"revision": {"facts": facts}})
    assert f"STEP, unit in{unit} · 1 body" in page


def test_equal_holes_are_one_row() -> None:
    sink = {"diameter_mm": 12.0, "angle_deg": 90.0}
    rows = hole_rows({"holes": [hole(6.0), hole(6.0), hole(6.0, countersink=sink)]})
    assert [(one.count, one.sink) for one in rows] == [
        (2, ""),
        (1, "countersunk 12\u00a0mm, 90°"),
    ]
    assert in_words({"bbox_mm": [1, 2, 3], "holes": [hole(6.0)]}) == (
        "1 × 2 × 3\u00a0mm in size, one hole"
    )


@pytest.mark.parametrize(
    ("volume", "density", "text"),
    [
        (10_000.0, "2.7", "27 g"),
        (1_000.0, "7.85", "7.9 g"),
        (16.08, "2.7", "0.043 g"),
        (1_000_000.0, "7.85", "7.85 kg"),
        (None, "2.7", ""),
        (1_000.0, None, ""),
    ],
)
def test_mass(volume: float | None, density: str | None, text: str) -> None:
    facts = {"volume_mm3": volume}
    assert mass_text(facts, None if density is None else Decimal(density)) == text
