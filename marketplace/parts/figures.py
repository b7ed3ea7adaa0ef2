"""The reader's figures as people read them: a label, a value with its unit, how it was got.

Pure. What the reader could not tell has no value but a reason; nothing is left out in silence.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marketplace.core.templatetags.formats import cm2, cm3, dims, mm, number, percent
from marketplace.parts.geometry.facts import hole_groups
from marketplace.parts.mass import mass_g

# A unit vector with a share above this lies along that axis of the file.
ALONG_AXIS = 0.9999
HOW = {
    "surfaces": "exact surfaces",
    "mesh": "triangles",
    "sampled": "sampled rays",
    "guessed": "guess",
    "text": "text of the file",
}
# What a flat sheet has instead of surfaces.
FLAT_HOW = {**HOW, "surfaces": "curves of the file"}
# The word of HOW that an exactness may name itself; then it is not said twice.
_SAID = {
    "exact surfaces": "Exact",
    "curves of the file": "curves",
    "triangles": "triangles",
    "sampled rays": "rays",
    "guess": "guess",
}
# What every part has comes first; the rest is grouped by who asks for it.
GROUPS: Sequence[tuple[str, Sequence[tuple[str, str]]]] = (
    (
        "Size",
        (
            ("bbox", "Bounding box"),
            ("smallest_box", "Smallest box, rotated"),
            ("volume", "Volume"),
            ("area", "Surface"),
            ("center_of_mass", "Center of mass"),
        ),
    ),
    (
        "Walls, corners, holes",
        (
            ("wall_min", "Thinnest wall"),
            ("wall_p5", "Wall, 5th percentile"),
            ("gap_min", "Narrowest gap"),
            ("smallest_inside_radius", "Smallest inside radius"),
            ("sharp_inside_corners", "Sharp inside corners"),
            ("deepest_pocket_ratio", "Deepest pocket, depth to width"),
            ("smallest_hole", "Smallest hole"),
            ("largest_hole_depth_ratio", "Deepest hole, depth to diameter"),
            ("hole_to_edge", "Hole to edge"),
        ),
    ),
    (
        "Milling and turning",
        (
            ("axis_count", "Axes of the mill"),
            ("setups", "Setups"),
            ("accessible_directions", "Directions that reach it"),
            ("undercut_area", "Out of a tool's reach"),
            ("turning_symmetry", "Round about one axis"),
        ),
    ),
    (
        "Printing and molding",
        (
            ("overhang_area", "Overhang, best direction"),
            ("build_direction", "Best build direction"),
            ("enclosed_voids", "Closed hollows"),
            ("draft_free_area", "Walls without draft"),
        ),
    ),
    (
        "Sheet metal",
        (
            ("sheet_thickness", "Sheet thickness"),
            ("bend_count", "Bends"),
            ("smallest_bend_radius", "Smallest bend radius"),
            ("shortest_flange", "Shortest flange"),
            ("cut_length", "Cut length"),
            ("pierces", "Pierces"),
            ("open_contours", "Open contours"),
        ),
    ),
)
# What older readings and the short line of a list know, by the names of the new ones.
_PLAIN = {"bbox": "bbox_mm", "volume": "volume_mm3", "area": "area_mm2"}


@dataclass(frozen=True)
class Figure:
    """One row of the table. `text` is "" when there is no value; then `reason` says why."""

    key: str
    label: str
    text: str
    how: str
    exactness: str
    reason: str

    @property
    def note(self) -> str:
        """How the value was got and how exact it is, as far as both are known."""
        said = _SAID.get(self.how, "")
        if said and said in self.exactness:
            return self.exactness
        both = " · ".join(one for one in (self.how, self.exactness) if one)
        return both[:1].upper() + both[1:]


def figure_groups(facts: dict[str, Any]) -> list[tuple[str, list[Figure]]]:
    """The figures of a part by group; those the reader says nothing of are left out."""
    figures = facts.get("figures") or _plain_figures(facts)
    hows = FLAT_HOW if facts.get("format") == "dxf" else HOW
    found = []
    for title, names in GROUPS:
        rows = [_figure(key, label, figures[key], hows) for key, label in names if key in figures]
        if any(row.text for row in rows):
            found.append((title, rows))
    return found


def _plain_figures(facts: dict[str, Any]) -> dict[str, Any]:
    how = "surfaces" if facts.get("exact") else "mesh"
    return {
        name: {"value": facts.get(key), "unit": {"bbox": "mm", "volume": "mm3"}.get(name, "mm2"),
               "how": how, "exactness": ""}
        for name, key in _PLAIN.items()
        if facts.get(key) is not None
    }  # fmt: skip


def _figure(key: str, label: str, row: dict[str, Any], hows: dict[str, str]) -> Figure:
    value = row.get("value")
    return Figure(
        key=key,
        label=label,
        text="" if value is None else _text(key, value, str(row.get("unit") or "")),
        how=hows.get(str(row.get("how")), ""),
        exactness=str(row.get("exactness") or ""),
        reason=str(row.get("reason") or "not measured"),
    )


def _text(key: str, value: Any, unit: str) -> str:
    if key == "center_of_mass":
        # A place, not a size.
        return ", ".join(number(one, 1) for one in value) + f" {unit}"
    return value_text(value, unit)


def value_text(value: Any, unit: str) -> str:
    """A value with its unit, in words people use."""
    if isinstance(value, list):
        numbers = all(isinstance(one, int | float) for one in value)
        if not numbers:
            return ", ".join(str(one) for one in value)
        return dims(value) if unit == "mm" else " · ".join(number(one, 3) for one in value)
    writers: dict[str, Callable[[Any], str]] = {
        "mm": mm,
        "mm2": cm2,
        "mm3": cm3,
        "share": percent,
        "ratio": lambda one: f"{number(one, 1)} : 1",
        "deg": lambda one: f"{number(one, 1)}°",
        "count": lambda one: number(one, 0),
    }
    write = writers.get(unit)
    return write(value) if write and isinstance(value, int | float) else str(value)


@dataclass(frozen=True)
class HoleRow:
    """Equal holes of one direction in one row of the table."""

    count: int
    diameter_mm: float
    depth_mm: float
    kind: str
    sink: str
    direction: str


def hole_rows(facts: dict[str, Any]) -> list[HoleRow]:
    """Equal holes of one direction together, the most frequent first."""
    by_direction: dict[str, list[dict[str, Any]]] = {}
    for hole in facts.get("holes") or []:
        by_direction.setdefault(_direction_text(hole.get("direction")), []).append(hole)
    rows = [
        HoleRow(
            count=group["count"],
            diameter_mm=group["diameter_mm"],
            depth_mm=group["depth_mm"],
            kind=group["kind"],
            sink=_sink_text(group),
            direction=direction,
        )
        for direction, holes in by_direction.items()
        for group in hole_groups(holes)
    ]
    return sorted(rows, key=lambda row: (-row.count, row.diameter_mm))


def _direction_text(direction: Sequence[float] | None) -> str:
    """The axis of a hole in the file's coordinates: "along Z", or a vector when it is oblique."""
    if not direction:
        return "—"
    for axis, share in zip("XYZ", direction, strict=True):
        if abs(share) > ALONG_AXIS:
            return f"along {axis}"
    # An axis has no front: the first share that counts is shown positive.
    sign = next((math.copysign(1, one) for one in direction if abs(one) > 1 - ALONG_AXIS), 1)
    return ", ".join(number(sign * one + 0.0, 2) for one in direction)


