"""STL, text and binary: figures, closedness, bodies, units and every warning."""

from pathlib import Path

import numpy as np
import pytest

from tests.parts.geometry.conftest import Read, Refuse, codes
from tests.parts.geometry.meshes import ball, cube, inside_out, text_stl, volume_of, write_stl


def test_a_cube_has_its_figures(tmp_path: Path, facts_of: Read) -> None:
    facts = facts_of(write_stl(tmp_path / "cube.stl", cube(10, (5, 6, 7))))

    assert (facts.volume_mm3, facts.area_mm2) == (1000, 600)
    assert facts.bbox_mm == (10, 10, 10)
    assert facts.center_of_mass_mm == pytest.approx((10, 11, 12))
    assert (facts.solids, facts.triangles, facts.watertight) == (1, 12, True)
    assert (facts.units, facts.units_source, codes(facts)) == ("mm", "assumed", ["no_units"])


def test_text_is_read_like_binary(tmp_path: Path, facts_of: Read) -> None:
    path = tmp_path / "cube.stl"
    path.write_text(text_stl(cube(0.1)).upper().replace("SOLID", "solid"))

    facts = facts_of(path)

    assert (facts.volume_mm3, facts.triangles) == (pytest.approx(0.001), 12)
    assert facts.watertight


def test_a_binary_file_may_begin_with_the_word_solid(tmp_path: Path, facts_of: Read) -> None:
    path = write_stl(tmp_path / "cube.stl", cube(), header=b"solid facet of a liar")

    assert facts_of(path).volume_mm3 == 1000


@pytest.mark.parametrize(("unit", "side"), [("mm", 1), ("cm", 10), ("m", 1000), ("in", 25.4)])
def test_a_given_unit_scales_every_figure(
    unit: str, side: float, tmp_path: Path, facts_of: Read
) -> None:
    facts = facts_of(write_stl(tmp_path / "cube.stl", cube(1)), units=unit)

    assert facts.bbox_mm == pytest.approx((side,) * 3)
    assert facts.area_mm2 == pytest.approx(6 * side**2)
    assert facts.volume_mm3 == pytest.approx(side**3)
    assert facts.center_of_mass_mm == pytest.approx((side / 2,) * 3)
    assert (facts.units, facts.units_source, facts.warnings) == (unit, "given", ())


def test_a_unit_nobody_may_give_is_refused(tmp_path: Path, refusal: Refuse) -> None:
    path = write_stl(tmp_path / "cube.stl", cube())

    assert refusal(path, units="parsec").code == "unknown_unit"


def test_an_open_surface_has_no_volume(tmp_path: Path, facts_of: Read) -> None:
    facts = facts_of(write_stl(tmp_path / "lid.stl", cube()[:-1]), units="mm")

    assert (facts.volume_mm3, facts.center_of_mass_mm, facts.watertight) == (None, None, False)
    assert facts.area_mm2 == 550
    assert codes(facts) == ["open"]
    assert "(3 edges" in facts.warnings[0].message


def test_a_surface_turned_inside_out_is_turned_back(tmp_path: Path, facts_of: Read) -> None:
    facts = facts_of(write_stl(tmp_path / "cube.stl", inside_out(cube())), units="mm")

    assert (facts.volume_mm3, facts.watertight) == (1000, True)
    assert facts.center_of_mass_mm == pytest.approx((5, 5, 5))
    assert codes(facts) == ["inside_out"]


def test_one_body_of_two_turned_inside_out_does_not_shrink_the_other(
    tmp_path: Path, facts_of: Read
) -> None:
    two = np.concatenate([cube(10), inside_out(cube(20, (50, 0, 0)))])

    facts = facts_of(write_stl(tmp_path / "two.stl", two), units="mm")

    assert (facts.volume_mm3, facts.solids) == (pytest.approx(9000), 2)
    assert codes(facts) == ["several_bodies", "inside_out"] or codes(facts) == [
        "inside_out",
        "several_bodies",
    ]


