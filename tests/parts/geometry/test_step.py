"""STEP and IGES: exact figures of solids with known formulas, and what is said of the rest."""

from math import pi, sqrt
from pathlib import Path

import pytest

from tests.parts.geometry.conftest import Read, Refuse, codes

EXACT = 1e-9
HALF = 1 / sqrt(2)
SOLIDS = [
    ("box", 6000, 2200, (10, 20, 30)),
    ("cylinder", pi * 25 * 40, 2 * pi * 5 * 40 + 2 * pi * 25, (10, 10, 40)),
    ("sphere", 4 / 3 * pi * 7**3, 4 * pi * 7**2, (14, 14, 14)),
    ("torus", 2 * pi**2 * 20 * 16, 4 * pi**2 * 20 * 4, (48, 48, 8)),
    ("drilled", 6000 - pi * 9 * 30, 2200 - 2 * pi * 9 + 2 * pi * 3 * 30, (10, 20, 30)),
    ("hollow", 6000 - 120, 2200 + 148, (10, 20, 30)),
    ("tilted", pi * 25 * 40, 2 * pi * 5 * 40 + 2 * pi * 25, (50 * HALF, 10, 50 * HALF)),
]


@pytest.mark.parametrize(("name", "volume", "area", "size"), SOLIDS)
def test_figures_are_those_of_the_surfaces_not_of_triangles(
    name: str,
    volume: float,
    area: float,
    size: tuple[float, ...],
    kernel_files: Path,
    facts_of: Read,
) -> None:
    facts = facts_of(kernel_files / f"{name}.step")

    assert facts.volume_mm3 == pytest.approx(volume, rel=EXACT)
    assert facts.area_mm2 == pytest.approx(area, rel=EXACT)
    assert facts.bbox_mm == pytest.approx(size, abs=1e-6)
    assert (facts.format, facts.units, facts.units_source) == ("step", "mm", "file")
    assert (facts.solids, facts.watertight, facts.exact, facts.warnings) == (1, True, True, ())
    assert facts.triangles >= 12


@pytest.mark.parametrize(("name", "unit"), [("box_in_inches", "in"), ("box_in_meters", "m")])
def test_the_files_unit_is_read_and_figures_stay_millimeters(
    name: str, unit: str, kernel_files: Path, facts_of: Read
) -> None:
    facts = facts_of(kernel_files / f"{name}.step")

    assert facts.units == unit
    assert facts.volume_mm3 == pytest.approx(6000, rel=EXACT)
    assert facts.bbox_mm == pytest.approx((10, 20, 30), abs=1e-6)
    assert facts.center_of_mass_mm == pytest.approx((5, 10, 15), abs=1e-6)


def test_a_given_unit_does_not_override_the_files_own(kernel_files: Path, facts_of: Read) -> None:
    facts = facts_of(kernel_files / "box.step", units="in")

    assert (facts.units, facts.volume_mm3) == ("mm", pytest.approx(6000))
    assert codes(facts) == ["units_ignored"]


def test_a_file_that_names_no_unit_asks_and_believes_the_answer(
    kernel_files: Path, tmp_path: Path, facts_of: Read
) -> None:
    path = tmp_path / "box.step"
    path.write_text((kernel_files / "box.step").read_text().replace("LENGTH_UNIT()", ""))

    asking = facts_of(path)
    answered = facts_of(path, units="in")

    assert (asking.units, asking.units_source) == ("mm", "assumed")
    assert (asking.volume_mm3, codes(asking)) == (pytest.approx(6000), ["no_units"])
    assert (answered.units, answered.units_source, codes(answered)) == ("in", "given", [])
    assert answered.volume_mm3 == pytest.approx(6000 * 25.4**3)
    assert answered.bbox_mm == pytest.approx((254, 508, 762))


def test_bodies_placed_twice_count_twice(kernel_files: Path, facts_of: Read) -> None:
    facts = facts_of(kernel_files / "pair.step")

    assert (facts.solids, facts.volume_mm3) == (2, pytest.approx(12000, rel=EXACT))
    assert facts.center_of_mass_mm == pytest.approx((30, 10, 15))
    assert facts.bbox_mm == pytest.approx((60, 20, 30))
    assert codes(facts) == ["several_bodies"]


def test_surfaces_that_close_are_joined_to_a_solid(kernel_files: Path, facts_of: Read) -> None:
    facts = facts_of(kernel_files / "shell.step")

    assert facts.volume_mm3 == pytest.approx(6000, rel=EXACT)
    assert codes(facts) == ["surfaces_joined"]


def test_surfaces_that_stay_open_have_no_volume(kernel_files: Path, facts_of: Read) -> None:
    facts = facts_of(kernel_files / "face.step")

    assert (facts.volume_mm3, facts.area_mm2) == (None, pytest.approx(600))
    assert (facts.solids, facts.watertight) == (0, False)
    assert codes(facts) == ["open"]


def test_loose_surfaces_beside_a_solid_are_left_out(kernel_files: Path, facts_of: Read) -> None:
    facts = facts_of(kernel_files / "box_and_face.step")

    assert (facts.volume_mm3, facts.area_mm2) == (pytest.approx(6000), pytest.approx(2200))
    assert codes(facts) == ["loose_surfaces"]


def test_a_file_of_curves_is_refused(kernel_files: Path, refusal: Refuse) -> None:
    assert refusal(kernel_files / "curve.step").code == "no_solid"


@pytest.mark.parametrize(("name", "warnings"), [("solid", []), ("surfaces", ["surfaces_joined"])])
def test_iges_is_read_with_its_unit(
    name: str, warnings: list[str], kernel_files: Path, facts_of: Read
) -> None:
    facts = facts_of(kernel_files / f"{name}.igs")

    assert facts.volume_mm3 == pytest.approx(6000 - pi * 9 * 30, rel=1e-6)
    assert (facts.format, facts.units, facts.solids) == ("iges", "mm", 1)
    assert codes(facts) == warnings