def _sink_text(hole: dict[str, Any]) -> str:
    if sink := hole.get("countersink"):
        return f"countersunk {mm(sink.get('diameter_mm'))}, {number(sink.get('angle_deg'), 0)}°"
    if bore := hole.get("counterbore"):
        return f"counterbored {mm(bore.get('diameter_mm'))}, {mm(bore.get('depth_mm'))} deep"
    return ""


def mass_text(facts: dict[str, Any], density_g_cm3: Decimal | None) -> str:
    """The mass of a part in a material, grams or kilograms; "" while either is unknown."""
    density = None if density_g_cm3 is None else float(density_g_cm3)
    grams = mass_g(facts.get("volume_mm3"), density)
    if grams is None:
        return ""
    if grams >= 1000:
        return f"{number(grams / 1000, 2)} kg"
    # A small part is not nothing.
    digits = 0 if grams >= 100 else 1 if grams >= 1 else 3
    return f"{number(grams, digits)} g"


def in_words(facts: dict[str, Any]) -> str:
    """The main figures as one sentence, for people who do not see the model."""
    parts = []
    if facts.get("bbox_mm"):
        parts.append(f"{dims(facts['bbox_mm'])} in size")
    if facts.get("volume_mm3") is not None:
        parts.append(f"{cm3(facts['volume_mm3'])} of material")
    holes = sum(row.count for row in hole_rows(facts))
    if holes:
        parts.append(f"{holes} holes" if holes > 1 else "one hole")
    return ", ".join(parts)
