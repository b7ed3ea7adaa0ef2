"""The general tolerance asked for against what a process holds without extra work. Millimeters."""

from collections.abc import Callable

from marketplace.parts.dfm.findings import INFO, WARNING, Case, Finding, Rule, largest_edge
from marketplace.parts.dfm.sources import ISO_2768

UPPER = (3.0, 6.0, 30.0, 120.0, 400.0, 1000.0, 2000.0, 4000.0)
LINEAR: dict[str, tuple[float | None, ...]] = {
    "f": (0.05, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, None),
    "m": (0.1, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0),
    "c": (0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.0, 4.0),
    "v": (None, 0.5, 1.0, 1.5, 2.5, 4.0, 6.0, 8.0),
}
"""Permissible deviations of linear sizes (ISO 2768-1, table 1), by the upper end of the range."""


def allowed(tolerance: str, size: float) -> float | None:
    """Return the deviation a class allows for a size in mm, None where the standard has none."""
    row = LINEAR.get(tolerance)
    if row is None:
        return None
    for upper, value in zip(UPPER, row, strict=True):
        if size <= upper:
            return value
    return None


def tolerance_rule(held: Callable[[float], float], *, extra_work: bool) -> Rule:
    """Return a rule that compares the class with `held`, what a process holds for a size in mm.

    With `extra_work` the process can do better for more money, so the finding only informs.
    """
    title = "Tolerance tighter than the process holds by itself"

    def judge(case: Case) -> Finding | None:
        size = largest_edge(case)
        limit = allowed(case.tolerance, size)
        if limit is None or held(size) <= limit:
            return None
        advice = (
            "Ask for the tight tolerance only where it is needed and mark it on the drawing; the "
            "rest can be of a wider class."
            if extra_work
            else "Choose a wider class, or plan to machine the surfaces that must be precise."
        )
        return Finding(
            "tolerance", INFO if extra_work else WARNING, title, held(size), limit, "mm",
            ISO_2768.name, ISO_2768.url, advice, "",
        )  # fmt: skip

    return Rule("tolerance", title, ("smallest_box",), judge)
