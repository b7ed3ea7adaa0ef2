"""The picture of a part: a small studio with a long lens, soft light and a contact shadow."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.raster import NOTHING, Screen, covered, visible_triangles
from marketplace.parts.geometry.shading import PIXELS_AT_ONCE, Look, shade, soften
from marketplace.parts.geometry.surface import Surface, normalized

SIZE = (640, 480)
OVERSAMPLING = 2
MARGIN = 0.07
LENS = 5.0
TOWARD_CAMERA = np.array([0.62, -0.86, 0.62])
SHADOW_SCREEN = 4
SHADOW_DARKNESS = 0.34
FADE_PIXELS = 20
SHADOW_SLANT = np.array([0.10, -0.04])


@dataclass(frozen=True)
class Camera:
    """Where the picture is taken from: `axes` rows are right, down and toward the camera."""

    axes: Array
    center: Array
    distance: float
    scale: float
    shift: Array

    def project(self, points: Array) -> Array:
        """Return pixel x, pixel y and nearness (1 / distance) of points in millimeters."""
        seen = (points - self.center) @ self.axes.T
        nearness = 1.0 / (self.distance - seen[:, 2])
        flat = seen[:, :2] * (nearness * self.scale)[:, None] + self.shift
        return np.column_stack([flat, nearness])


def write_thumbnail(surface: Surface, path: Path) -> None:
    """Write a PNG of 640 x 480 pixels with a transparent background to `path`."""
    picture(surface).save(path, optimize=False, compress_level=6)


def picture(surface: Surface) -> Image.Image:
    """Return the picture of `surface`, RGBA, edges smoothed by drawing at twice the size."""
    screen = Screen(SIZE[0] * OVERSAMPLING, SIZE[1] * OVERSAMPLING)
    points = surface.points.astype(np.float64)
    camera = _camera_for(points, screen)
    spots = camera.project(points)
    triangles = _facing(spots, surface)
    seen = visible_triangles(screen, spots, triangles)
    hit = np.flatnonzero(seen != NOTHING)
    places, normals, toward = _spots_seen(surface, camera, hit, triangles[seen[hit]], screen)
    color = shade(
        Look(
            screen.height,
            screen.width,
            hit,
            places,
            normals,
            toward,
            camera.axes.astype(np.float32),
        ),
        camera.scale / camera.distance,
    )
    layer = np.zeros((screen.height * screen.width, 4), dtype=np.float32)
    layer[hit, :3] = color
    layer[hit, 3] = 1.0
    layer = _halved(layer.reshape(screen.height, screen.width, 4))
    return _over_shadow(layer, _shadow(surface, camera, points))


def _camera_for(points: Array, screen: Screen) -> Camera:
    """Return a camera that sees all of the part, as large as the margin allows."""
    toward = TOWARD_CAMERA / np.linalg.norm(TOWARD_CAMERA)
    right = np.cross([0.0, 0.0, 1.0], toward)
    right /= np.linalg.norm(right)
    axes = np.stack([right, -np.cross(toward, right), toward])
    low, high = points.min(axis=0), points.max(axis=0)
    center = (low + high) / 2
    reach = max(float(np.linalg.norm(high - low)) / 2, 1e-9)
    camera = Camera(axes, center, LENS * reach, 1.0, np.zeros(2))
    flat = camera.project(points)[:, :2]
    spread = np.maximum(np.ptp(flat, axis=0), 1e-12)
    room = np.array([screen.width, screen.height]) * (1 - 2 * MARGIN)
    scale = float((room / spread).min())
    middle = (flat.min(axis=0) + flat.max(axis=0)) / 2
    shift = np.array([screen.width, screen.height]) / 2 - middle * scale
    return Camera(axes, center, camera.distance, scale, shift)


def _facing(spots: Array, surface: Surface) -> npt.NDArray[np.int32]:
    """Return the triangles that can be seen: of a closed surface only those facing the camera."""
    if not surface.closed:
        return surface.triangles
    a, b, c = (spots[surface.triangles[:, corner], :2] for corner in range(3))
    turn = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return surface.triangles[turn < 0]


def _spots_seen(
    surface: Surface,
    camera: Camera,
    hit: npt.NDArray[np.int64],
    owner: npt.NDArray[np.int32],
    screen: Screen,
) -> npt.NDArray[np.float32]:
    """Return for the pixels `hit` the places seen from the center, their normals, and the
    directions toward the camera, shape (3, pixels, 3); `owner` are the corners of each pixel's
    triangle. Done in portions that fit into the processor's cache."""
    points = surface.points.astype(np.float64)
    spots = camera.project(points)
    points -= camera.center
    found = np.empty((3, len(hit), 3), dtype=np.float32)
    for start in range(0, len(hit), PIXELS_AT_ONCE):
        some = slice(start, start + PIXELS_AT_ONCE)
        where = _inside(spots[owner[some]], hit[some], screen)
        normals = normalized(np.einsum("pc,pcx->px", where, surface.normals[owner[some]]))
        places = np.einsum("pc,pcx->px", where, points[owner[some]])
        toward = normalized(camera.axes[2] * camera.distance - places)
        if not surface.closed:
            away = np.einsum("ij,ij->i", normals, toward) < 0
            normals *= np.where(away, -1.0, 1.0)[:, None]
        found[:, some] = places, normals, toward
    return found


