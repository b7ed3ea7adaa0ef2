"""Outlines of a flat sheet from loose curves: joined at their ends, measured in millimeters."""

from dataclasses import dataclass

import numpy as np

from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.topology import join

MOST_LOOPS = 20_000
JOINED_MM = 0.02
"""Ends closer than this are one point; shops join ends up to some hundredths of a millimeter."""


@dataclass(frozen=True)
class Outline:
    """What is cut: `pierces` is the number of separate contours, `open_contours` those that do
    not close. `area` is that of one side of the sheet, None when something stays open; `smallest`
    is the smaller side of the smallest inner contour; `repeated` counts lines drawn twice.
    """

    length: float
    pierces: int
    open_contours: int
    low: Array
    high: Array
    area: float | None
    smallest: float | None
    repeated: int


def measure_outline(curves: list[Array]) -> Outline:
    """Return the figures of curves, each an array (n, 2) of points in millimeters."""
    curves, repeated = _without_doubles(curves)
    steps = [np.linalg.norm(np.diff(curve, axis=0), axis=1).sum() for curve in curves]
    ends = np.array([(curve[0], curve[-1]) for curve in curves]).reshape(-1, 2)
    point = _joined(ends)
    first, last = point[::2], point[1::2]
    contour = join(first, last, len(ends))[first]
    degree = np.bincount(point, minlength=len(ends))
    odd = degree % 2 == 1
    unclosed = np.unique(contour[odd[first] | odd[last]])
    order = np.argsort(contour, kind="stable")
    groups, starts = np.unique(contour[order], return_index=True)
    members = dict(zip(groups.tolist(), np.split(order, starts[1:]), strict=True))
    boxes = {}
    for number, own in members.items():
        spots = np.concatenate([curves[index] for index in own])
        boxes[number] = (spots.min(axis=0), spots.max(axis=0))
    low = np.min([box[0] for box in boxes.values()], axis=0)
    high = np.max([box[1] for box in boxes.values()], axis=0)
    inner = [
        float(np.min(box[1] - box[0]))
        for box in boxes.values()
        if (box[0] > low).all() and (box[1] < high).all()
    ]
    return Outline(
        length=float(sum(steps)),
        pierces=len(groups),
        open_contours=len(unclosed),
        low=low,
        high=high,
        area=None if len(unclosed) else _area(curves, members, first, last, boxes),
        smallest=min(inner, default=None),
        repeated=repeated,
    )


def _without_doubles(curves: list[Array]) -> tuple[list[Array], int]:
    """Return the curves without those that lie on an earlier one from end to end."""
    seen: set[tuple[float, ...]] = set()
    kept: list[Array] = []
    for curve in curves:
        ends = sorted([tuple(np.round(curve[0], 2)), tuple(np.round(curve[-1], 2))])
        middle = np.round(curve.mean(axis=0), 1)
        key = (*ends[0], *ends[1], *middle, float(len(curve)))
        if key not in seen:
            seen.add(key)
            kept.append(curve)
    return kept, len(curves) - len(kept)


def _joined(ends: Array) -> np.ndarray:
    """Return a number for each end; ends at the same place share one."""
    cells = np.floor(ends / JOINED_MM).astype(np.int64)
    number = np.arange(len(ends), dtype=np.int32)
    one, two = [], []
    table: dict[tuple[int, int], list[int]] = {}
    for index, (x, y) in enumerate(cells.tolist()):
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                for other in table.get((x + dx, y + dy), ())[:8]:
                    if np.hypot(*(ends[index] - ends[other])) <= JOINED_MM:
                        one.append(index)
                        two.append(other)
        table.setdefault((x, y), []).append(index)
    if not one:
        return number
    return join(np.array(one, dtype=np.int32), np.array(two, dtype=np.int32), len(ends))


def _area(
    curves: list[Array],
    members: dict[int, np.ndarray],
    first: np.ndarray,
    last: np.ndarray,
    boxes: dict[int, tuple[Array, Array]],
) -> float | None:
    """Return the area between outer and inner contours: what lies inside an odd number of them."""
    if len(boxes) > MOST_LOOPS:
        return None
    loops: list[Array] = []
    for own in members.values():
        loop = _loop(curves, own, first, last)
        if loop is None:
            return None
        loops.append(loop)
    low = np.array([box[0] for box in boxes.values()])
    high = np.array([box[1] for box in boxes.values()])
    total = 0.0
    for number, loop in enumerate(loops):
        # Only a contour whose box is around this one's can have it inside.
        around = (low < low[number]).all(axis=1) & (high > high[number]).all(axis=1)
        depth = sum(_inside(loop[0], loops[other]) for other in np.flatnonzero(around))
        x, y = loop[:, 0], loop[:, 1]
        own_area = abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
        total += own_area if depth % 2 == 0 else -own_area
    return total


def _loop(
    curves: list[Array], members: np.ndarray, first: np.ndarray, last: np.ndarray
) -> Array | None:
    """Return the points around one contour, or None when it branches."""
    at: dict[int, list[int]] = {}
    for index in members.tolist():
        at.setdefault(int(first[index]), []).append(index)
        at.setdefault(int(last[index]), []).append(index)
    if any(len(meeting) != 2 for meeting in at.values()):
        return None
    index, point = int(members[0]), int(first[members[0]])
    points, used = [], set()
    while index not in used:
        used.add(index)
        forward = int(first[index]) == point
        points.append(curves[index] if forward else curves[index][::-1])
        point = int(last[index]) if forward else int(first[index])
        nexts = [other for other in at[point] if other != index]
        index = nexts[0] if nexts else index
    return np.concatenate(points) if len(used) == len(members) else None


def _inside(point: Array, ring: Array) -> bool:
    x, y = ring[:, 0], ring[:, 1]
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    crosses = (y > point[1]) != (next_y > point[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x + (point[1] - y) * (next_x - x) / (next_y - y)
    return bool(np.count_nonzero(crosses & (at > point[0])) % 2)
