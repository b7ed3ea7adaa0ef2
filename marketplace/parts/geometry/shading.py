"""Light and material of the picture: satin steel under two soft lamps, darker where parts meet."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FLOAT = np.float32
# A portion of pixels that fits into the processor's cache.
PIXELS_AT_ONCE = 4096
BASE = np.array([0.245, 0.300, 0.360], dtype=FLOAT)
LIGHT = np.array([1.0, 0.99, 0.97], dtype=FLOAT)
SKY = np.array([0.80, 0.88, 0.97], dtype=FLOAT)
GROUND = np.array([0.22, 0.22, 0.23], dtype=FLOAT)
KEY_LAMP = np.array([-0.62, -0.70, 0.45], dtype=FLOAT)
FILL_LAMP = np.array([0.85, -0.10, 0.45], dtype=FLOAT)
SOFTBOX = np.array([-0.25, -0.92, 0.30], dtype=FLOAT)
SHADE_STEPS = 14
SHADE_REACH = 34
SHADE_STRENGTH = 0.72
EDGE_DARKNESS = 0.42
EDGE_COSINE = 0.90

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Look:
    """What is seen: `hit` are the pixels of the part; the rest has one row for each of them.

    Places in millimeters, unit normals, unit vectors toward the camera; `axes` are the camera's.
    """

    height: int
    width: int
    hit: npt.NDArray[np.int64]
    places: Floats
    normals: Floats
    toward: Floats
    axes: Floats


def shade(look: Look, pixels_per_mm: float) -> Floats:
    """Return the color of every pixel of the part, sRGB 0..1, shape (pixels, 3)."""
    reaching = _occlusion(look, pixels_per_mm)
    drawn = 1 - EDGE_DARKNESS * _edges(look, pixels_per_mm)
    found = np.empty((len(look.hit), 3), dtype=np.float32)
    for start in range(0, len(look.hit), PIXELS_AT_ONCE):
        some = slice(start, start + PIXELS_AT_ONCE)
        color = _lit(look.normals[some], look.toward[some], look.axes)
        color *= reaching[some, None]
        found[some] = _srgb(color) * drawn[some, None]
    return found


def _lit(normals: Floats, toward: Floats, axes: Floats) -> Floats:
    """Return the linear light of pixels that nothing near them shades."""
    up = normals[:, 2]
    normals = normals @ axes.T
    toward = toward @ axes.T
    facing = np.clip(np.einsum("ij,ij->i", normals, toward), 0, 1)
    mirrored = 2 * facing[:, None] * normals - toward
    ambient = (0.5 + 0.5 * up)[:, None] * SKY + (0.5 - 0.5 * up)[:, None] * GROUND
    key = _wrapped(normals, KEY_LAMP, 0.20)
    fill = _wrapped(normals, FILL_LAMP, 0.30)
    diffuse = 0.42 * ambient + (1.15 * key + 0.22 * fill)[:, None] * LIGHT
    fresnel = 0.05 + 0.40 * (1 - facing) ** 4
    room = _room_seen_in(mirrored)
    color = BASE * diffuse + (0.26 * room * (0.30 + fresnel))[:, None] * LIGHT
    color += (0.55 * _gloss(mirrored, KEY_LAMP, 38.0))[:, None] * LIGHT
    lit: Floats = color
    return lit


def soften(values: Floats, radius: int, rounds: int) -> Floats:
    """Blur a picture by moving averages of 2 * radius + 1 pixels, both ways, several rounds."""
    for _ in range(rounds):
        for axis in (0, 1):
            values = _moving_average(values, radius, axis)
    return values


def _moving_average(values: Floats, radius: int, axis: int) -> Floats:
    pad = [(0, 0), (0, 0)]
    pad[axis] = (radius + 1, radius)
    total = np.cumsum(np.pad(values, pad), axis=axis, dtype=np.float64)
    size = 2 * radius + 1
    ahead = np.take(total, range(size, total.shape[axis]), axis=axis)
    behind = np.take(total, range(total.shape[axis] - size), axis=axis)
    return ((ahead - behind) / size).astype(np.float32)


def _wrapped(normals: Floats, lamp: Floats, wrap: float) -> Floats:
    """Return the light of a large lamp, which reaches a little around the corner."""
    reach = normals @ (lamp / np.linalg.norm(lamp))
    light: Floats = np.clip((reach + wrap) / (1 + wrap), 0, 1)
    return light


def _gloss(mirrored: Floats, lamp: Floats, sharpness: float) -> Floats:
    shine: Floats = np.clip(mirrored @ (lamp / np.linalg.norm(lamp)), 0, 1) ** sharpness
    return shine


def _room_seen_in(mirrored: Floats) -> Floats:
    """Return the brightness of the studio in a mirrored direction: a gradient and a softbox."""
    height = np.clip(-mirrored[:, 1] * 0.5 + 0.5, 0, 1)
    slope: Floats = height * height * (3 - 2 * height)
    return 0.15 + 0.95 * slope + 1.1 * _gloss(mirrored, SOFTBOX, 9.0)


def _occlusion(look: Look, pixels_per_mm: float) -> Floats:
    """Return how much light reaches each pixel between nearby walls, 1 for all of it.

    Looks from every second pixel at neighbors on a spiral: what rises above the pixel's own plane
    nearby takes light away (after the obscurance estimator of McGuire and others, 2011).
    """
    places, normals = _half_grids(look)
    known = np.isfinite(places[..., 0])
    reach_mm = SHADE_REACH * 2.0 / max(pixels_per_mm, 1e-12)
    taken = np.zeros(known.shape, dtype=np.float32)
    for step in range(SHADE_STEPS):
        radius = SHADE_REACH * ((step + 0.6) / SHADE_STEPS) ** 1.2
        angle = step * 2.399963
        across, along = round(radius * np.cos(angle)), round(radius * np.sin(angle))
        toward = np.roll(places, (along, across), axis=(0, 1)) - places
        square = np.einsum("ijk,ijk->ij", toward, toward)
        rise = np.einsum("ijk,ijk->ij", toward, normals) / np.sqrt(square + 1e-12)
        near = np.clip(1 - square / (reach_mm * reach_mm), 0, 1)
        taken += np.nan_to_num(np.clip(rise - 0.08, 0, 1) * near)
    shaded = np.where(known, taken / SHADE_STEPS * 2.6, 0).astype(np.float32)
    weight = np.maximum(soften(known.astype(np.float32), 2, 2), 1e-3)
    light = 1 - SHADE_STRENGTH * np.clip(soften(shaded, 2, 2) / weight, 0, 1)
    row, column = look.hit // look.width // 2, look.hit % look.width // 2
    reaching: Floats = light[row, column].astype(FLOAT)
    return reaching


def _half_grids(look: Look) -> tuple[Floats, Floats]:
    grids = []
    for values in (look.places, look.normals):
        grid = np.full((look.height * look.width, 3), np.nan, dtype=np.float32)
        grid[look.hit] = values
        grids.append(grid.reshape(look.height, look.width, 3)[::2, ::2].copy())
    return grids[0], grids[1]


def _edges(look: Look, pixels_per_mm: float) -> Floats:
    """Return 1 for pixels on a sharp edge or before a step in depth, else 0."""
    normals = np.zeros((look.height, look.width, 3), dtype=np.float32)
    normals.reshape(-1, 3)[look.hit] = look.normals
    depth = np.full((look.height, look.width), -np.inf, dtype=np.float32)
    depth.reshape(-1)[look.hit] = look.places @ look.axes[2]
    step = 14.0 / max(pixels_per_mm, 1e-12)
    marked = np.zeros((look.height, look.width), dtype=bool)
    for axis in (0, 1):
        here = (slice(None, -1), slice(None)) if axis == 0 else (slice(None), slice(None, -1))
        there = (slice(1, None), slice(None)) if axis == 0 else (slice(None), slice(1, None))
        inside = np.isfinite(depth[here]) & np.isfinite(depth[there])
        cosine = np.einsum("ijk,ijk->ij", normals[here], normals[there])
        with np.errstate(invalid="ignore"):
            jump = np.abs(depth[here] - depth[there]) > step
        marked[here] |= inside & ((cosine < EDGE_COSINE) | jump)
    return marked.reshape(-1)[look.hit].astype(FLOAT)


def _srgb(linear: Floats) -> Floats:
    """Return display values of linear light (IEC 61966-2-1), after a soft shoulder for lamps."""
    toned = linear * (1 + linear / 4.0) / (1 + linear)
    toned = np.clip(toned * 1.35, 0, 1)
    srgb: Floats = np.where(
        toned <= 0.0031308, toned * 12.92, 1.055 * np.power(toned, 1 / 2.4) - 0.055
    )
    return srgb