def test_a_hole_inside_a_body_is_no_body(tmp_path: Path, facts_of: Read) -> None:
    hollow = np.concatenate([cube(10), inside_out(cube(4, (3, 3, 3)))])

    facts = facts_of(write_stl(tmp_path / "hollow.stl", hollow), units="mm")

    assert (facts.volume_mm3, facts.solids, facts.warnings) == (pytest.approx(936), 1, ())


def test_several_bodies_are_counted(tmp_path: Path, facts_of: Read) -> None:
    many = np.concatenate([cube(1, (3 * index, 0, 0)) for index in range(40)])

    facts = facts_of(write_stl(tmp_path / "many.stl", many), units="mm")

    assert (facts.solids, facts.volume_mm3) == (40, pytest.approx(40))
    assert codes(facts) == ["several_bodies"]


def test_triangles_that_disagree_about_outside_give_no_volume(
    tmp_path: Path, facts_of: Read
) -> None:
    mixed = cube()
    mixed[0] = mixed[0, ::-1]

    facts = facts_of(write_stl(tmp_path / "mixed.stl", mixed), units="mm")

    assert (facts.volume_mm3, facts.watertight) == (None, True)
    assert codes(facts) == ["mixed_orientation"]


def test_a_doubled_body_gives_no_volume(tmp_path: Path, facts_of: Read) -> None:
    facts = facts_of(
        write_stl(tmp_path / "twice.stl", np.concatenate([cube(), cube()])), units="mm"
    )

    assert facts.volume_mm3 is None
    assert codes(facts) == ["repeated_triangles"]


def test_a_folded_sheet_encloses_nothing(tmp_path: Path, facts_of: Read) -> None:
    points = np.array([(0, 0, 0), (10, 0, 0), (0, 10, 0), (4, 4, 0)], dtype=float)
    sheet = points[np.array([(0, 2, 1), (0, 1, 3), (1, 2, 3), (2, 0, 3)])]

    facts = facts_of(write_stl(tmp_path / "sheet.stl", sheet), units="mm")

    assert facts.volume_mm3 is None
    assert codes(facts) == ["no_volume"]


def test_triangles_without_area_are_counted_and_harmless(tmp_path: Path, facts_of: Read) -> None:
    with_sliver = np.concatenate([cube(), [[(0, 0, 0), (0, 0, 0), (10, 0, 0)]]])

    facts = facts_of(write_stl(tmp_path / "sliver.stl", with_sliver), units="mm")

    assert (facts.volume_mm3, facts.watertight) == (1000, True)
    assert codes(facts) == ["degenerate_triangles"]


def test_minus_zero_is_zero(tmp_path: Path, facts_of: Read) -> None:
    corners = cube()
    corners[::2][corners[::2] == 0] = -0.0

    assert facts_of(write_stl(tmp_path / "zero.stl", corners)).watertight


def test_padding_after_the_last_triangle_is_ignored(tmp_path: Path, facts_of: Read) -> None:
    path = write_stl(tmp_path / "padded.stl", cube())
    path.write_bytes(path.read_bytes() + b"\0" * 100)

    assert codes(facts_of(path, units="mm")) == ["extra_data"]


def test_a_mesh_far_from_the_origin_keeps_its_volume(tmp_path: Path, facts_of: Read) -> None:
    path = tmp_path / "far.stl"
    path.write_text(text_stl(cube(1, (1e6, -1e6, 1e6))))

    assert facts_of(path).volume_mm3 == pytest.approx(1, rel=1e-9)


def test_a_ball_of_many_triangles(tmp_path: Path, facts_of: Read) -> None:
    corners = ball(150)

    facts = facts_of(write_stl(tmp_path / "ball.stl", corners), units="mm")

    assert (facts.triangles, facts.solids, facts.watertight) == (44_700, 1, True)
    assert facts.volume_mm3 == pytest.approx(volume_of(corners), rel=1e-6)
