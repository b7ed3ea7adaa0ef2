"""Flat sheets: cut length, pierces and size against formulas; hostile drawings end in sentences."""

from collections.abc import Callable
from math import pi
from pathlib import Path

import ezdxf
import pytest
from ezdxf.document import Drawing
from PIL import Image

from marketplace.parts.geometry.facts import PartFacts
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.reader import read_part
from tests.parts.geometry.conftest import Read, Refuse, codes


def drawing(tmp_path: Path, draw: Callable[[Drawing], None], unit: int = 4) -> Path:
    document = ezdxf.new("R2010", units=unit)
    draw(document)
    path = tmp_path / "sheet.dxf"
    document.saveas(path)
    return path


def gasket(document: Drawing) -> None:
    """100 x 60 of lines and arcs with corners of 10, two holes of 8, a bend line and a text."""
    space = document.modelspace()
    for start, end in [
        ((10, 0), (90, 0)), ((100, 10), (100, 50)), ((90, 60), (10, 60)), ((0, 50), (0, 10)),
    ]:  # fmt: skip
        space.add_line(start, end)
    for center, start_angle in [((90, 10), 270), ((90, 50), 0), ((10, 50), 90), ((10, 10), 180)]:
        space.add_arc(center, 10, start_angle, start_angle + 90)
    hole = document.blocks.new("HOLE")
    hole.add_circle((0, 0), 4)
    space.add_blockref("HOLE", (20, 30))
    space.add_blockref("HOLE", (80, 30))
    document.layers.add("BEND")
    space.add_line((50, 0), (50, 60), dxfattribs={"layer": "BEND"})
    space.add_text("PART 1")


def value(facts: PartFacts, name: str) -> object:
    return facts.figures[name].value


def test_a_sheet_is_measured_along_its_curves(tmp_path: Path) -> None:
    facts = read_part(drawing(tmp_path, gasket), tmp_path / "out")

    assert (facts.format, facts.units, facts.units_source) == ("dxf", "mm", "file")
    assert facts.bbox_mm == pytest.approx((100, 60, 0), abs=0.01)
    assert value(facts, "cut_length") == pytest.approx(240 + 20 * pi + 2 * 8 * pi, rel=1e-4)
    assert (value(facts, "pierces"), value(facts, "open_contours")) == (3, 0)
    area = 6000 - (400 - 100 * pi) - 2 * 16 * pi
    assert value(facts, "sheet_area") == pytest.approx(area, rel=1e-4)
    assert value(facts, "smallest_contour") == pytest.approx(8, abs=0.01)
    assert value(facts, "bend_count") == 1
    assert codes(facts) == ["not_cut"]
    picture = Image.open(tmp_path / "out" / "thumbnail.png")
    assert (picture.size, picture.mode) == ((640, 480), "RGBA")
    assert picture.getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize(("unit", "name", "factor"), [(1, "in", 25.4), (6, "m", 1000)])
def test_the_unit_of_the_header_counts(
    unit: int, name: str, factor: float, tmp_path: Path, facts_of: Read
) -> None:
    path = drawing(tmp_path, lambda d: d.modelspace().add_circle((0, 0), 1), unit)

    facts = facts_of(path, units="mm")

    assert (facts.units, codes(facts)) == (name, ["units_ignored"])
    assert value(facts, "cut_length") == pytest.approx(2 * pi * factor, rel=1e-4)


def test_a_drawing_without_unit_asks_and_believes(tmp_path: Path, facts_of: Read) -> None:
    path = drawing(tmp_path, lambda d: d.modelspace().add_circle((0, 0), 1), 0)

    assert codes(facts_of(path)) == ["no_units"]
    answered = facts_of(path, units="in")
    assert (answered.units_source, codes(answered)) == ("given", [])
    assert answered.bbox_mm == pytest.approx((50.8, 50.8, 0), abs=0.02)


