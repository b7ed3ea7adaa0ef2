"""PDF drawings: a picture of every page, and what the text layer says."""

import math
from pathlib import Path

import pypdfium2

from marketplace.parts.geometry import sentences
from marketplace.parts.geometry.drawing_text import found_in
from marketplace.parts.geometry.facts import FactWarning, GeometryError, PartFacts
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.pictures import THUMBNAIL_FILE, page_file

LONGEST_SIDE_PIXELS = 1000
PAGE_WIDTH_PIXELS = 1600
PAGE_PIXELS = 4_000_000
THINNEST_PAGE = 1 / 50
MOST_TEXT = 400_000


def read(path: Path, units: str | None, limits: Limits, pictures: Path | None) -> PartFacts:
    """Return page count, pages and text; a drawing has no geometry and therefore no unit.

    Scripts, forms and attachments of the document are never run. Raises GeometryError
    `encrypted`, `unreadable`, `empty`.
    """
    try:
        document = pypdfium2.PdfDocument(path)
        pages = len(document)
    except pypdfium2.PdfiumError as fault:
        if "password" in str(fault).lower():
            raise GeometryError(
                "encrypted",
                "This PDF is protected by a password, so we cannot show it. Please upload it "
                "without protection.",
            ) from fault
        raise GeometryError(
            "unreadable",
            "This PDF cannot be read. It is probably damaged; please export it again.",
            detail=str(fault),
        ) from fault
    if pages == 0:
        raise GeometryError("empty", "This PDF has no pages. Please export the drawing again.")
    warnings: list[FactWarning] = []
    if pages > limits.pages:
        warnings.append(sentences.pages_left_out(pages, limits.pages))
    files: tuple[str, ...] = ()
    if pictures is not None:
        files = _draw_all(document, min(pages, limits.pages), pictures, warnings)
    text = found_in(_text(document, min(pages, limits.pages)))
    if not text["found"]:
        warnings.append(sentences.no_text())
    return PartFacts(
        format="pdf",
        units=None,
        units_source="none",
        volume_mm3=None,
        area_mm2=None,
        bbox_mm=None,
        solids=0,
        triangles=0,
        watertight=False,
        pages=pages,
        warnings=tuple(warnings),
        files=files,
        text=text,
    )


def _draw_all(
    document: pypdfium2.PdfDocument, pages: int, folder: Path, warnings: list[FactWarning]
) -> tuple[str, ...]:
    """Draw the first page small and every page wide; only the first one must succeed."""
    try:
        _draw(document, 0, folder / THUMBNAIL_FILE, wide=False)
    except pypdfium2.PdfiumError as fault:
        raise GeometryError(
            "unreadable",
            "The first page of this PDF cannot be shown. Please export the drawing again.",
            detail=str(fault),
        ) from fault
    files = [THUMBNAIL_FILE]
    for number in range(pages):
        name = page_file(number + 1)
        try:
            _draw(document, number, folder / name, wide=True)
        except pypdfium2.PdfiumError:
            warnings.append(sentences.page_not_shown(number + 1))
            continue
        files.append(name)
    return tuple(files)


def _draw(document: pypdfium2.PdfDocument, number: int, target: Path, *, wide: bool) -> None:
    """Write one page: 1600 pixels wide, or its longer side 1000, whatever it claims to be."""
    page = document[number]
    width, height = page.get_size()
    longest, shortest = max(width, height), min(width, height)
    if not math.isfinite(longest) or shortest <= longest * THINNEST_PAGE:
        raise pypdfium2.PdfiumError(f"a page of {width} x {height}")
    scale = LONGEST_SIDE_PIXELS / longest
    if wide:
        scale = min(PAGE_WIDTH_PIXELS / width, math.sqrt(PAGE_PIXELS / (width * height)))
    image = page.render(scale=scale).to_pil()
    image.convert("RGB").save(target, compress_level=6)
    page.close()


def _text(document: pypdfium2.PdfDocument, pages: int) -> str:
    """Return the text layer of the first pages; a page whose text cannot be read gives none."""
    found: list[str] = []
    length = 0
    for number in range(pages):
        try:
            page = document[number]
            text = page.get_textpage().get_text_bounded()
        except pypdfium2.PdfiumError:
            continue
        found.append(text[: MOST_TEXT - length])
        length += len(found[-1])
        if length >= MOST_TEXT:
            break
    return "\n".join(found)
