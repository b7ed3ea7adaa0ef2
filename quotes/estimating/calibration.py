"""How far estimates are from what manufacturers really asked, and the factor that follows."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Fewer would let one shop's prices be read out of the factor.
LEAST_QUOTES = 20
LEAST_SHOPS = 3
# A factor beyond this says that the estimate is wrong, not that it is a little off.
WIDEST = 5.0


@dataclass(frozen=True)
class Compared:
    """One quoted unit price beside the middle and ends of its estimate, same currency."""

    process: str
    shop: int
    quoted: float
    low: float
    high: float


@dataclass(frozen=True)
class Accuracy:
    """Of one process: how many prices, from how many shops, the median ratio quoted / estimated,
    the median error as a share of the quoted price, and the share of prices inside the range."""

    process: str
    prices: int
    shops: int
    median_ratio: float
    median_error: float
    inside: float

    @property
    def factor(self) -> float | None:
        """What ranges of this process are multiplied with; None while there is too little."""
        if self.prices < LEAST_QUOTES or self.shops < LEAST_SHOPS:
            return None
        return min(max(self.median_ratio, 1 / WIDEST), WIDEST)


def accuracy_by_process(rows: Iterable[Compared]) -> Mapping[str, Accuracy]:
    """One Accuracy a process, for rows whose estimate is above zero."""
    groups: dict[str, list[Compared]] = defaultdict(list)
    for row in rows:
        if row.low > 0 and row.quoted > 0:
            groups[row.process].append(row)
    return {process: _accuracy(process, rows) for process, rows in sorted(groups.items())}


def _accuracy(process: str, rows: list[Compared]) -> Accuracy:
    ratios = [row.quoted / _middle(row) for row in rows]
    return Accuracy(
        process,
        prices=len(rows),
        shops=len({row.shop for row in rows}),
        median_ratio=statistics.median(ratios),
        median_error=statistics.median(abs(_middle(r) - r.quoted) / r.quoted for r in rows),
        inside=sum(row.low <= row.quoted <= row.high for row in rows) / len(rows),
    )


def _middle(row: Compared) -> float:
    return (row.low + row.high) / 2
