"""PDF documents: plain values in, bytes out; the same values give the same bytes.

Headings, facts, paragraphs, tables and notes on A4, in Fira Sans (Latin, Greek, Cyrillic). The
library is imported only when a document is written.
"""

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

# Tables of one document: far above 100 lines x 8 offers, far below what blocks a request.
MAX_ROWS = 2000
# A row has to fit on one page; longer texts belong into a Paragraph, which runs over pages.
MAX_CELL, MAX_FACT, MAX_LINES = 600, 2000, 40
CODE_39 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-. $/+%")
MUTED = (95, 99, 110)
RULE = (205, 208, 215)
SHADE = (243, 244, 247)


@dataclass(frozen=True)
class Heading:
    """A title inside the document."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text; line breaks are kept."""

    text: str
    is_muted: bool = False


@dataclass(frozen=True)
class Facts:
    """Name and value, one pair a line."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """`head` is repeated on every page. `numeric` columns stand right, `strong` rows are bold;
    `widths` are relative."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: frozenset[int] = frozenset()
    strong: frozenset[int] = frozenset()
    widths: Sequence[float] = ()


@dataclass(frozen=True)
class Barcode:
    """Code 39 (ISO/IEC 16388) with the text below it, for scanners. It has capitals, digits and
    `-. $/+%`; another character is left out of the bars and stands in the text."""

    text: str


@dataclass(frozen=True)
class Attached:
    """A file inside a document, which is then written as PDF/A-3 to be kept. `kind` is its content
    type, `metadata` the document's own as XMP, which says what the file is."""

    name: str
    content: bytes
    kind: str
    about: str
    metadata: str


Block = Heading | Paragraph | Facts | Table | Barcode
NAMED: dict[str, type[Any]] = {
    kind.__name__.lower(): kind for kind in (Heading, Paragraph, Facts, Table, Barcode)
}


@dataclass(frozen=True)
class Document:
    """`kind` ("Purchase order") and `number` head the first page, `footer` stands on every one.

    `made_at` is written into the file: it is part of the values, so that bytes do not depend on
    the clock.
    """

    kind: str
    number: str
    made_at: datetime
    blocks: Sequence[Block] = field(default_factory=list)
    footer: str = ""
    is_landscape: bool = False


def to_json(document: Document) -> dict[str, Any]:
    """The document as plain JSON, to be kept; `from_json` gives it back and so the same bytes."""
    blocks = []
    for block in document.blocks:
        values = {name: _plain(value) for name, value in vars(block).items()}
        blocks.append({"block": type(block).__name__.lower(), **values})
    return {**vars(document), "made_at": document.made_at.isoformat(), "blocks": blocks}


def from_json(kept: dict[str, Any]) -> Document:
    """What `to_json` made. Raises KeyError or TypeError for anything else."""
    blocks = []
    for values in kept["blocks"]:
        rest = {name: value for name, value in values.items() if name != "block"}
        for name in ("numeric", "strong"):
            if name in rest:
                rest[name] = frozenset(rest[name])
        blocks.append(NAMED[values["block"]](**rest))
    made_at = datetime.fromisoformat(kept["made_at"])
    return Document(**{**kept, "made_at": made_at, "blocks": blocks})


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (bool, int, float)) else str(value)


def pdf_bytes(
    document: Document, most_rows: int = MAX_ROWS, attached: Attached | None = None
) -> bytes:
    """The document as PDF, with a file inside it if given. Raises ValueError above `most_rows` rows
    of tables; the worker may allow more than a request."""
    rows = sum(len(block.rows) for block in document.blocks if isinstance(block, Table))
    if rows > most_rows:
        raise ValueError(f"{rows} rows are more than one document holds.")
    page = _blank(document, "PDF/A-3B" if attached else None)
    if attached:
        _attach(page, document, attached)
    page.set_font("fira", "B", 16)
    page.multi_cell(0, 8, _clean(f"{document.kind} {document.number}"), align="L", **NEXT)
    page.ln(2)
    for block in document.blocks:
        DRAWN[type(block)](page, block)
    return bytes(page.output())


# The characters of nearly every document: Latin of Western Europe, typographic marks, the euro.
USUAL = frozenset(map(chr, range(0x20, 0x100))) | frozenset(
    "\u20ac\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u2212"
)
# Tables of a font that place glyphs by rules; the text here is set without.
LAYOUT = frozenset({"GDEF", "GPOS", "GSUB"})
NEXT: dict[str, Any] = {"new_x": "LMARGIN", "new_y": "NEXT"}


def _attach(page: Any, document: Document, attached: Attached) -> None:
    """Another form of the same document ("Alternative", ISO 32000-2, 7.11.3)."""
    page.set_xmp_metadata(attached.metadata)
    page.embed_file(
        bytes=attached.content,
        basename=attached.name,
        modification_date=document.made_at,
        mime_type=attached.kind,
        associated_file_relationship="Alternative",
        desc=attached.about,
    )


def _blank(document: Document, standard: str | None = None) -> Any:
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

    class Page(FPDF):
        def footer(self) -> None:
            self.set_y(-13)
            self.set_font("fira", "", 7.5)
            self.set_text_color(*MUTED)
            self.cell(0, 5, _clean(document.footer), align="L")
            self.set_x(self.l_margin)
            self.cell(0, 5, f"Page {self.page_no()} of {{nb}}", align="R")
            self.set_text_color(0)

    side = "landscape" if document.is_landscape else "portrait"
    page: Any = Page(orientation=side, format="A4", enforce_compliance=standard)
    page.set_margin(15)
    page.set_auto_page_break(True, 18)
    page.set_creation_date(document.made_at)
    page.set_producer("")
    page.set_title(_clean(f"{document.kind} {document.number}"))
    page.set_lang("en")
    few = USUAL.issuperset(json.dumps(to_json(document), ensure_ascii=False))
    for style in _fonts():
        font: Any = BytesIO(_cut(style, few))
        page.fonts[f"fira{style}"] = TTFFont(page, font, f"fira{style}", style)
    page.add_page()
    return page


