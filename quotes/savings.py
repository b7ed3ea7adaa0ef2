"""What awards saved against the median quote, and how long they took: pure functions.

A line counts when it was awarded as asked and at least three shops quoted that quantity in the
awarded quote's currency. Compared are goods, setup, tooling, documents and inspections; freight is
left out, since it belongs to a whole quote. Currencies are never mixed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

# A median of fewer quotes says nothing of the market.
LEAST_QUOTES = 3


@dataclass(frozen=True)
class Awarded:
    """One awarded line: what it costs, and what every shop asked for it, the awarded one included;
    minor units of `currency`."""

    currency: str
    paid_minor: int
    asked_minor: Sequence[int]


@dataclass(frozen=True)
class Saving:
    """Of all counted lines in one currency, minor units; below zero when dearer quotes won."""

    currency: str
    saved_minor: int
    lines: int


def median_minor(amounts: Sequence[int]) -> int:
    """The middle amount; of an even number the mean of the two, half a unit rounded up.

    Raises ValueError without an amount.
    """
    if not amounts:
        raise ValueError("There is no median of nothing.")
    ranked = sorted(amounts)
    low, high = ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]
    return (low + high + 1) // 2


def savings(lines: Iterable[Awarded]) -> list[Saving]:
    """One sum a currency, by its code; currencies without a counted line are left out."""
    found: dict[str, list[int]] = {}
    for line in lines:
        if len(line.asked_minor) >= LEAST_QUOTES:
            saved = median_minor(line.asked_minor) - line.paid_minor
            found.setdefault(line.currency, []).append(saved)
    return [Saving(currency, sum(saved), len(saved)) for currency, saved in sorted(found.items())]


def median_time(spans: Sequence[timedelta]) -> timedelta | None:
    """The median of time spans, to the second; None without one."""
    if not spans:
        return None
    return timedelta(seconds=median_minor([int(span.total_seconds()) for span in spans]))
