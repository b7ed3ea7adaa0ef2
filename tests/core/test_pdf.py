"""Documents as PDF: their words can be read out; the same values are the same bytes."""

from datetime import UTC, datetime

import pypdfium2
import pytest

from marketplace.core.pdf import (
    MAX_ROWS,
    Document,
    Facts,
    Heading,
    Paragraph,
    Table,
    pdf_bytes,
    table_of,
)

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)


def document(*blocks: object, **changed: object) -> Document:
    return Document("Quote", "Q-1", AT, blocks, footer="Q-1 of Łódź Σ", **changed)  # type: ignore[arg-type]


def words(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as opened:
        return "\n".join(page.get_textpage().get_text_range() for page in opened)


def test_a_document_holds_what_it_was_given_in_european_scripts() -> None:
    text = words(
        pdf_bytes(
            document(
                Facts([("Buyer", "Müller & Łódź"), ("Seller", "Αθήνα «Завод» Ř")]),
                Heading("Lines"),
                table_of(["Part", "Each"], [["Bracket", 12]], numeric=frozenset({1})),
                Paragraph("First\nSecond", is_muted=True),
            )
        )
    )
    for expected in ("Quote Q-1", "Müller & Łódź", "Αθήνα «Завод» Ř", "Bracket", "12", "Second"):
        assert expected in text
    assert "Page 1 of 1" in text


def test_the_same_values_are_the_same_bytes() -> None:
    made = document(Paragraph("Text"))
    assert pdf_bytes(made) == pdf_bytes(made)
    assert pdf_bytes(made) != pdf_bytes(document(Paragraph("Texts")))


def test_bytes_do_not_tell_how_much_of_the_font_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    made = document(Heading("Größe"), table_of(["Part", "Each"], [["Bracket", "12 €"]]))
    usual = Document(made.kind, made.number, AT, made.blocks, footer="Q-1 of Bea")
    before = pdf_bytes(usual)
    monkeypatch.setattr("marketplace.core.pdf.USUAL", frozenset())
    assert pdf_bytes(usual) == before


def test_what_cannot_be_drawn_is_seen_as_missing() -> None:
    assert "a ?? b" in words(pdf_bytes(document(Paragraph("a\x00中文\x1bb"))))


def test_the_head_of_a_table_is_on_every_page() -> None:
    rows = [[f"Part {n}", "1"] for n in range(120)]
    with pypdfium2.PdfDocument(
        pdf_bytes(document(Table(["Name of it", "Qty"], rows), is_landscape=True))
    ) as opened:
        pages = [page.get_textpage().get_text_range() for page in opened]
    assert len(pages) > 2
    assert all("Name of it" in page for page in pages)


def test_a_document_is_bounded() -> None:
    with pytest.raises(ValueError, match="more than"):
        pdf_bytes(document(Table(["A"], [["1"]] * (MAX_ROWS + 1))))
