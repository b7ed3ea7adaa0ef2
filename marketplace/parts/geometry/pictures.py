"""Preview and thumbnail of a surface, written side by side."""

from pathlib import Path

from marketplace.parts.geometry.preview import write_preview
from marketplace.parts.geometry.surface import Surface
from marketplace.parts.geometry.thumbnail import write_thumbnail

PREVIEW_FILE = "preview.glb"
THUMBNAIL_FILE = "thumbnail.png"


def draw(surface: Surface, folder: Path) -> tuple[str, ...]:
    """Write both pictures of `surface` into `folder` and return their names."""
    write_preview(surface, folder / PREVIEW_FILE)
    write_thumbnail(surface, folder / THUMBNAIL_FILE)
    return (PREVIEW_FILE, THUMBNAIL_FILE)
