"""Arithmetic of one quote: pure functions on plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.money import line_total


@dataclass(frozen=True)
class Price:
    """One line at one quantity: unit price in major units, lead time in days."""

    quantity: int
    unit_price: Decimal
    lead_time_days: int


@dataclass(frozen=True)
class Priced:
    """One line of a quote: its prices by quantity, tooling in minor units."""

    line_id: int
    prices: Mapping[int, Price]
    tooling_minor: int = 0


@dataclass(frozen=True)
class Total:
    """What a choice of quantities costs, minor units, and when it ships."""

    goods_minor: int
    tooling_minor: int
    freight_minor: int
    lead_time_days: int

    @property
    def total_minor(self) -> int:
        """Goods, tooling and freight."""
        return self.goods_minor + self.tooling_minor + self.freight_minor


def quote_total(
    lines: Mapping[int, Priced], chosen: Mapping[int, int], freight_minor: int, currency: str
) -> Total | None:
    """The total of choosing `chosen` (line id -> quantity).

    None when the quote does not price every chosen line at its quantity: what is unknown has no
    total. Each line is rounded once, so the sum of the shown lines is the total to the cent.
    """
    goods = tooling = lead = 0
    for line_id, quantity in chosen.items():
        priced = lines.get(line_id)
        price = priced.prices.get(quantity) if priced else None
        if priced is None or price is None:
            return None
        goods += line_total(price.unit_price, quantity, currency)
        tooling += priced.tooling_minor
        lead = max(lead, price.lead_time_days)
    return Total(goods, tooling, freight_minor, lead)