def _inside(corners: Array, pixel: npt.NDArray[np.int64], screen: Screen) -> Array:
    """Return where in its triangle each pixel lies, as weights of the three corners (n, 3)."""
    spot = np.column_stack([pixel % screen.width + 0.5, pixel // screen.width + 0.5])
    weights = np.empty((len(pixel), 3))
    for corner in range(3):
        a = corners[:, (corner + 1) % 3, :2] - spot
        b = corners[:, (corner + 2) % 3, :2] - spot
        weights[:, corner] = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) * corners[:, corner, 2]
    total = weights.sum(axis=1)
    tiny = np.abs(total) < 1e-12
    weights = np.clip(weights / np.where(tiny, 1.0, total)[:, None], 0, 1)
    weights[tiny] = 1.0
    return weights / weights.sum(axis=1)[:, None]


def _shadow(surface: Surface, camera: Camera, points: Array) -> npt.NDArray[np.float32]:
    """Return how dark the ground under the part is, shape (height, width) of the picture."""
    small = Screen(SIZE[0] // SHADOW_SCREEN * 2, SIZE[1] // SHADOW_SCREEN * 2)
    fallen = points.copy()
    height = points[:, 2] - points[:, 2].min()
    fallen[:, 2] = points[:, 2].min()
    fallen[:, :2] += height[:, None] * SHADOW_SLANT
    spots = camera.project(fallen)
    spots[:, :2] *= small.width / (SIZE[0] * OVERSAMPLING)
    dark = covered(small, spots, surface.triangles).astype(np.float32)
    dark = 0.55 * soften(dark, 4, 3) + 0.45 * soften(dark, 14, 3)
    grown = Image.fromarray(dark * _fade(dark.shape)).resize(SIZE, Image.Resampling.BILINEAR)
    return np.asarray(grown, dtype=np.float32) * np.float32(SHADOW_DARKNESS)


def _fade(shape: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Return 1 inside the picture sinking to 0 at its border, so that no shadow is cut off."""
    ramps = [
        np.clip(np.minimum(np.arange(size), np.arange(size)[::-1]) / FADE_PIXELS, 0, 1)
        for size in shape
    ]
    fade: npt.NDArray[np.float32] = np.outer(*ramps).astype(np.float32)
    return fade


def _halved(layer: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    height, width, channels = layer.shape
    blocks = layer.reshape(height // 2, 2, width // 2, 2, channels)
    mean: npt.NDArray[np.float32] = blocks.mean(axis=(1, 3))
    return mean


def _over_shadow(layer: npt.NDArray[np.float32], shadow: npt.NDArray[np.float32]) -> Image.Image:
    """Return the part (color premultiplied by coverage) laid over its black shadow."""
    alpha = layer[..., 3] + (1 - layer[..., 3]) * shadow
    color = layer[..., :3] / np.maximum(alpha, 1e-6)[..., None]
    pixels = np.dstack([np.clip(color, 0, 1), alpha])
    return Image.fromarray((pixels * 255 + 0.5).astype(np.uint8), "RGBA")
