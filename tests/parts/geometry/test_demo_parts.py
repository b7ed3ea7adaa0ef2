"""The demo's own part files pass the reader as a buyer's would."""

from pathlib import Path

import pytest

from marketplace.operations import demo_cad
from marketplace.operations.demo_cad import DemoPart
from marketplace.parts.dfm import findings
from tests.made_files import made_by
from tests.parts.geometry.conftest import Read, codes


@pytest.fixture(scope="module")
def demo_parts() -> list[DemoPart]:
    folder = made_by(demo_cad.__name__, Path(demo_cad.__file__).parent)
    return demo_cad.read_index(folder)


@pytest.mark.slow
def test_every_demo_part_is_one_closed_body(demo_parts: list[DemoPart], facts_of: Read) -> None:
    assert len(demo_parts) == 14
    for part in demo_parts:
        facts = facts_of(part.path)
        unitless = part.path.suffix in {".stl", ".obj"}
        assert (facts.solids, facts.watertight) == (1, True), part.number
        assert codes(facts) == (["no_units"] if unitless else []), part.number
        assert facts.volume_mm3 is not None
        assert facts.volume_mm3 > 1000, part.number


@pytest.mark.slow
def test_the_demo_covers_the_formats_and_has_drawings(
    demo_parts: list[DemoPart], facts_of: Read
) -> None:
    drawings = [part.drawing_path for part in demo_parts if part.drawing_path]

    assert {part.path.suffix for part in demo_parts} == {".step", ".stl", ".3mf", ".obj"}
    assert [facts_of(drawing).pages for drawing in drawings] == [1, 1]
    assert len({part.number for part in demo_parts}) == len(demo_parts)


def test_the_demo_has_a_flat_sheet_and_an_assembly(facts_of: Read) -> None:
    folder = made_by(demo_cad.__name__, Path(demo_cad.__file__).parent)
    sheet, assembly = (facts_of(part.path) for part in demo_cad.read_extras(folder))

    assert sheet.figures["pierces"].value == 12
    assert sheet.bbox_mm == pytest.approx((160, 90, 0), abs=0.01)
    assert [(body["name"], body["count"]) for body in assembly.bodies] == [
        ("Clamp base", 1),
        ("Clamp cap", 1),
        ("Screw ISO 4762 M6x40", 4),
    ]


def test_the_block_that_is_hard_to_mill_shows_where(
    demo_parts: list[DemoPart], facts_of: Read
) -> None:
    (block,) = (part for part in demo_parts if part.number == "DP-1016")
    facts = facts_of(block.path).as_dict()
    found = {finding.rule: finding.spots for finding in findings(facts, block.process_code)}
    places = {spot["key"] for spot in facts["spots"] if spot["points"]}
    assert {"thin_walls", "sharp_corners", "deep_pockets"} <= set(found)
    assert set(found.values()) <= places
