"""Two revisions in words."""

from typing import Any

import pytest

from marketplace.parts.difference import NOTHING, difference
from marketplace.parts.mass import mass_g


def hole(diameter: float, kind: str = "through", depth: float = 20.0) -> dict[str, Any]:
    return {
        "diameter_mm": diameter, "depth_mm": depth, "kind": kind, "direction": [0, 0, 1],
        "position": [0, 0, 0], "countersink": None, "counterbore": None,
    }  # fmt: skip


def facts(**changes: Any) -> dict[str, Any]:
    figures = changes.pop("figures", {})
    holes = changes.get("holes", [])
    return {
        "format": "step", "volume_mm3": 12_300.0, "area_mm2": 5000.0, "bbox_mm": [100, 60, 20],
        "solids": 1, "holes": holes, "shape_key": None,
        "figures": {
            name: {"value": value} for name, value in {"hole_count": len(holes), **figures}.items()
        },
        **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({}, {"volume_mm3": 12_558.3}, ["Volume grew by 2.1 % (12.3 to 12.6 cm³)."]),
        ({}, {"area_mm2": 4000.0}, ["Surface area shrank by 20 % (50 to 40 cm²)."]),
        (
            {"volume_mm3": 12_300_000.0},
            {"volume_mm3": 2460.0},
            ["Volume shrank by more than 99.9 % (12,300 to 2.46 cm³)."],
        ),
        (
            {"volume_mm3": 10_000.0},
            {"volume_mm3": 7.0},
            ["Volume shrank by 99.9 % (10 to 0.007 cm³)."],
        ),
        ({}, {"volume_mm3": 24_600.0}, ["Volume grew by 100 % (12.3 to 24.6 cm³)."]),
        (
            {"volume_mm3": 117_373.6},
            {"volume_mm3": 116_854.8},
            ["Volume shrank by 0.442 % (117.4 to 116.9 cm³)."],
        ),
        (
            {"bbox_mm": [100.02, 60, 20]},
            {"bbox_mm": [100.05, 60, 20]},
            ["The box is 0.03 mm longer (100.02 to 100.05 mm)."],
        ),
        ({}, {"volume_mm3": None}, ["Volume is not known any more."]),
        ({}, {"bbox_mm": [60, 103, 20]}, ["The box is 3 mm longer (100 to 103 mm)."]),
        ({}, {"bbox_mm": [100, 60, 19.5]}, ["The box is 0.5 mm lower (20 to 19.5 mm)."]),
        ({}, {"bbox_mm": [20, 100, 60]}, [NOTHING]),
        ({}, {"holes": [hole(6), hole(6)]}, ["Two 6 mm through holes were added."]),
        ({"holes": [hole(5, "blind", 12)]}, {}, ["One 5 mm blind, 12 mm deep, hole was removed."]),
        ({}, {"solids": 3}, ["The file holds three bodies now, it held one."]),
        ({}, {"format": "stl"}, ["The file is STL now, it was STEP."]),
        ({}, {}, [NOTHING]),
        ({"shape_key": "s1"}, {"shape_key": "s1"}, ["The shape is the same."]),
        (
            {"figures": {"wall_min": 2.0, "bend_count": 1}},
            {"figures": {"wall_min": 1.5, "bend_count": 3}},
            ["The thinnest wall went from 2 to 1.5 mm.", "There are three bends, there was one."],
        ),
    ],
)
def test_what_changed_is_said(before: Any, after: Any, said: list[str]) -> None:
    assert difference(facts(**before), facts(**after)) == said


def test_holes_of_a_mesh_are_unknown_not_removed() -> None:
    mesh = facts()
    mesh["figures"]["hole_count"] = {"value": None}

    assert difference(facts(holes=[hole(6)]), mesh) == [NOTHING]


def test_a_revision_that_was_not_read_cannot_be_compared() -> None:
    assert "has not been read" in difference({}, facts())[0]


def test_mass_is_volume_times_density() -> None:
    assert mass_g(1000.0, 2.7) == pytest.approx(2.7)
    assert mass_g(None, 2.7) is None
    assert mass_g(1000.0, None) is None
    with pytest.raises(ValueError, match="density"):
        mass_g(1.0, 0.0)
