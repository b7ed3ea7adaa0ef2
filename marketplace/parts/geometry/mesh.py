"""Figures of a triangle mesh: area, volume, closedness, bodies. Pure arithmetic on numpy arrays.

Everything works on corners, an array of shape (triangles, 3 corners, 3 coordinates), in slices
that fit the processor's cache, so that a memory-mapped STL of millions of triangles is read once
and never copied whole.

Closedness without sorting: every corner gets a 64-bit hash of its coordinates and every edge a
hash of its two ends. An edge shared by an even number of triangles cancels out of the exclusive
or of all edges; an edge run through once in each direction cancels out of the signed sum. Both
are zero exactly when the surface is closed, and closed with one sense of rotation, but for a
chance of 2**-64; the salt changes with every run, so a file cannot be built to collide.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SLICE = 16_384
Array = npt.NDArray[np.float64]
Hashes = npt.NDArray[np.uint64]

_SALT = np.uint64(secrets.randbits(64))
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_M3 = np.uint64(0x9E3779B97F4A7C15)
_S29, _S32 = np.uint64(29), np.uint64(32)


@dataclass(frozen=True)
class MeshFigures:
    """Figures in the unit of the mesh; `volume` is signed and means something when `closed`.

    `closed`: every edge belongs to an even number of triangles. `oriented`: neighbors agree which
    side is outside. `moment` is the volume integral of position (volume times center of mass).
    """

    triangles: int
    degenerate: int
    area: float
    volume: float
    moment: Array
    low: Array
    high: Array
    closed: bool
    oriented: bool


def slices(corners: npt.NDArray[np.floating]) -> Iterator[tuple[slice, Array]]:
    """Yield the corners in slices as float64, each with its place, shape (3 corners, 3 axes, n).

    With the triangles last every coordinate is one contiguous run, which is what processors like.
    """
    for start in range(0, len(corners), SLICE):
        place = slice(start, start + SLICE)
        yield place, corners[place].transpose(1, 2, 0).astype(np.float64, order="C")


def measure(
    corners: npt.NDArray[np.floating],
    hashes: Hashes,
    bodies: npt.NDArray[np.int32] | None = None,
) -> MeshFigures:
    """Return the figures of the mesh and fill `hashes`, shape (triangles, 3).

    Equal points of triangles with different numbers in `bodies` get different hashes. Volume and
    first moment by the divergence theorem over tetrahedra to the first corner, which keeps the
    terms small for parts drawn far from the origin. Coordinates that are not numbers show in
    `low` and `high`.
    """
    origin = corners[0, 0].astype(np.float64)
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    area = volume = 0.0
    moment = np.zeros(3)
    degenerate = 0
    parity, turning = np.uint64(0), np.uint64(0)
    for place, part in slices(corners):
        hashed = [hash_coordinates(*corner) for corner in part]
        for corner in range(3):
            if bodies is not None:
                hashed[corner] += bodies[place].astype(np.uint64) * _M2
            hashes[place, corner] = hashed[corner]
        parity, turning = _add_edges(hashed, parity, turning)
        low = np.minimum(low, part.min(axis=(0, 2)))
        high = np.maximum(high, part.max(axis=(0, 2)))
        part -= origin[:, None]
        doubled, sixfold = areas_and_volumes(part)
        degenerate += int(np.count_nonzero(doubled == 0.0))
        area += float(doubled.sum())
        volume += float(sixfold.sum())
        moment += part.sum(axis=0) @ sixfold
    volume /= 6
    return MeshFigures(
        triangles=len(corners),
        degenerate=degenerate,
        area=area / 2,
        volume=volume,
        moment=moment / 24 + volume * origin,
        low=low,
        high=high,
        closed=bool(parity == 0),
        oriented=bool(turning == 0),
    )


def areas_and_volumes(part: Array) -> tuple[Array, Array]:
    """Return twice the area and six times the volume to the origin of each triangle of a slice."""
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = part
    ux, uy, uz, vx, vy, vz = bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    return np.sqrt(nx * nx + ny * ny + nz * nz), ax * nx + ay * ny + az * nz


def cross(u: Array, v: Array) -> Array:
    """Return the cross products of two lists of vectors, shape (n, 3); numpy's own is slower."""
    out = np.empty_like(u)
    out[:, 0] = u[:, 1] * v[:, 2] - u[:, 2] * v[:, 1]
    out[:, 1] = u[:, 2] * v[:, 0] - u[:, 0] * v[:, 2]
    out[:, 2] = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    return out


def hash_points(points: Array) -> Hashes:
    """Return one 64-bit hash per point (last axis x, y, z)."""
    return hash_coordinates(*(np.ascontiguousarray(points[..., axis]) for axis in range(3)))


def hash_coordinates(x: Array, y: Array, z: Array) -> Hashes:
    """Return one 64-bit hash per point; equal points hash equally, and -0 is 0."""
    hashed: Hashes = np.full(x.shape, _SALT, dtype=np.uint64)
    for values in (x, y, z):
        bits = (values + 0.0).view(np.uint64)
        hashed += bits ^ (bits >> _S32)
        hashed *= _M1
        hashed ^= hashed >> _S32
    hashed *= _M2
    hashed ^= hashed >> _S29
    return hashed


def _add_edges(
    hashed: list[Hashes], parity: np.uint64, turning: np.uint64
) -> tuple[np.uint64, np.uint64]:
    for first, second in ((0, 1), (1, 2), (2, 0)):
        start, end = hashed[first], hashed[second]
        edge = edge_hashes(start, end)
        parity ^= np.bitwise_xor.reduce(edge)
        with np.errstate(over="ignore"):
            forward = np.add.reduce(edge * (start < end))
            turning += forward * np.uint64(2) - np.add.reduce(edge)
    return parity, turning


def edge_hashes(start: Hashes, end: Hashes) -> Hashes:
    """Return one hash per edge, the same in both directions, 0 for an edge of no length."""
    edge = start + end
    edge ^= edge >> _S32
    edge *= _M3
    edge ^= edge >> _S29
    edge[start == end] = 0
    return edge


def open_edges(hashes: Hashes) -> int:
    """Return how many edges belong to an odd number of triangles (0 for a closed mesh)."""
    edges = np.concatenate(
        [edge_hashes(hashes[:, first], hashes[:, (first + 1) % 3]) for first in range(3)]
    )
    edges = np.sort(edges[edges != 0])
    starts = np.flatnonzero(np.r_[True, edges[1:] != edges[:-1]])
    counts = np.diff(np.r_[starts, len(edges)])
    return int(np.count_nonzero(counts % 2))


def repeated_triangles(hashes: Hashes) -> int:
    """Return how many triangles have the same three corners as an earlier one."""
    keys = np.sort(hashes[:, 0] + hashes[:, 1] + hashes[:, 2])
    return int(np.count_nonzero(keys[1:] == keys[:-1]))
