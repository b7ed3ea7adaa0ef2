"""PDF drawings: the number of pages and a picture of the first one."""

import math
from pathlib import Path

import pypdfium2

from marketplace.parts.geometry.facts import GeometryError, PartFacts
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.pictures import THUMBNAIL_FILE

LONGEST_SIDE_PIXELS = 1000
THINNEST_PAGE = 1 / 50


def read(path: Path, units: str | None, limits: Limits, pictures: Path | None) -> PartFacts:
    """Return page count and first page; a drawing has no geometry and therefore no unit.

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
    files: tuple[str, ...] = ()
    if pictures is not None:
        _draw(document, pictures / THUMBNAIL_FILE)
        files = (THUMBNAIL_FILE,)
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
        files=files,
    )


def _draw(document: pypdfium2.PdfDocument, target: Path) -> None:
    """Write the first page, its longer side LONGEST_SIDE_PIXELS long, whatever it claims to be."""
    try:
        page = document[0]
        width, height = page.get_size()
        longest, shortest = max(width, height), min(width, height)
        if not math.isfinite(longest) or shortest <= longest * THINNEST_PAGE:
            raise pypdfium2.PdfiumError(f"a page of {width} x {height}")
        image = page.render(scale=LONGEST_SIDE_PIXELS / longest).to_pil()
    except pypdfium2.PdfiumError as fault:
        raise GeometryError(
            "unreadable",
            "The first page of this PDF cannot be shown. Please export the drawing again.",
            detail=str(fault),
        ) from fault
    image.convert("RGB").save(target, compress_level=6)
