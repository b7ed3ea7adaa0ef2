"""Arithmetic of one quote: pure functions on plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from marketplace.core.money import line_total

# A line of a quote: the row number of the request's line, and 0 as asked or an alternate's number.
Key = tuple[int, int]


@dataclass(frozen=True)
class Price:
    """One line at one quantity: unit price in major units, lead time in days. `is_agreed`: of a
    quantity agreed on in a counter-offer, beside those asked."""

    quantity: int
    unit_price: Decimal
    lead_time_days: int
    is_agreed: bool = False


@dataclass(frozen=True)
class Priced:
    """One line of a quote: its prices by quantity, and what is paid once, in minor units.

    `charges` maps such as "document:coc" to its amount, `not_said` are those asked for without an
    amount: unknown, and in no total. `option` is 0 for the line as asked.
    """

    line_id: int
    prices: Mapping[int, Price]
    tooling_minor: int = 0
    setup_minor: int = 0
    charges: Mapping[str, int] = field(default_factory=dict)
    option: int = 0
    min_quantity: int = 1
    is_declined: bool = False
    not_said: Sequence[str] = ()

    @property
    def key(self) -> Key:
        """Line and option."""
        return self.line_id, self.option

    @property
    def charges_minor(self) -> int:
        """All documents and inspections together."""
        return sum(self.charges.values())

    @property
    def one_time_minor(self) -> int:
        """Setup, tooling, documents and inspections."""
        return self.setup_minor + self.tooling_minor + self.charges_minor

    def at(self, quantity: int) -> Price | None:
        """The price at `quantity`; None when it is not quoted or below the minimum quantity."""
        if self.is_declined or quantity < self.min_quantity:
            return None
        return self.prices.get(quantity)


@dataclass(frozen=True)
class Pick:
    """A choice: `quantity` of a line as asked (option 0) or of an alternate."""

    line_id: int
    quantity: int
    option: int = 0

    @property
    def key(self) -> Key:
        """Line and option."""
        return self.line_id, self.option


@dataclass(frozen=True)
class Total:
    """What a choice of quantities costs, minor units, and when it ships."""

    goods_minor: int
    setup_minor: int
    tooling_minor: int
    charges_minor: int
    freight_minor: int
    lead_time_days: int

    @property
    def total_minor(self) -> int:
        """Goods, setup, tooling, documents and inspections, freight."""
        return (
            self.goods_minor
            + self.setup_minor
            + self.tooling_minor
            + self.charges_minor
            + self.freight_minor
        )


def quote_total(
    lines: Mapping[Key, Priced], picks: Sequence[Pick], freight_minor: int, currency: str
) -> Total | None:
    """The total of choosing `picks`.

    None when the quote does not price every pick: what is unknown has no total. Each line is
    rounded once, so the sum of the shown lines is the total to the cent.
    """
    goods = setup = tooling = charges = lead = 0
    for pick in picks:
        priced = lines.get(pick.key)
        price = priced.at(pick.quantity) if priced else None
        if priced is None or price is None:
            return None
        goods += line_total(price.unit_price, pick.quantity, currency)
        setup += priced.setup_minor
        tooling += priced.tooling_minor
        charges += priced.charges_minor
        lead = max(lead, price.lead_time_days)
    return Total(goods, setup, tooling, charges, freight_minor, lead)
