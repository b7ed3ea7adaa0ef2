"""Which triangles hang together: welding of equal points, connected bodies, voids in bodies."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry.mesh import Array, Hashes, cross, slices

Indices = npt.NDArray[np.int32]
BODIES_TOLD_APART = 2_000


@dataclass(frozen=True)
class Bodies:
    """How many separate bodies a closed mesh has, and their volume with voids taken out.

    `inverted` counts bodies whose surface was drawn inside out; `volume` counts them as solid.
    """

    count: int
    inverted: int
    volume: float
    moment: Array


def weld(hashes: Hashes) -> tuple[Indices, Indices]:
    """Return (points, corners): the corner that stands for each distinct point, and for every
    corner the number of its point, shape (triangles, 3).

    A hash table in numpy: corners write their number into the slot of their hash, the last one
    wins, and whoever finds an equal hash in the slot is welded to it; the few others try again
    with other bits.
    """
    flat = hashes.reshape(-1)
    stands_for = np.empty(len(flat), dtype=np.int32)
    bits = max(8, len(flat).bit_length())
    table = np.empty(1 << bits, dtype=np.int32)
    mask = np.uint64((1 << bits) - 1)
    waiting = np.arange(len(flat), dtype=np.int32)
    keys, shift = flat, 0
    while len(waiting):
        slots = ((keys >> np.uint64(shift)) & mask).astype(np.int64)
        table[slots] = waiting
        winner = table[slots]
        same = flat[winner] == keys
        stands_for[waiting[same]] = winner[same]
        waiting, keys = waiting[~same], keys[~same]
        shift = (shift + 11) % (64 - bits)
    points = np.flatnonzero(stands_for == np.arange(len(flat), dtype=np.int32)).astype(np.int32)
    number = np.empty(len(flat), dtype=np.int32)
    number[points] = np.arange(len(points), dtype=np.int32)
    return points, number[stands_for].reshape(-1, 3)


def connected(triangles: Indices, points: int) -> tuple[int, Indices]:
    """Return the number of connected pieces and the piece of every triangle."""
    start = triangles.min(axis=1)
    end = triangles.max(axis=1)
    middle = (triangles.sum(axis=1, dtype=np.int64) - start - end).astype(np.int32)
    label = join(np.concatenate([start, start]), np.concatenate([middle, end]), points)
    of_triangle = label[triangles[:, 0]]
    names = np.unique(of_triangle)
    return len(names), np.searchsorted(names, of_triangle).astype(np.int32)


def join(a: Indices, b: Indices, size: int) -> Indices:
    """Return for each of `size` things the smallest thing it is joined with by the pairs (a, b).

    Labels sink to the smallest number along pairs, with the pairs that already agree dropped and
    chains of labels shortened in between, so the work shrinks with every round.
    """
    label = np.arange(size, dtype=np.int32)
    while len(a):
        low, high = label[a], label[b]
        small, large = np.minimum(low, high), np.maximum(low, high)
        differ = small != large
        a, b = small[differ], large[differ]
        np.minimum.at(label, b, a)
        shorter = label[label]
        while not np.array_equal(shorter, label):
            label, shorter = shorter, shorter[shorter]
    return label


def count_bodies(
    corners: npt.NDArray[np.floating], piece: Indices, pieces: int, center: Array
) -> Bodies:
    """Return the bodies of a closed mesh whose triangles are numbered by `piece`.

    A piece turned inside out lies either inside another one, then it is a void of that body, or
    by itself, then its surface was drawn the wrong way around. Boxes decide which.
    """
    volume, moment, low, high = _figures_of_pieces(corners, piece, pieces, center)
    if volume.sum() < 0:
        volume, moment, flipped = -volume, -moment, True
    else:
        flipped = False
    solid, hollow = np.flatnonzero(volume >= 0), np.flatnonzero(volume < 0)
    voids = 0
    inverted = len(solid) if flipped else 0
    if len(solid) <= BODIES_TOLD_APART:
        for index in hollow:
            inside = (low[solid] <= low[index]).all(1) & (high[solid] >= high[index]).all(1)
            if inside.any():
                voids += 1
            else:
                volume[index], moment[index] = -volume[index], -moment[index]
                inverted += 1
    return Bodies(
        count=pieces - voids,
        inverted=inverted,
        volume=float(volume.sum()),
        moment=moment.sum(axis=0) + volume.sum() * center,
    )


def _figures_of_pieces(
    corners: npt.NDArray[np.floating], piece: Indices, pieces: int, center: Array
) -> tuple[Array, Array, Array, Array]:
    """Return signed volume, first moment about `center`, and the box of every piece."""
    volume, moment = np.zeros(pieces), np.zeros((pieces, 3))
    low, high = np.full((pieces, 3), np.inf), np.full((pieces, 3), -np.inf)
    for place, part in slices(corners):
        part -= center
        label = piece[place]
        a, b, c = part[:, 0], part[:, 1], part[:, 2]
        sixth = np.einsum("ij,ij->i", a, cross(b - a, c - a)) / 6
        volume += np.bincount(label, sixth, pieces)
        arm = (a + b + c) / 4
        for axis in range(3):
            moment[:, axis] += np.bincount(label, sixth * arm[:, axis], pieces)
        np.minimum.at(low, label, part.min(axis=1))
        np.maximum.at(high, label, part.max(axis=1))
    return volume, moment, low, high
