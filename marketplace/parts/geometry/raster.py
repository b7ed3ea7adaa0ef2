"""Which triangle is seen in which pixel: a z-buffer filled by numpy, row by row of triangles."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.topology import Indices

ROWS_AT_ONCE = 400_000
PIXELS_AT_ONCE = 2_000_000
NOTHING = -1


@dataclass(frozen=True)
class Screen:
    """Size of the picture in pixels."""

    width: int
    height: int


def visible_triangles(screen: Screen, points: Array, triangles: Indices) -> Indices:
    """Return for every pixel, row after row, the number of the nearest triangle or NOTHING.

    `points` (n, 3) holds x to the right and y down in pixels, and a nearness that is linear on the
    screen (the inverse of the distance).
    """
    size = screen.width * screen.height
    nearest = np.full(size, -np.inf)
    seen = np.full(size, NOTHING, dtype=np.int32)
    for pixel, nearness, owner in _pixels(screen, points, triangles):
        np.maximum.at(nearest, pixel, nearness)
        wins = nearest[pixel] == nearness
        seen[pixel[wins]] = owner[wins]
    return seen


def covered(screen: Screen, points: Array, triangles: Indices) -> npt.NDArray[np.bool_]:
    """Return which pixels lie under any triangle, shape (height, width)."""
    hit = np.zeros(screen.width * screen.height, dtype=bool)
    for pixel, _, _ in _pixels(screen, points, triangles):
        hit[pixel] = True
    return hit.reshape(screen.height, screen.width)


def _pixels(
    screen: Screen, points: Array, triangles: Indices
) -> Iterator[tuple[npt.NDArray[np.int64], Array, Indices]]:
    """Yield (pixel, nearness, triangle) for every pixel center inside a triangle."""
    corners: Array = points[triangles]
    order = np.argsort(corners[:, :, 1], axis=1)
    sorted_corners: Array = np.take_along_axis(corners, order[:, :, None], axis=1)
    first = np.clip(np.ceil(sorted_corners[:, 0, 1] - 0.5), 0, screen.height).astype(np.int64)
    last = np.clip(np.ceil(sorted_corners[:, 2, 1] - 0.5), 0, screen.height).astype(np.int64)
    rows = np.maximum(last - first, 0)
    for some in _batches(rows, ROWS_AT_ONCE):
        owner = np.repeat(np.arange(some.start, some.stop), rows[some])
        row = _running(rows[some]) + np.repeat(first[some], rows[some])
        middle: Array = row.astype(np.float64) + 0.5
        left, right = _row_ends(sorted_corners, owner, middle, screen.width)
        yield from _fill_rows(screen, sorted_corners, owner, row, left, right)


def _row_ends(
    corners: Array, owner: npt.NDArray[np.int64], y: Array, width: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the first pixel of each row and the one after its last."""
    top, middle, bottom = corners[owner, 0], corners[owner, 1], corners[owner, 2]
    upper = y < middle[:, 1]
    start = np.where(upper[:, None], top, middle)
    end = np.where(upper[:, None], middle, bottom)
    long_x = _x_at(top, bottom, y)
    short_x = _x_at(start, end, y)
    left = np.ceil(np.clip(np.minimum(long_x, short_x) - 0.5, 0, width))
    right = np.ceil(np.clip(np.maximum(long_x, short_x) - 0.5, 0, width))
    return left.astype(np.int64), right.astype(np.int64)


def _x_at(start: Array, end: Array, y: Array) -> Array:
    height = end[:, 1] - start[:, 1]
    part = (y - start[:, 1]) / np.where(height > 0, height, 1.0)
    x: Array = start[:, 0] + np.clip(part, 0, 1) * (end[:, 0] - start[:, 0])
    return x


def _fill_rows(
    screen: Screen,
    corners: Array,
    owner: npt.NDArray[np.int64],
    row: npt.NDArray[np.int64],
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
) -> Iterator[tuple[npt.NDArray[np.int64], Array, Indices]]:
    used = right > left
    owner, row, left = owner[used], row[used], left[used]
    length = right[used] - left
    slope_x, slope_y, low, high = _nearness_plane(corners[owner])
    at_left = corners[owner, 0, 2] + slope_x * (left + 0.5 - corners[owner, 0, 0])
    at_left += slope_y * (row + 0.5 - corners[owner, 0, 1])
    base = row * screen.width + left
    for some in _batches(length, PIXELS_AT_ONCE):
        count = length[some]
        step = _running(count)
        nearness = np.repeat(at_left[some], count) + np.repeat(slope_x[some], count) * step
        nearness = np.clip(nearness, np.repeat(low[some], count), np.repeat(high[some], count))
        yield np.repeat(base[some], count) + step, nearness, np.repeat(owner[some], count)


def _nearness_plane(corners: Array) -> tuple[Array, Array, Array, Array]:
    """Return how nearness changes per pixel to the right and down, and its range per triangle."""
    u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    flat = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    thin = np.abs(flat) < 1e-9
    flat = np.where(thin, 1.0, flat)
    slope_x = np.where(thin, 0.0, (u[:, 2] * v[:, 1] - v[:, 2] * u[:, 1]) / flat)
    slope_y = np.where(thin, 0.0, (v[:, 2] * u[:, 0] - u[:, 2] * v[:, 0]) / flat)
    return slope_x, slope_y, corners[:, :, 2].min(axis=1), corners[:, :, 2].max(axis=1)


def _batches(sizes: npt.NDArray[np.int64], most: int) -> Iterator[slice]:
    """Cut a list of jobs into slices of about `most` units of work."""
    total = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        done = int(total[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(total, done + most, side="right")))
        yield slice(start, stop)
        start = stop


def _running(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return 0, 1, 2, ... anew for every count."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - counts, counts)
