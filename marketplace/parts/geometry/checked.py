"""Taking over plain JSON values from the child process without trusting any of them."""

import math
from collections.abc import Callable
from typing import Any

LONGEST_TEXT = 300
MOST_HOLES = 300
MOST_BODIES = 500
MOST_NODES = 2_000
MOST_SPOTS = 60
MOST_POINTS = 60
MOST_FOUND = 40
DEEPEST_TREE = 40


def finite(value: Any) -> float:
    """Return a number; raises ValueError or TypeError when it is none or not finite."""
    if isinstance(value, bool):
        raise TypeError("a truth value is no number")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"not a usable number: {value!r}")
    return number


def positive(value: Any) -> float | None:
    """Return a number of at least 0, or None for None; raises ValueError or TypeError."""
    return None if value is None else measure(value)


def measure(value: Any) -> float:
    """Return a number of at least 0; raises ValueError or TypeError."""
    number = finite(value)
    if number < 0:
        raise ValueError(f"a negative measure: {value!r}")
    return number


def finite_list(values: Any, most: int) -> list[float]:
    """Return a list of at most `most` numbers; raises ValueError or TypeError."""
    if not isinstance(values, list) or len(values) > most:
        raise ValueError("not a short list of numbers")
    return [finite(value) for value in values]


def vector(value: Any) -> list[float]:
    """Return three numbers; raises ValueError or TypeError."""
    numbers = finite_list(value, 3)
    if len(numbers) != 3:
        raise ValueError("not three numbers")
    return numbers


def text_of(value: Any, longest: int = LONGEST_TEXT) -> str:
    """Return printable text of bounded length: control characters become spaces."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value)[: 4 * longest])
    return " ".join(text.split())[:longest]


def rows(values: Any, most: int, one: Callable[[Any], dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each value passed through `one`; raises ValueError when there are more than `most`."""
    if not isinstance(values, list) or len(values) > most:
        raise ValueError("not a list of bounded length")
    return [one(value) for value in values]


def hole(value: Any) -> dict[str, Any]:
    """Return one hole; raises ValueError, TypeError or KeyError."""
    if value["kind"] not in ("through", "blind"):
        raise ValueError("no such kind of hole")
    return {
        "diameter_mm": measure(value["diameter_mm"]),
        "depth_mm": measure(value["depth_mm"]),
        "kind": value["kind"],
        "direction": vector(value["direction"]),
        "position": vector(value["position"]),
        "countersink": _pair(value["countersink"], "diameter_mm", "angle_deg"),
        "counterbore": _pair(value["counterbore"], "diameter_mm", "depth_mm"),
    }


def body(value: Any) -> dict[str, Any]:
    """Return one distinct body; raises ValueError, TypeError or KeyError."""
    return {
        "index": int(value["index"]),
        "name": text_of(value["name"]),
        "count": int(value["count"]),
        "volume_mm3": positive(value["volume_mm3"]),
        "bbox_mm": None if value["bbox_mm"] is None else vector(value["bbox_mm"]),
    }


def tree(value: Any) -> dict[str, Any] | None:
    """Return an assembly tree of bounded size; raises ValueError, TypeError or KeyError."""
    if value is None:
        return None
    left = [MOST_NODES]
    return _node(value, 0, left)


def _node(value: Any, depth: int, left: list[int]) -> dict[str, Any]:
    left[0] -= 1
    if depth > DEEPEST_TREE or left[0] < 0:
        raise ValueError("a tree larger than allowed")
    children = value["children"]
    if not isinstance(children, list):
        raise TypeError("children are a list")
    return {
        "name": text_of(value["name"]),
        "count": int(value["count"]),
        "body": None if value["body"] is None else int(value["body"]),
        "volume_mm3": positive(value["volume_mm3"]),
        "bbox_mm": None if value["bbox_mm"] is None else vector(value["bbox_mm"]),
        "children": [_node(child, depth + 1, left) for child in children],
    }


def spot(value: Any) -> dict[str, Any]:
    """Return one group of places; raises ValueError, TypeError or KeyError."""
    points = value["points"]
    if not isinstance(points, list) or len(points) > MOST_POINTS:
        raise ValueError("not a list of bounded length")
    return {
        "key": text_of(value["key"]),
        "points": [vector(point) for point in points],
        "values": _values(value["values"], len(points)),
        "cut": bool(value["cut"]),
    }


def _values(values: Any, count: int) -> list[float] | None:
    if values is None:
        return None
    numbers = finite_list(values, MOST_POINTS)
    if len(numbers) != count:
        raise ValueError("not one value for each point")
    return numbers


def drawing_text(value: Any) -> dict[str, Any] | None:
    """Return what was found in the text of a drawing; raises TypeError or KeyError."""
    if value is None:
        return None
    return {
        "found": bool(value["found"]),
        **{
            name: [text_of(item) for item in value[name][:MOST_FOUND]]
            for name in ("materials", "tolerances", "threads", "snippets")
        },
        "revision": None if value["revision"] is None else text_of(value["revision"], 20),
        "title": None if value["title"] is None else text_of(value["title"]),
    }


def _pair(value: Any, *names: str) -> dict[str, float] | None:
    return None if value is None else {name: measure(value[name]) for name in names}
