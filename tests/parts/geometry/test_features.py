"""What is measured of solids whose holes, walls, bends and reach are known by construction."""

from math import pi, radians, tan
from pathlib import Path
from typing import Any

import pytest

from marketplace.parts.geometry.facts import PartFacts, hole_groups
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.reader import read_part
from tests.made_files import made_by
from tests.parts.geometry.conftest import codes
from tests.parts.geometry.meshes import ball, cube, write_stl


@pytest.fixture(scope="module")
def files() -> Path:
    return made_by(
        "tests.parts.geometry.feature_shapes", Path(__file__).with_name("feature_shapes.py")
    )


@pytest.fixture(scope="module")
def read(files: Path) -> Any:
    """Return a reader that reads each file once for the tests of this module."""
    known: dict[str, PartFacts] = {}

    def facts(name: str) -> PartFacts:
        if name not in known:
            known[name] = read_part(files / f"{name}.step", None)
        return known[name]

    return facts


def value(facts: PartFacts, name: str) -> Any:
    return facts.figures[name].value


def test_holes_are_listed_with_depth_kind_and_mouth(read: Any) -> None:
    facts = read("plate")
    tip = 2.5 / tan(radians(59))
    volume = 100 * 60 * 20 - 2 * pi * 9 * 20 - pi * 6.25 * 12 - pi * 6.25 * tip / 3
    volume -= pi * 4 * 18 + pi * 2 * (4 + 8 + 16) / 3 + pi * 16 * 12 + pi * 49 * 8

    assert facts.volume_mm3 == pytest.approx(volume, rel=1e-9)
    holes = {(h["position"][0], h["position"][1]): h for h in facts.holes}
    blind, sunk, bored = holes[(40, 30)], holes[(60, 30)], holes[(85, 30)]
    assert (blind["kind"], blind["diameter_mm"], blind["depth_mm"]) == ("blind", 5, 12)
    assert (blind["direction"], blind["position"]) == ([0, 0, -1], [40, 30, 20])
    assert sunk["countersink"] == pytest.approx({"diameter_mm": 8, "angle_deg": 90})
    assert (sunk["kind"], sunk["position"][2], sunk["direction"][2]) == ("through", 20, -1)
    assert bored["counterbore"] == pytest.approx({"diameter_mm": 14, "depth_mm": 8})
    assert hole_groups(facts.holes)[0] == {
        "diameter_mm": 6,
        "depth_mm": 20,
        "kind": "through",
        "countersink": None,
        "counterbore": None,
        "count": 2,
    }
    assert value(facts, "largest_hole_depth_ratio") == pytest.approx(5)
    assert value(facts, "smallest_hole") == pytest.approx(4)
    assert (value(facts, "sharp_inside_corners"), value(facts, "axis_count")) == (0, 3)
    assert sorted(value(facts, "accessible_directions")) == ["+z", "-z"]


@pytest.mark.parametrize("name", ["plate_ap203", "plate_ap242"])
def test_every_application_protocol_gives_the_same_facts(name: str, read: Any) -> None:
    assert read(name).volume_mm3 == pytest.approx(read("plate").volume_mm3, rel=1e-9)
    assert read(name).shape_key == read("plate").shape_key


def test_walls_pockets_and_corners_of_an_open_box(read: Any) -> None:
    facts = read("open_box")

    assert value(facts, "wall_min") == pytest.approx(2, abs=1e-6)
    assert value(facts, "deepest_pocket_ratio") == pytest.approx(27 / 36)
    assert value(facts, "sharp_inside_corners") == 4
    assert value(facts, "gap_min") == pytest.approx(36)
    assert facts.figures["wall_min"].how == "sampled"
    corners = next(spot for spot in facts.spots if spot["key"] == "sharp_inside_corners")
    assert sorted({(x, y) for x, y, _ in corners["points"]}) == [(2, 2), (2, 38), (58, 2), (58, 38)]


def test_a_rounded_pocket_has_a_radius_and_no_sharp_corner(read: Any) -> None:
    facts = read("rounded_pocket")

    assert value(facts, "smallest_inside_radius") == pytest.approx(4)
    assert value(facts, "sharp_inside_corners") == 0
    assert value(facts, "deepest_pocket_ratio") == pytest.approx(1.5)


def test_a_slot_is_as_deep_as_from_its_nearest_opening(read: Any) -> None:
    assert value(read("deep_slot"), "deepest_pocket_ratio") == pytest.approx(8)


def test_a_bent_sheet_is_recognized_with_its_bend(read: Any) -> None:
    facts = read("bent_sheet")

    assert value(facts, "sheet_thickness") == pytest.approx(2, abs=0.01)
    assert value(facts, "bend_count") == 1
    assert value(facts, "smallest_bend_radius") == pytest.approx(3)
    assert value(facts, "shortest_flange") == pytest.approx(25)
    assert value(facts, "hole_to_edge") == pytest.approx(8, abs=0.05)
    assert facts.figures["sheet_thickness"].how == "guessed"


def test_a_flat_sheet_has_no_bend_and_a_block_no_sheet_thickness(read: Any) -> None:
    assert value(read("flat_sheet"), "sheet_thickness") == pytest.approx(3)
    assert value(read("flat_sheet"), "bend_count") == 0
    assert value(read("plate"), "sheet_thickness") is None
    assert read("plate").figures["sheet_thickness"].reason == "The part is not of one thickness."


def test_turned_parts_are_round_about_their_axis(read: Any) -> None:
    assert value(read("shaft"), "turning_symmetry") == pytest.approx(1)
    assert value(read("ring"), "turning_symmetry") == pytest.approx(1)
    assert value(read("plate"), "turning_symmetry") < 0.1
    assert [abs(part) for part in value(read("shaft"), "turning_axis")] == [0, 0, 1]


