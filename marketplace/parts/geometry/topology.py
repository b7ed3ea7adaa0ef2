"""Which triangles hang together: welding of equal points, connected bodies, voids in bodies."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from marketplace.parts.geometry.mesh import Array, Hashes, areas_and_volumes, slices

Indices = npt.NDArray[np.int32]
BODIES_TOLD_APART = 2_000
RUN = 131_072
EMPTY = -1


@dataclass(frozen=True)
class Bodies:
    """How many separate bodies a closed mesh has, and their volume with voids taken out.

    `inverted` counts bodies whose surface was drawn inside out; `volume` counts them as solid.
    `volumes`, `low` and `high` belong to the pieces, `voids` of which are hollows in others.
    """

    count: int
    inverted: int
    volume: float
    moment: Array
    voids: int
    volumes: Array
    low: Array
    high: Array


def weld(hashes: Hashes) -> tuple[Indices, Indices]:
    """Return (points, corners): the corner that stands for each distinct point, and for every
    corner the number of its point, shape (triangles, 3).

    A hash table in numpy, filled run by run: a corner takes the empty slot its hash points to,
    whoever finds an equal hash in its slot is welded to that corner, and the few that find
    another one try again with other bits of their hash.
    """
    flat = hashes.reshape(-1)
    stands_for = np.empty(len(flat), dtype=np.int32)
    bits = max(10, len(flat).bit_length())
    waiting = np.arange(len(flat), dtype=np.int32)
    shift = 0
    while len(waiting):
        table = np.full(1 << bits, EMPTY, dtype=np.int32)
        misses = [
            _weld_run(flat, waiting[start : start + RUN], table, np.uint64(shift), stands_for)
            for start in range(0, len(waiting), RUN)
        ]
        waiting = np.concatenate(misses)
        shift = (shift + 11) % (64 - bits)
        bits = max(10, len(waiting).bit_length())
    points = np.flatnonzero(stands_for == np.arange(len(flat), dtype=np.int32)).astype(np.int32)
    number = np.empty(len(flat), dtype=np.int32)
    number[points] = np.arange(len(points), dtype=np.int32)
    return points, number[stands_for].reshape(-1, 3)


def _weld_run(
    flat: Hashes, corners: Indices, table: Indices, shift: np.uint64, stands_for: Indices
) -> Indices:
    """Weld one run of corners through the table and return those that met another hash."""
    keys = flat[corners]
    slots = ((keys >> shift) & np.uint64(len(table) - 1)).astype(np.int64)
    found = table[slots]
    new = np.flatnonzero(found == EMPTY)
    if len(new):
        table[slots[new]] = corners[new]
        found = table[slots]
    stands_for[corners] = found
    missed: Indices = corners[flat[found] != keys]
    return missed


def connected(triangles: Indices, points: int) -> tuple[int, Indices]:
    """Return the number of connected pieces and the piece of every triangle."""
    a, b, c = np.ascontiguousarray(triangles.T)
    label = join(np.concatenate([a, b]), np.concatenate([b, c]), points)
    leads = label == np.arange(points, dtype=np.int32)
    number = np.cumsum(leads, dtype=np.int32) - 1
    return int(number[-1]) + 1, number[label[a]]


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
        voids=voids,
        volumes=volume,
        low=low,
        high=high,
    )


def _figures_of_pieces(
    corners: npt.NDArray[np.floating], piece: Indices, pieces: int, center: Array
) -> tuple[Array, Array, Array, Array]:
    """Return signed volume, first moment about `center`, and the box of every piece."""
    volume, moment = np.zeros(pieces), np.zeros((pieces, 3))
    low, high = np.full((pieces, 3), np.inf), np.full((pieces, 3), -np.inf)
    for place, part in slices(corners):
        part -= center[:, None]
        label = piece[place]
        sixth = areas_and_volumes(part)[1] / 6
        volume += np.bincount(label, sixth, pieces)
        arm = part.sum(axis=0) / 4
        for axis in range(3):
            moment[:, axis] += np.bincount(label, sixth * arm[axis], pieces)
            np.minimum.at(low[:, axis], label, part[:, axis].min(axis=0))
            np.maximum.at(high[:, axis], label, part[:, axis].max(axis=0))
    return volume, moment, low, high
