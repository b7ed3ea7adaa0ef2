"""A page of a drawing carries the name of who looks at it."""

import io
import time

from PIL import Image, ImageChops

from marketplace.files.actions import store_generated
from marketplace.files.links import link_to
from marketplace.files.models import StoredFile
from marketplace.files.watermark import COLUMNS, ROWS, draw_watermark
from tests.personas import Persona


def white_page(width: int = 1654, height: int = 2339) -> bytes:
    """An A4 page at 200 dpi."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(buffer, "PNG")
    return buffer.getvalue()


def test_every_part_of_the_page_is_marked_and_it_is_quick() -> None:
    page = white_page()
    began = time.process_time()
    drawn = draw_watermark(page, "Milo · Milo Machining · 2030-01-01 12:00 UTC")
    assert time.process_time() - began < 1.0  # a tenth of it on an idle machine
    marked = Image.open(io.BytesIO(drawn)).convert("L")
    for row in range(ROWS):
        for column in range(COLUMNS):
            box = (
                column * marked.width // COLUMNS,
                row * marked.height // ROWS,
                (column + 1) * marked.width // COLUMNS,
                (row + 1) * marked.height // ROWS,
            )
            assert marked.crop(box).getextrema()[0] < 250, box


def test_others_get_the_page_with_their_name_and_the_owner_without(
    bea: Persona, milo: Persona
) -> None:
    page = white_page(800, 600)
    file = store_generated(
        organization=bea.organization, kind=StoredFile.Kind.PAGE, name="page-1.png", content=page
    )
    own = bea.client.get(link_to(file, bea.actor))
    assert b"".join(own.streaming_content) == page  # type: ignore[attr-defined]
    seen = milo.client.get(link_to(file, milo.actor, room="rfq_x"))
    drawn = Image.open(io.BytesIO(seen.content)).convert("RGB")
    assert ImageChops.difference(drawn, Image.new("RGB", drawn.size, "white")).getbbox()
    assert milo.client.get(link_to(file, milo.actor, room="rfq_x")).content == seen.content
