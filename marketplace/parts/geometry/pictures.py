"""Preview and thumbnail of a surface, written side by side; the names of all pictures."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marketplace.parts.geometry.surface import Surface

PREVIEW_FILE = "preview.glb"
THUMBNAIL_FILE = "thumbnail.png"


def page_file(number: int) -> str:
    """Return the name of the picture of a page, counted from 1."""
    return f"page-{number:02}.png"


def draw(surface: "Surface", folder: Path) -> tuple[str, ...]:
    """Write both pictures of `surface` into `folder` and return their names."""
    # A drawing has no surface: reading one must not load what draws them.
    from marketplace.parts.geometry.preview import write_preview
    from marketplace.parts.geometry.thumbnail import write_thumbnail

    write_preview(surface, folder / PREVIEW_FILE)
    write_thumbnail(surface, folder / THUMBNAIL_FILE)
    return (PREVIEW_FILE, THUMBNAIL_FILE)
