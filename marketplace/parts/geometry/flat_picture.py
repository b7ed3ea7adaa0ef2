"""The picture of a flat sheet: its outline as thin lines on nothing, bend lines lighter."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from marketplace.parts.geometry.mesh import Array

SIZE = (640, 480)
OVERSAMPLING = 3
MARGIN = 0.08
INK, BEND = (70, 84, 104, 255), (110, 140, 200, 255)
MOST_POINTS = 400_000


def write_flat_picture(curves: list[Array], bends: list[Array], path: Path) -> None:
    """Write a PNG of 640 x 480 pixels with a transparent background to `path`."""
    width, height = SIZE[0] * OVERSAMPLING, SIZE[1] * OVERSAMPLING
    everything = np.concatenate([*curves, *bends])
    low, high = everything.min(axis=0), everything.max(axis=0)
    size = np.maximum(high - low, 1e-9)
    scale = min(width * (1 - 2 * MARGIN) / size[0], height * (1 - 2 * MARGIN) / size[1])
    middle = (low + high) / 2
    step = 1 + len(everything) // MOST_POINTS
    image = Image.new("RGBA", (width, height), (70, 84, 104, 0))
    pen = ImageDraw.Draw(image)
    for group, color in ((bends, BEND), (curves, INK)):
        for curve in group:
            thinned = np.concatenate([curve[:-1:step], curve[-1:]])
            spots = (thinned - middle) * (scale, -scale) + (width / 2, height / 2)
            pen.line([(float(x), float(y)) for x, y in spots], fill=color, width=2 * OVERSAMPLING)
    image.resize(SIZE, Image.Resampling.LANCZOS).save(path, compress_level=6)
