"""Exchange of one currency into another: pure functions on plain values.

Rates are quoted as the European Central Bank publishes them: units of a currency for one euro.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from marketplace.core.money import EXPONENTS

BASE = "EUR"
# Eight decimals: an amount of a million is right to a cent, and the rate that is shown
# and frozen is the one that was used.
RATE_STEP = Decimal("1e-8")


@dataclass(frozen=True)
class Rates:
    """What one source published for one day: units of each currency for one euro."""

    date: date
    source: str
    per_euro: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Rate:
    """What one unit of `origin` is worth in `target`; where and when that was published."""

    origin: str
    target: str
    rate: Decimal
    date: date
    source: str


def rate_between(origin: str, target: str, rates: Rates | None) -> Rate | None:
    """The rate from one currency to another, through the euro; None when it is not known.

    There is no rate of 1 to fall back on: the same currency needs none.
    """
    if rates is None or origin == target:
        return None
    known = {**rates.per_euro, BASE: Decimal(1)}
    if origin not in known or target not in known:
        return None
    crossed = (known[target] / known[origin]).quantize(RATE_STEP, rounding=ROUND_HALF_UP)
    return Rate(origin, target, crossed, rates.date, rates.source) if crossed > 0 else None


def exchanged(minor: int, rate: Rate) -> int:
    """`minor` units at a rate, such as one frozen with an award; rounded once, half up.

    The only place where an exchanged amount is rounded.
    """
    major = Decimal(minor).scaleb(-EXPONENTS[rate.origin]) * rate.rate
    return int(major.scaleb(EXPONENTS[rate.target]).quantize(Decimal(1), rounding=ROUND_HALF_UP))
