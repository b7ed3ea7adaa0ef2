"""A key that the same shape has again wherever it is drawn, and other shapes do not.

**What equal means.** Two parts have the same key when volume, area and the three principal
moments of inertia agree to the rounding below and both have the same handedness. These figures do
not change when a part is moved or turned, nor when it is exported again with its faces cut
another way, which is why faces are not counted. Six digits tell a hole of 3.0 from one of 3.1 mm
in a plate the size of a hand. A mirror image has the same volume, area and moments; it is told
apart by the sign of a skewness (below), unless the part is its own mirror image or so nearly that
the sign is noise. Scale counts: the same shape in inches is another part.

Equal keys are a strong hint, not a proof: two different parts with the same five figures are
possible, so people are shown "same shape as", never told that nothing changed. Keys of exact
models and of meshes never equal each other, because a mesh of a round part has another volume.

**Handedness.** With v the vector of third moments (the integral of x |x|^2 about the center of
mass) and M the matrix of second moments, det[v, Mv, MMv] does not depend on position and turn and
changes its sign in a mirror.
"""

import hashlib

import numpy as np

from marketplace.parts.geometry.mesh import SLICE, Array
from marketplace.parts.geometry.topology import Indices

DIGITS_OF_SURFACES = 6
DIGITS_OF_MESHES = 5
CLEAR_HANDEDNESS = 1e-4
_CENTER_WEIGHT, _CORNER_WEIGHT = -0.8, 0.45
"""Five points that integrate cubic polynomials over a tetrahedron exactly (P. Keast, 1986)."""


def shape_key(
    volume: float | None, area: float, moments: Array | None, handedness: int, *, exact: bool
) -> str | None:
    """Return the key of a shape, or None when it has no volume to speak of.

    Cubic and square millimeters; `moments` are the three principal moments of inertia at density
    1 (mm5) in any order; `handedness` is -1, 0 or 1.
    """
    if volume is None or moments is None or volume <= 0 or area <= 0:
        return None
    digits = DIGITS_OF_SURFACES if exact else DIGITS_OF_MESHES
    # The least significant digit of moments, which are fifth powers of lengths, is noise sooner.
    figures = [f"{volume:.{digits - 1}e}", f"{area:.{digits - 1}e}"]
    figures += [f"{moment:.{digits - 2}e}" for moment in sorted(abs(moments))]
    text = "|".join([*figures, str(handedness)])
    return ("s" if exact else "m") + hashlib.sha256(text.encode()).hexdigest()[:24]


def moments_of(corners: Array, noise: float = 0.0) -> tuple[Array, int]:
    """Return the principal moments of inertia (density 1) and the handedness of a closed mesh.

    `corners` is (triangles, 3, 3), outside out, in millimeters; `noise` is the share by which its
    volume is off that of the true surface, below ten times of which handedness is 0.
    """
    return _moments([corners], noise)


def moments_of_slices(points: Array, triangles: Indices) -> tuple[Array, int]:
    """Return what `moments_of` does of welded triangles, without copying them all at once."""
    starts = range(0, len(triangles), SLICE)
    return _moments([points[triangles[start : start + SLICE]] for start in starts], 0.0)


def _moments(blocks: list[Array], noise: float) -> tuple[Array, int]:
    start = blocks[0].reshape(-1, 3).mean(axis=0)
    volume, first = 0.0, np.zeros(3)
    for block in blocks:
        volumes, points = _quadrature(block - start)
        volume += float(volumes.sum())
        first += np.einsum("t,tp,tpi->i", volumes, _weights(len(volumes)), points)
    if volume == 0.0:
        return np.zeros(3), 0
    # About the center of mass, so that far away parts lose no digits.
    center = start + first / volume
    second, third = np.zeros((3, 3)), np.zeros(3)
    for block in blocks:
        volumes, points = _quadrature(block - center)
        weights = volumes[:, None] * _weights(len(volumes))
        second += np.einsum("tp,tpi,tpj->ij", weights, points, points)
        square = np.einsum("tpi,tpi->tp", points, points)
        third += np.einsum("tp,tp,tpi->i", weights, square, points)
    spread = np.linalg.eigvalsh(second)
    clear = max(CLEAR_HANDEDNESS, 10 * noise)
    return spread.sum() - spread, _handedness(second, third, abs(volume), clear)


def volume_of(corners: Array) -> float:
    """Return the signed volume of triangles, outside out, in cubic millimeters."""
    volumes, _ = _quadrature(corners - corners.reshape(-1, 3).mean(axis=0))
    return float(volumes.sum())


def _weights(count: int) -> Array:
    return np.broadcast_to([_CENTER_WEIGHT] + [_CORNER_WEIGHT] * 4, (count, 5))


def _quadrature(corners: Array) -> tuple[Array, Array]:
    """Return the signed volume of each tetrahedron to the origin and its five points."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    volumes = np.einsum("ij,ij->i", a, np.cross(b, c)) / 6
    total = a + b + c
    points = [total / 4, total / 6]
    points += [total / 6 + corner / 3 for corner in (a, b, c)]
    return volumes, np.stack(points, axis=1)


def _handedness(second: Array, third: Array, volume: float, clear: float) -> int:
    if volume <= 0:
        return 0
    reach = float(np.sqrt(np.trace(second) / volume))
    if reach <= 0:
        return 0
    v = third / (volume * reach**3)
    m = second / (volume * reach**2)
    skew = float(np.linalg.det(np.array([v, m @ v, m @ m @ v])))
    size = float(np.linalg.norm(v)) ** 3
    if size < 1e-12 or abs(skew) < clear * size or float(np.linalg.norm(v)) < 1e-3:
        return 0
    return 1 if skew > 0 else -1
