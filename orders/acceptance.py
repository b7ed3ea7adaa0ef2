"""How held money follows the pieces: pure arithmetic on minor units."""

from collections.abc import Sequence

from marketplace.core.money import line_total, split
from orders.models import OrderLine


def shares_of_rejected(
    pool_minor: int,
    lines: Sequence[OrderLine],
    rejected: Sequence[int],
    currency: str,
    elsewhere: Sequence[int] = (),
) -> tuple[int, list[int]]:
    """(for the good pieces, for the rejected ones line by line), together exactly `pool_minor`.

    In proportion to what the pieces cost: 5 of 100 equal pieces rejected leave 95 % to the good
    ones, freight and one-time cost included. `rejected` counts pieces of the line at its place;
    `elsewhere` those that were rejected earlier, whose money is not in the pool any more. Free
    pieces count as nothing; when no piece costs anything the good ones get all.
    """
    bad = _cost(lines, rejected, currency)
    gone = _cost(lines, elsewhere or [0] * len(lines), currency)
    good = sum(line.total_minor for line in lines) - sum(gone) - sum(bad)
    if good <= 0 and sum(bad) == 0:
        return pool_minor, [0] * len(bad)
    kept, *parts = split(pool_minor, [max(0, good), *bad])
    return kept, parts


def _cost(lines: Sequence[OrderLine], pieces: Sequence[int], currency: str) -> list[int]:
    return [
        line_total(line.unit_price, count, currency)
        for line, count in zip(lines, pieces, strict=True)
    ]