def test_what_no_straight_tool_reaches_is_undercut(read: Any) -> None:
    hidden = 80 + 80 + 120 + 96

    assert value(read("hidden_slot"), "undercut_area") == pytest.approx(hidden, rel=0.1)
    assert value(read("plate"), "undercut_area") == 0
    assert value(read("bridge"), "undercut_area") == 0


def test_overhang_is_that_of_the_best_direction(read: Any) -> None:
    assert value(read("bridge"), "overhang_area") == 0
    assert value(read("hidden_slot"), "overhang_area") == pytest.approx(80)


def test_the_smallest_box_is_found_however_a_part_is_turned(read: Any) -> None:
    facts = read("box_turned")

    assert value(facts, "smallest_box") == pytest.approx([30, 20, 10], rel=1e-3)
    assert min(facts.bbox_mm) > 20
    names = value(facts, "accessible_directions")
    assert [sorted(name[0] for name in names), len({name[1] for name in names})] == [["+", "-"], 1]


def test_the_key_of_a_shape_survives_turning_and_knows_mirrors_and_lookalikes(read: Any) -> None:
    assert read("handed").shape_key == read("handed_turned").shape_key
    assert read("handed").shape_key != read("handed_mirrored").shape_key
    assert read("box_turned").shape_key != read("similar_box").shape_key
    assert len({read(name).shape_key for name in ("plate", "open_box", "shaft", "tube")}) == 4


def test_the_key_of_a_mesh_survives_moving_and_the_order_of_its_triangles(tmp_path: Path) -> None:
    two = [cube(10), ball(20)]
    moved = [corners[::-1][:, (1, 2, 0)] + (5.5, -20.25, 3) for corners in two]
    paths = [
        write_stl(tmp_path / f"{number}.stl", corners)
        for number, corners in enumerate([*two, *moved])
    ]

    first, round_one, again, round_again = (read_part(path, None).shape_key for path in paths)

    assert first == again
    assert round_one == round_again
    assert first != round_one


def test_an_assembly_is_a_tree_with_names_counts_and_distinct_bodies(read: Any) -> None:
    facts = read("cabinet")
    bolt = pytest.approx(pi * 4 * 20)

    assert [(b["name"], b["count"]) for b in facts.bodies] == [
        ("Housing", 1),
        ("Cover", 2),
        ("Bolt M4", 8),
    ]
    assert [b["volume_mm3"] for b in facts.bodies] == [pytest.approx(300_000), 6000, bolt]
    assert facts.tree is not None
    assert facts.tree["name"] == "Cabinet"
    housing, door = facts.tree["children"]
    assert (housing["name"], housing["body"], housing["bbox_mm"]) == ("Housing", 0, [100, 60, 50])
    assert (door["name"], door["count"], door["body"]) == ("Door", 2, None)
    assert [(c["name"], c["count"], c["body"]) for c in door["children"]] == [
        ("Cover", 1, 1),
        ("Bolt M4", 4, 2),
    ]
    assert value(facts, "wall_min") is None
    assert "several bodies" in facts.figures["wall_min"].reason
    assert facts.shape_key is None


def test_facts_of_a_part_come_back_the_same_and_stay_small(read: Any) -> None:
    data = read("plate").as_dict()

    assert PartFacts.from_dict(data) == read("plate")
    assert all(len(spot["points"]) <= 60 for spot in data["spots"])
    assert all(figure["exactness"] or figure["reason"] for figure in data["figures"].values())


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("holes", [{"kind": "through"}]),
        ("holes", [{"kind": "square"}] * 5000),
        ("spots", [{"key": "x", "points": [[0, 0, float("inf")]], "values": None, "cut": False}]),
        ("figures", {"volume": {"value": float("nan"), "unit": "", "how": "mesh"}}),
        ("bodies", "many"),
        ("text", {"found": True}),
    ],
)
def test_nothing_malformed_is_taken_over(place: str, wrong: object, read: Any) -> None:
    data = read("plate").as_dict()

    with pytest.raises((ValueError, TypeError, KeyError)):
        PartFacts.from_dict({**data, place: wrong})


def test_a_tree_too_deep_is_not_taken_over(read: Any) -> None:
    data = read("plate").as_dict()
    tree: dict[str, Any] = {}
    for _ in range(100):
        tree = {
            "name": "a", "count": 1, "body": None, "volume_mm3": None, "bbox_mm": None,
            "children": [tree] if tree else [],
        }  # fmt: skip

    with pytest.raises(ValueError, match="larger than allowed"):
        PartFacts.from_dict({**data, "tree": tree})


def test_without_time_the_base_figures_survive_with_a_warning(files: Path) -> None:
    facts = read_part(files / "plate.step", None, limits=Limits(feature_cpu_seconds=0.0))

    assert facts.volume_mm3 is not None
    assert codes(facts) == ["measured_in_part"]
    assert facts.figures["wall_min"].value is None
    assert "time" in facts.figures["wall_min"].reason


def test_a_mesh_is_measured_too_and_says_what_only_surfaces_give(tmp_path: Path) -> None:
    facts = read_part(write_stl(tmp_path / "cube.stl", cube(10)), None)

    assert value(facts, "wall_min") == pytest.approx(10)
    assert value(facts, "smallest_box") == pytest.approx([10, 10, 10])
    assert value(facts, "axis_count") == 3
    assert facts.figures["hole_count"].reason.startswith("A mesh holds no exact surfaces")
    assert facts.bodies == [
        {"index": 0, "name": "Body 1", "count": 1, "volume_mm3": 1000.0, "bbox_mm": None}
    ]
