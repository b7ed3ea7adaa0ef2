"""The text of drawings: spellings the standards fix, and texts meant to harm."""

import time
from pathlib import Path

import pytest

from marketplace.parts.geometry.drawing_text import found_in
from marketplace.parts.geometry.reader import read_part
from tests.parts.geometry.conftest import Read, codes


def pdf_of(path: Path, pages: list[str]) -> Path:
    """Write a PDF with one line of text a line, in Helvetica."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for text in pages:
        rows = [
            line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
            for line in text.splitlines()
        ]
        stream = "BT /F1 12 Tf 14 TL 50 700 Td " + " ".join(f"({row}) Tj T*" for row in rows)
        stream += " ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    data, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF"
    path.write_bytes(data + head.encode() + end.encode())
    return path


@pytest.mark.parametrize(
    ("kind", "line", "found"),
    [
        ("materials", "Material: EN AW-6061 T6", ["EN AW-6061 T6"]),
        ("materials", "Werkstoff 1.4301 (X5CrNi18-10)", ["1.4301", "X5CrNi18-10"]),
        ("materials", "AISI 304L, S355J2", ["AISI 304L", "S355J2"]),
        ("materials", "POM-C black", ["POM-C"]),
        ("materials", "made on 2024-05-01 by Tim", []),
        ("tolerances", "General tolerances ISO 2768-mK", ["ISO 2768-mK"]),
        ("tolerances", "⌀25 H7 and ±0.05 mm, Ra 1.6", ["⌀25 H7", "±0.05 mm", "Ra 1.6"]),
        ("tolerances", "ASME Y14.5-2018", ["ASME Y14.5-2018"]),
        ("threads", "4x M6x1 - 6H through", ["M6x1 - 6H"]),
        ("threads", "1/4-20 UNC-2B, G 1/4, #10-32 UNF", ["1/4-20 UNC-2B", "G 1/4", "#10-32 UNF"]),
        ("threads", "M2.5 and M10", ["M2.5", "M10"]),
        ("threads", "MODEL M1234X", []),
    ],
)
def test_spellings_of_the_standards(kind: str, line: str, found: list[str]) -> None:
    assert found_in(line)[kind] == found


@pytest.mark.parametrize(
    ("line", "revision"),
    [("REV C", "C"), ("Rev.: 02", "02"), ("Revision B1", "B1"), ("REV NO", None), ("REVIEW", None)],
)
def test_the_revision(line: str, revision: str | None) -> None:
    assert found_in(f"Sheet 1\n{line}\n")["revision"] == revision


def test_a_title_and_the_lines_of_the_finds() -> None:
    text = found_in("TITLE: Drive shaft\nMat. 1.4301\nMat. 1.4301\n")

    assert (text["title"], text["materials"]) == ("Drive shaft", ["1.4301"])
    assert text["snippets"] == ["Mat. 1.4301"]


def test_hostile_text_is_searched_in_time_and_stays_short() -> None:
    nasty = "\n".join(["1" * 100_000, "M" * 100_000, "EN AW-" * 20_000, "ISO " * 50_000])
    nasty += "\n" + "\n".join(f"M{n % 90 + 1} \u202e\x07<script>" for n in range(20_000))
    begun = time.process_time()

    text = found_in(nasty)

    assert time.process_time() - begun < 5
    assert all(len(text[name]) <= 20 for name in ("threads", "snippets", "materials"))
    assert all(line.isprintable() and len(line) <= 160 for line in text["snippets"])


def test_the_text_layer_of_a_pdf_is_searched(tmp_path: Path) -> None:
    path = pdf_of(tmp_path / "a.pdf", ["TITLE: Bracket\nEN AW-6082\nISO 2768-mK", "REV C\nM8"])

    facts = read_part(path, tmp_path / "out")

    assert facts.text is not None
    assert (facts.text["found"], facts.text["title"]) == (True, "Bracket")
    assert (facts.text["materials"], facts.text["threads"]) == (["EN AW-6082"], ["M8"])
    assert (facts.text["tolerances"], facts.text["revision"]) == (["ISO 2768-mK"], "C")
    assert facts.files == ("thumbnail.png", "page-01.png", "page-02.png")
    assert codes(facts) == []


def test_a_pdf_without_text_says_so_and_long_ones_are_cut(tmp_path: Path, facts_of: Read) -> None:
    facts = facts_of(pdf_of(tmp_path / "a.pdf", [""] * 25))

    assert facts.pages == 25
    assert facts.text == {
        "found": False, "materials": [], "tolerances": [], "threads": [], "snippets": [],
        "revision": None, "title": None,
    }  # fmt: skip
    assert codes(facts) == ["pages_left_out", "no_text"]
