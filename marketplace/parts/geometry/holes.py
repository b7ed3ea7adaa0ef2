"""Holes of an exact model, from its hollow cylinders and cones. Millimeters and degrees."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from marketplace.parts.geometry.inventory import (
    CONE,
    CYLINDER,
    FaceFacts,
    coaxial_groups,
    span,
)
from marketplace.parts.geometry.mesh import Array
from marketplace.parts.geometry.rays import RayTree

ROUND_ENOUGH = np.radians(270.0)
"""A hollow cylinder that goes around less is a rounded corner or the end of a slot, no hole."""
TOUCHING_PER_SIZE = 1e-5
COUNTERSINK_DEGREES = (55.0, 150.0)
"""Included angles of countersinks: 60 to 120 degrees are in use; wider cones are drill points."""


@dataclass
class Piece:
    """A stretch of a hole between two heights along its axis, with the radius at both."""

    low: float
    high: float
    radius_low: float
    radius_high: float
    turn: float
    straight: bool


def holes_of(faces: list[FaceFacts], tree: RayTree, size: float) -> list[dict[str, Any]]:
    """Return the holes: each a stack of hollow cylinders and cones one behind the other.

    An end is open when the way along the axis is free where the stack ends. A stack closed on
    both sides is a hollow inside, no hole. Raises OutOfTime.
    """
    touching = max(TOUCHING_PER_SIZE * size, 1e-4)
    round_ones = [face for face in faces if face.hollow and face.kind in (CYLINDER, CONE)]
    found: list[dict[str, Any]] = []
    for group in coaxial_groups(round_ones, 10 * touching):
        if not any(face.kind == CYLINDER for face in group):
            continue
        lead = group[0]
        for stack in _stacks(_pieces(group, lead.origin, lead.axis), touching):
            hole = _hole(stack, lead.origin, lead.axis, tree, touching)
            if hole is not None:
                found.append(hole)
    return found


def _pieces(group: list[FaceFacts], origin: Array, axis: Array) -> list[Piece]:
    """Return the stretches along an axis; halves of one cylinder become one with a full turn."""
    pieces: list[Piece] = []
    for face in group:
        low, high = span(face, origin, axis)
        radii = (face.radius, face.radius)
        if face.kind == CONE:
            same_way = float(face.axis @ axis) > 0
            radii = (face.radius_low, face.radius_high)
            radii = radii if same_way else radii[::-1]
        for piece in pieces:
            if (
                piece.straight == (face.kind == CYLINDER)
                and np.allclose((piece.radius_low, piece.radius_high), radii, atol=1e-4)
                and low < piece.high
                and high > piece.low
            ):
                piece.turn += face.turn
                piece.low, piece.high = min(piece.low, low), max(piece.high, high)
                break
        else:
            pieces.append(Piece(low, high, *radii, face.turn, face.kind == CYLINDER))
    return sorted((p for p in pieces if p.turn >= ROUND_ENOUGH), key=lambda p: (p.low, p.high))


def _stacks(pieces: list[Piece], touching: float) -> list[list[Piece]]:
    """Cut a sorted list of stretches where nothing hollow joins them."""
    stacks: list[list[Piece]] = []
    end = -np.inf
    for piece in pieces:
        if piece.low > end + touching:
            stacks.append([])
        stacks[-1].append(piece)
        end = max(end, piece.high)
    return stacks


def _hole(
    stack: list[Piece], origin: Array, axis: Array, tree: RayTree, touching: float
) -> dict[str, Any] | None:
    straight = [piece for piece in stack if piece.straight]
    if not straight:
        return None
    bore = min(straight, key=lambda piece: (piece.radius_low, piece.low))
    low, high = stack[0].low, max(piece.high for piece in stack)
    middle = (bore.low + bore.high) / 2
    center = origin + middle * axis
    distances, _ = tree.first_hits(np.array([center, center]), np.array([-axis, axis]))
    reach = 20 * touching + 1e-3
    open_low = bool(distances[0] > middle - low + reach)
    open_high = bool(distances[1] > high - middle + reach)
    if not (open_low or open_high):
        return None
    wide_high = _wider(stack, bore, upward=True)
    wide_low = _wider(stack, bore, upward=False)
    from_high = open_high and (not open_low or wide_high > wide_low)
    through = open_low and open_high
    entry = high if from_high else low
    far = (low if through else bore.low) if from_high else (high if through else bore.high)
    direction = -axis if from_high else axis
    ends = [piece for piece in stack if (piece.low >= bore.high - touching) == from_high]
    mouth = [piece for piece in ends if piece is not bore]
    return {
        "diameter_mm": 2 * bore.radius_low,
        "depth_mm": abs(far - entry),
        "kind": "through" if through else "blind",
        "direction": [float(value) for value in direction],
        "position": [float(value) for value in origin + entry * axis],
        "countersink": _countersink(mouth, bore, from_high),
        "counterbore": _counterbore(mouth, bore),
    }


def _wider(stack: list[Piece], bore: Piece, *, upward: bool) -> float:
    """Return how much wider than the bore the stack gets beyond it on one side."""
    side = [
        p for p in stack if (p.low >= bore.high - 1e-6 if upward else p.high <= bore.low + 1e-6)
    ]
    return max((max(p.radius_low, p.radius_high) - bore.radius_low for p in side), default=0.0)


def _countersink(mouth: list[Piece], bore: Piece, from_high: bool) -> dict[str, float] | None:
    for piece in mouth:
        inner, outer = piece.radius_low, piece.radius_high
        if not from_high:
            inner, outer = outer, inner
        height = piece.high - piece.low
        if piece.straight or height <= 0 or outer <= inner or outer <= bore.radius_low:
            continue
        angle = 2 * float(np.degrees(np.arctan2(outer - inner, height)))
        if COUNTERSINK_DEGREES[0] <= angle <= COUNTERSINK_DEGREES[1]:
            return {"diameter_mm": 2 * outer, "angle_deg": angle}
    return None


def _counterbore(mouth: list[Piece], bore: Piece) -> dict[str, float] | None:
    wider = [p for p in mouth if p.straight and p.radius_low > bore.radius_low * 1.02]
    if not wider:
        return None
    widest = max(wider, key=lambda piece: piece.radius_low)
    return {"diameter_mm": 2 * widest.radius_low, "depth_mm": widest.high - widest.low}