def test_open_and_doubled_lines_are_said(tmp_path: Path, facts_of: Read) -> None:
    def draw(document: Drawing) -> None:
        space = document.modelspace()
        for start, end in [((0, 0), (9, 0)), ((9, 0), (9, 9)), ((9, 0), (0, 0))]:
            space.add_line(start, end)

    facts = facts_of(drawing(tmp_path, draw))

    assert codes(facts) == ["open_contours", "repeated_lines"]
    assert value(facts, "cut_length") == pytest.approx(18)
    assert value(facts, "sheet_area") is None
    assert "does not close" in facts.figures["sheet_area"].reason


def test_curves_of_every_kind_are_cut(tmp_path: Path, facts_of: Read) -> None:
    def draw(document: Drawing) -> None:
        space = document.modelspace()
        space.add_lwpolyline([(0, 0, 0, 0, 1), (10, 0, 0, 0, 1)], close=True)
        space.add_ellipse((100, 0), (5, 0), 1.0)
        space.add_spline([(200, 0), (210, 10), (220, 0)])

    facts = facts_of(drawing(tmp_path, draw))

    assert (value(facts, "pierces"), value(facts, "open_contours")) == (3, 1)
    assert facts.figures["cut_length"].value > 20 * pi + 28


def bomb(document: Drawing) -> None:
    inner = document.blocks.new("B0")
    inner.add_line((0, 0), (1, 1))
    for level in range(1, 7):
        block = document.blocks.new(f"B{level}")
        for n in range(10):
            block.add_blockref(f"B{level - 1}", (n, 0))
    document.modelspace().add_blockref("B6", (0, 0))


def endless(document: Drawing) -> None:
    block = document.blocks.new("A")
    block.add_line((0, 0), (1, 1))
    block.add_blockref("A", (1, 1))
    document.modelspace().add_blockref("A", (0, 0))


def array_of_blocks(document: Drawing) -> None:
    document.blocks.new("A").add_line((0, 0), (1, 1))
    document.modelspace().add_blockref(
        "A",
        (0, 0),
        dxfattribs={
            "row_count": 30000,
            "column_count": 30000,
            "row_spacing": 2,
            "column_spacing": 2,
        },
    )


def deep(document: Drawing) -> None:
    document.blocks.new("B0").add_line((0, 0), (1, 1))
    for level in range(1, 20):
        document.blocks.new(f"B{level}").add_blockref(f"B{level - 1}", (0, 0))
    document.modelspace().add_blockref("B19", (0, 0))


@pytest.mark.parametrize(
    ("draw", "code"),
    [
        (bomb, "too_many_entities"),
        (array_of_blocks, "too_many_entities"),
        (endless, "endless_blocks"),
        (deep, "too_deep"),
        (lambda d: d.modelspace().add_text("only words"), "no_outline"),
        (lambda d: d.modelspace().add_circle((0, 0), 1e30), "not_a_number"),
    ],
)
def test_hostile_and_empty_drawings_end_in_a_sentence(
    draw: Callable[[Drawing], None], code: str, tmp_path: Path, refusal: Refuse
) -> None:
    assert refusal(drawing(tmp_path, draw)).code == code


def test_damaged_drawings_end_in_a_sentence(tmp_path: Path, refusal: Refuse) -> None:
    whole = drawing(tmp_path, gasket).read_text()
    cut = tmp_path / "cut.dxf"
    cut.write_text(whole[: len(whole) // 2])
    noise = tmp_path / "noise.dxf"
    noise.write_text("0\nSECTION\n" + "junk\n" * 500 + "0\nEOF\n")
    binary = tmp_path / "binary.dxf"
    binary.write_bytes(b"AutoCAD Binary DXF\r\n\x1a\x00" + bytes(200))
    renamed = tmp_path / "web.dxf"
    renamed.write_text("<!DOCTYPE html><html></html>")
    lines = tmp_path / "lines.dxf"
    lines.write_text(whole)

    assert refusal(cut).code == "truncated"
    assert refusal(noise).code in {"unreadable", "no_outline"}
    assert refusal(binary).code == "binary_dxf"
    assert refusal(renamed).code == "wrong_format"
    assert refusal(lines, limits=Limits(dxf_entities=20)).code == "too_many_entities"
