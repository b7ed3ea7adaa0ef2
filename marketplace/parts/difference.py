"""What changed between two revisions, in sentences, from the facts of both. Pure."""

from collections import Counter
from typing import Any

from marketplace.parts.geometry.facts import hole_groups
from marketplace.parts.geometry.figures import value_of

SAME_SHARE = 1e-4
SAME_MM = 0.005
MOST_DIGITS = 6
SIDES = ("length", "width", "height")
COUNT_WORDS = ("no", "one", "two", "three", "four", "five", "six")
COMPARED = (
    ("wall_min", "The thinnest wall", "mm", 0.02),
    ("smallest_inside_radius", "The smallest inside radius", "mm", 0.005),
    ("sheet_thickness", "The sheet thickness", "mm", 0.02),
    ("smallest_bend_radius", "The smallest bend radius", "mm", 0.02),
    ("cut_length", "The cut length", "mm", 0.05),
)
COUNTED = (
    ("bend_count", "bend", "bends"),
    ("pierces", "contour", "contours"),
    ("sharp_inside_corners", "sharp inside corner", "sharp inside corners"),
    ("enclosed_voids", "closed hollow", "closed hollows"),
)
NOTHING = "No difference in what we measure."


def difference(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return sentences that say how the facts `after` differ from those `before`.

    Both are dicts as they stand in a revision. The list is never empty: without a difference it
    says so, and also when one of the two has not been read.
    """
    if not before or not after:
        return ["One of the two revisions has not been read, so they cannot be compared."]
    said = [
        *_formats(before, after),
        *_volume(before, after),
        *_area(before, after),
        *_box(before, after),
        *_bodies(before, after),
        *_holes(before, after),
        *_figures(before, after),
    ]
    if said:
        return said
    same = before.get("shape_key")
    if same and same == after.get("shape_key"):
        return ["The shape is the same."]
    return [NOTHING]


def _formats(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    if before.get("format") == after.get("format"):
        return []
    return [
        f"The file is {str(after.get('format')).upper()} now, it was "
        f"{str(before.get('format')).upper()}."
    ]


def _volume(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return _change("Volume", before.get("volume_mm3"), after.get("volume_mm3"), 1000.0, "cm³")


def _area(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return _change("Surface area", before.get("area_mm2"), after.get("area_mm2"), 100.0, "cm²")


def _change(what: str, old: Any, new: Any, unit_size: float, unit: str) -> list[str]:
    if old is None and new is None:
        return []
    if old is None or new is None:
        known = "is known now" if old is None else "is not known any more"
        return [f"{what} {known}."]
    if old == 0 or abs(new - old) <= SAME_SHARE * abs(old):
        return []
    share = (new - old) / old * 100
    word = "grew" if share > 0 else "shrank"
    return [
        f"{what} {word} by {_percent(abs(share))} % "
        f"({_both(old / unit_size, new / unit_size)} {unit})."
    ]


def _box(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    old, new = before.get("bbox_mm"), after.get("bbox_mm")
    if not old or not new:
        return []
    # Sorted: a part drawn lying down is not another part.
    pairs = zip(SIDES, sorted(old, reverse=True), sorted(new, reverse=True), strict=True)
    said = []
    for side, was, now in pairs:
        if abs(now - was) > max(SAME_MM, SAME_SHARE * was):
            longer = {"length": "longer", "width": "wider", "height": "higher"}[side]
            less = {"length": "shorter", "width": "narrower", "height": "lower"}[side]
            said.append(
                f"The box is {_short(abs(now - was))} mm {longer if now > was else less} "
                f"({_both(was, now)} mm)."
            )
    return said


def _bodies(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    old, new = before.get("solids"), after.get("solids")
    if old is None or new is None or old == new:
        return []
    bodies = "body" if new == 1 else "bodies"
    return [f"The file holds {_count(new)} {bodies} now, it held {_count(old)}."]


def _holes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    # Holes are known of exact models alone; a mesh has none listed, which is no removal.
    if value_of(before, "hole_count") is None or value_of(after, "hole_count") is None:
        return []
    old, new = _hole_counts(before), _hole_counts(after)
    said = []
    for group in sorted(set(old) | set(new)):
        change = new[group] - old[group]
        if change:
            holes = "hole" if abs(change) == 1 else "holes"
            verb = "was" if abs(change) == 1 else "were"
            done = "added" if change > 0 else "removed"
            said.append(f"{_count(abs(change)).capitalize()} {group[2]} {holes} {verb} {done}.")
    return said


def _hole_counts(facts: dict[str, Any]) -> Counter[tuple[float, float, str]]:
    counts: Counter[tuple[float, float, str]] = Counter()
    for group in hole_groups(facts.get("holes") or []):
        words = f"{_short(group['diameter_mm'])} mm {group['kind']}"
        if group["kind"] == "blind":
            words += f", {_short(group['depth_mm'])} mm deep,"
        if group["countersink"]:
            words += " countersunk"
        if group["counterbore"]:
            words += " counterbored"
        depth = group["depth_mm"] if group["kind"] == "blind" else 0.0
        counts[(group["diameter_mm"], depth, words)] += group["count"]
    return counts


def _figures(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    said = []
    for name, what, unit, tolerance in COMPARED:
        old, new = value_of(before, name), value_of(after, name)
        if old is None or new is None or abs(new - old) <= max(tolerance, 0.01 * abs(old)):
            continue
        said.append(f"{what} went from {_both(old, new)} {unit}.")
    for name, one, many in COUNTED:
        old, new = value_of(before, name), value_of(after, name)
        if old is None or new is None or old == new:
            continue
        now = f"There {_is(new)} {_count(int(new))} {one if new == 1 else many}"
        said.append(f"{now}, there {_was(old)} {_count(int(old)) if old else 'none'}.")
    return said


def _is(number: float) -> str:
    return "is" if number == 1 else "are"


def _was(number: float) -> str:
    return "was" if number == 1 else "were"


def _count(number: int) -> str:
    return COUNT_WORDS[number] if 0 <= number < len(COUNT_WORDS) else f"{number:,}"


def _percent(share: float) -> str:
    """Return a share of 100; what is not quite all is never called 100."""
    if share < 100 and _short(share) == "100":
        return "99.9" if share < 99.95 else "more than 99.9"
    return _short(share)


def _both(old: float, new: float) -> str:
    """Return "old to new", with as many digits as it takes to see that they differ."""
    was, now, digits = _short(old), _short(new), 1
    while was == now and digits <= MOST_DIGITS:
        was, now = f"{old:,.{digits}f}", f"{new:,.{digits}f}"
        digits += 1
    return f"{was} to {now}"


def _short(number: float) -> str:
    """Return a number with three significant digits, or all digits before the point."""
    if abs(number) >= 100:
        return f"{number:,.0f}"
    text = f"{number:.3g}"
    return f"{float(text):.4f}".rstrip("0").rstrip(".") if "e" in text else text