def _fonts() -> dict[str, Path]:
    """The cuts of the packaged font by fpdf2's name of the style."""
    from importlib.resources import files

    folder = Path(str(files("fontpkg_fira_sans"))) / "files"
    return {"": folder / "FiraSans-Regular.ttf", "B": folder / "FiraSans-Bold.ttf"}


@lru_cache(maxsize=4)
def _cut(style: str, few: bool) -> bytes:
    """The font file without what no document shows: reading the whole one is most of a document's
    time. `few` leaves the USUAL characters only."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    kept = BytesIO()
    path, same = _fonts()[style], {"recalcTimestamp": False, "recalcBBoxes": False}
    with TTFont(path, lazy=True, **same) as font:
        for name in LAYOUT & set(font.keys()):
            del font[name]
        cutter = Subsetter(Options(notdef_outline=True, recommended_glyphs=True, glyph_names=True))
        known = font.getBestCmap()
        cutter.populate(unicodes=[code for code in known if not few or chr(code) in USUAL])
        cutter.subset(font)
        font.save(kept)
    return kept.getvalue()


@lru_cache(maxsize=1)
def _drawable() -> frozenset[int]:
    """The characters the font has."""
    from fontTools.ttLib import TTFont

    with TTFont(_fonts()[""], lazy=True) as font:
        return frozenset(font.getBestCmap())


def _clean(text: object) -> str:
    """Control characters become spaces; what the font lacks, and characters that only steer the
    direction of others, a question mark: a reader sees that something stands there."""
    known = _drawable()

    def drawn(c: str) -> str:
        if c == "\n" or (ord(c) in known and unicodedata.category(c) != "Cf"):
            return c
        return "?" if c > " " else " "

    return "".join(drawn(c) for c in str(text))


def _short(text: object, most: int) -> str:
    """A text that fits into a cell; what is cut ends with an ellipsis."""
    whole = str(text)
    cut = "\n".join(whole[:most].split("\n")[:MAX_LINES])
    return _clean(cut if cut == whole else f"{cut}…")


def _heading(page: Any, block: Heading) -> None:
    page.ln(3)
    page.set_font("fira", "B", 11)
    page.multi_cell(0, 6, _clean(block.text), align="L", **NEXT)
    page.ln(1)


def _paragraph(page: Any, block: Paragraph) -> None:
    page.set_font("fira", "", 9)
    if block.is_muted:
        page.set_text_color(*MUTED)
    page.multi_cell(0, 4.6, _clean(block.text), align="L", **NEXT)
    page.set_text_color(0)
    page.ln(1.5)


def _facts(page: Any, block: Facts) -> None:
    if not block.pairs:
        return
    page.set_font("fira", "", 9)
    page.set_draw_color(*RULE)
    with page.table(
        borders_layout="NONE",
        first_row_as_headings=False,
        col_widths=(28, 72),
        line_height=4.6,
        text_align="LEFT",
        padding=(0.4, 1, 0.4, 0),
    ) as table:
        for name, value in block.pairs:
            row = table.row()
            page.set_text_color(*MUTED)
            row.cell(_short(name, MAX_CELL))
            page.set_text_color(0)
            row.cell(_short(value, MAX_FACT))
    page.ln(1.5)


def _table(page: Any, block: Table) -> None:
    from fpdf.fonts import FontFace

    page.set_draw_color(*RULE)
    page.set_font("fira", "", 8)
    bold = FontFace(emphasis="BOLD")
    aligned = tuple(
        "RIGHT" if column in block.numeric else "LEFT" for column in range(len(block.head))
    )
    with page.table(
        borders_layout="HORIZONTAL_LINES",
        headings_style=FontFace(emphasis="BOLD", fill_color=SHADE),
        col_widths=tuple(block.widths) or None,
        line_height=4.2,
        text_align=aligned,
        padding=(0.8, 1.2),
    ) as table:
        table.row([_short(cell, MAX_CELL) for cell in block.head])
        for number, cells in enumerate(block.rows):
            row = table.row(style=bold if number in block.strong else None)
            for cell in cells:
                row.cell(_short(cell, MAX_CELL))
    page.ln(2)


def _barcode(page: Any, block: Barcode) -> None:
    """Bars of 0.3 mm, 12 mm high: what handheld scanners read from a page of A4."""
    bars = "".join(c for c in block.text.upper() if c in CODE_39)[:30]
    if page.will_page_break(20):
        page.add_page()
    page.ln(1)
    top = page.get_y()
    page.code39(f"*{bars}*", x=page.l_margin, y=top, w=0.9, h=12)
    page.set_y(top + 13)
    page.set_font("fira", "", 8)
    page.multi_cell(0, 4, _clean(block.text), align="L", **NEXT)
    page.ln(1.5)


DRAWN: dict[type, Any] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Facts: _facts,
    Table: _table,
    Barcode: _barcode,
}


def table_of(head: Sequence[str], rows: Iterable[Sequence[object]], **layout: Any) -> Table:
    """A table whose cells are shown as text."""
    return Table(head, [[str(cell) for cell in row] for row in rows], **layout)
