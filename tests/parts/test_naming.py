"""Names of files: number, revision, drawing or not."""

import pytest

from marketplace.parts.naming import Named, changed_name, next_label, read_name


@pytest.mark.parametrize(
    ("name", "number", "label", "says_drawing"),
    [
        ("BRK-014.pdf", "BRK-014", "", False),
        ("BRK-014_revB.pdf", "BRK-014", "B", False),
        ("BRK-014 rev B.step", "BRK-014", "B", False),
        ("brk-014-drawing.pdf", "brk-014", "", True),
        ("brk-014-drawing_rev02.pdf", "brk-014", "02", True),
        ("BRK-014_rev.c_dwg.pdf", "BRK-014", "C", True),
        ("BRK-014 (Rev C).step", "BRK-014", "C", False),
        ("BRK-014-Revision-3.stl", "BRK-014", "3", False),
        ("BRK-014 REV A1.step", "BRK-014", "A1", False),
        ("4711_Zeichnung.pdf", "4711", "", True),
        ("plate.v2.step", "plate.v2", "", False),
        # Words that only look like it.
        ("revolver.step", "revolver", "", False),
        ("rev-counter.step", "rev-counter", "", False),
        ("prevA.step", "prevA", "", False),
        ("blueprint.pdf", "blueprint", "", False),
        ("REV B.step", "REV B", "", False),
        ("drawing.pdf", "drawing", "", False),
        ("_revB.step", "_revB", "", False),
        (".step", ".step", "", False),
    ],
)
def test_what_a_name_says(name: str, number: str, label: str, says_drawing: bool) -> None:
    assert read_name(name) == Named(number, label, says_drawing)


def test_a_long_name_is_cut_without_losing_its_revision() -> None:
    named = read_name("x" * 200 + "_revD.step")
    assert (len(named.number), named.label) == (60, "D")


@pytest.mark.parametrize(
    ("label", "following"),
    [("", "A"), ("A", "B"), ("Z", "AA"), ("AZ", "BA"), ("1", "2"), ("09", "10"), ("99", "100"),
     ("A1", "A2"), ("é", "é2")],
)  # fmt: skip
def test_the_next_label(label: str, following: str) -> None:
    assert next_label(label) == following


def test_rules_for_names() -> None:
    assert changed_name("from_number", "BRK-014_left", "x") == "Brk 014 left"
    assert changed_name("upper", "n", "Plate") == "PLATE"
    assert changed_name("sentence", "n", "big PLATE") == "Big plate"
    with pytest.raises(ValueError, match="rot13"):
        changed_name("rot13", "n", "x")
