"""Who looks at a page of a drawing stands across it."""

import io
from datetime import UTC, datetime

from django.core.cache import cache
from PIL import Image, ImageDraw, ImageFont

from accounts.actor import Actor
from marketplace.files.links import MAX_AGE_SECONDS
from marketplace.files.models import StoredFile

# Dark blue at a fifth of full strength: readable on white paper, and lines stay readable below it.
INK = (20, 40, 110, 52)
# Marks as many times over a page as keep a crop of a quarter from being without one.
ROWS, COLUMNS = 5, 3
SLANT_DEGREES = 24


def is_watermarked(file: StoredFile, actor: Actor) -> bool:
    """Whether the page goes to somebody else than its owner."""
    return (
        file.kind == StoredFile.Kind.PAGE
        and actor.organization is not None
        and actor.organization.pk != file.organization_id
    )


def watermarked(file: StoredFile, actor: Actor) -> bytes:
    """The page as PNG with the viewer's name, company and the time (UTC) across it.

    Drawn once a person for as long as a link lives.
    """
    key = f"watermark:{file.pk}:{actor.link_holder}:{actor.company.pk}"
    drawn: bytes | None = cache.get(key)
    if drawn is None:
        person = actor.user.name if actor.user else actor.name
        now = datetime.now(UTC)
        words = f"{person} · {actor.company.name} · {now:%Y-%m-%d %H:%M} UTC"
        with file.content.open("rb") as content:
            drawn = draw_watermark(content.read(), words)
        cache.set(key, drawn, MAX_AGE_SECONDS)
    return drawn


def draw_watermark(picture: bytes, words: str) -> bytes:
    """`words` slanted in a grid over a picture; PNG in, PNG out."""
    with Image.open(io.BytesIO(picture)) as opened:
        page = opened.convert("RGB")
    width, height = page.size
    size = max(14, width // 55)
    font = ImageFont.load_default(size)
    # One mark is drawn and slanted once, then laid over the page in a grid.
    left, top, right, bottom = ImageDraw.Draw(page).textbbox((0, 0), words, font=font)
    mark = Image.new("RGBA", (int(right - left) + 8, int(bottom - top) + 8), (0, 0, 0, 0))
    ImageDraw.Draw(mark).text((4 - left, 4 - top), words, font=font, fill=INK)
    mark = mark.rotate(SLANT_DEGREES, expand=True, resample=Image.Resampling.BILINEAR)
    for row in range(ROWS):
        for column in range(COLUMNS):
            x = (2 * column + 1) * width // (2 * COLUMNS) - mark.width // 2
            y = (2 * row + 1) * height // (2 * ROWS) - mark.height // 2
            # Every second row is moved, so that no straight cut goes between the marks.
            x += width // (4 * COLUMNS) if row % 2 else -(width // (4 * COLUMNS))
            page.paste(mark, (x, y), mark)
    buffer = io.BytesIO()
    # Level 1: a page is drawn while somebody waits for it.
    page.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
