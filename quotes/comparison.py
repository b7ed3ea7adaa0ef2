"""Side by side: lines x quantities x quotes in the request's currency; pure functions.

A **landed** price is what a line costs the buyer at the door: goods, setup, tooling, documents and
inspections, and its share of the quote's freight. Every component is exchanged and rounded once;
a total is the sum of its components, so the parts add up to the minor unit. Duty is in no quote
and in no total. The platform charges the buyer nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from marketplace.core.money import EXPONENTS, line_total, split
from marketplace.directory.exchange import Rate, Rates, exchanged, rate_between
from quotes.pricing import Key, Pick, Price, Priced, Total, quote_total

# Whether the days count from a first article, then the days.
Lead = tuple[bool, int]


@dataclass(frozen=True)
class Offer:
    """A quote as the comparison sees it. Of equal offers the earlier in a sequence is preferred.

    `starts_later`: its lead times count from an approved first article, so they are no days from
    the order and come after any that are.
    """

    quote_id: str
    currency: str
    freight_minor: int
    lines: Mapping[Key, Priced]
    minimum_order_minor: int = 0
    starts_later: bool = False


@dataclass(frozen=True)
class Landed:
    """What `quantity` of a line costs, minor units of the request's currency.

    `not_said` are documents and inspections asked for without a price: the true cost is unknown
    and `total_minor` holds nothing for them.
    """

    quantity: int
    goods_minor: int
    setup_minor: int
    tooling_minor: int
    charges_minor: int
    freight_minor: int
    lead_time_days: int
    not_said: Sequence[str] = ()
    starts_later: bool = False

    @property
    def lead(self) -> Lead:
        """By which the sooner is told from the later."""
        return self.starts_later, self.lead_time_days

    @property
    def total_minor(self) -> int:
        """All components that are known."""
        return (
            self.goods_minor
            + self.setup_minor
            + self.tooling_minor
            + self.charges_minor
            + self.freight_minor
        )

    def each(self, currency: str) -> Decimal:
        """The total by part, major units, four decimals, half up."""
        exact = Decimal(self.total_minor).scaleb(-EXPONENTS[currency]) / self.quantity
        return exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Cell:
    """One line at one quantity in one quote, as asked (option 0) or as an alternate.

    `price` None means not quoted, `landed` None that there is no exchange rate: both are unknown,
    never zero and never ranked; nor is a price ranked that leaves something asked for not said.
    Alternates are ranked among themselves only.
    """

    quote_id: str
    option: int
    price: Price | None
    landed: Landed | None = None
    is_best: bool = False
    is_fastest: bool = False


@dataclass(frozen=True)
class Row:
    """One line at one quantity: a cell as asked for each offer, in their order, then alternates."""

    line_id: int
    quantity: int
    cells: Sequence[Cell] = field(default_factory=list)
    alternates: Sequence[Cell] = field(default_factory=list)


def shares(amount_minor: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """`amount_minor` divided in proportion to `weights`; the parts add up to it exactly.

    By largest remainder: each gets its whole minor units, and the units left over go to the
    largest fractions, of equal ones to the smaller key. Weights that are all zero count the same.
    """
    weighed = weights if sum(weights.values()) else dict.fromkeys(weights, 1)
    keys = sorted(weighed)
    return dict(zip(keys, split(amount_minor, [weighed[key] for key in keys]), strict=True))


@dataclass(frozen=True)
class Exchange:
    """Into the request's currency at one day's rates."""

    currency: str
    rates: Rates | None = None

    def rate(self, currency: str) -> Rate | None:
        """What one unit of a foreign `currency` is worth; None when it is not known."""
        return rate_between(currency, self.currency, self.rates)

    def into(self, minor: int, currency: str) -> int | None:
        """Rounded once; None without a rate."""
        if currency == self.currency:
            return minor
        rate = self.rate(currency)
        return None if rate is None else exchanged(minor, rate)

    def knows(self, currency: str) -> bool:
        """True when amounts of `currency` can be compared."""
        return self.into(0, currency) is not None


@dataclass(frozen=True)
class FrozenExchange(Exchange):
    """Into the request's currency at the rates kept with its awards, by currency; a currency none
    of them has is unknown."""

    frozen: Mapping[str, Rate] = field(default_factory=dict)

    def rate(self, currency: str) -> Rate | None:
        """As the buyer saw it when the award was made."""
        return self.frozen.get(currency)


def landed_lines(
    offer: Offer, picks: Sequence[Pick], exchange: Exchange
) -> dict[Key, Landed] | None:
    """What the picks cost when they are ordered from `offer` together, freight shared by the value
    of the goods. None when one is not quoted or there is no rate."""
    goods: dict[Key, int] = {}
    for pick in picks:
        worth = _goods(offer, pick, exchange)
        if worth is None:
            return None
        goods[pick.key] = worth
    freight = shares(exchange.into(offer.freight_minor, offer.currency) or 0, goods)
    return {
        pick.key: _landed(offer, pick, goods[pick.key], freight[pick.key], exchange)
        for pick in picks
    }


def _goods(offer: Offer, pick: Pick, exchange: Exchange) -> int | None:
    """Worth of the goods in the request's currency; None when not quoted or without a rate."""
    priced = offer.lines.get(pick.key)
    price = priced.at(pick.quantity) if priced else None
    if price is None:
        return None
    return exchange.into(
        line_total(price.unit_price, pick.quantity, offer.currency), offer.currency
    )


def _landed(offer: Offer, pick: Pick, goods: int, freight: int, exchange: Exchange) -> Landed:
    priced = offer.lines[pick.key]
    return Landed(
        pick.quantity,
        goods,
        exchange.into(priced.setup_minor, offer.currency) or 0,
        exchange.into(priced.tooling_minor, offer.currency) or 0,
        sum(exchange.into(minor, offer.currency) or 0 for minor in priced.charges.values()),
        freight,
        priced.prices[pick.quantity].lead_time_days,
        tuple(priced.not_said),
        offer.starts_later,
    )


def compare(
    offers: Sequence[Offer],
    asked: Mapping[int, Sequence[int]],
    chosen: Mapping[int, int],
    exchange: Exchange,
) -> list[Row]:
    """Rows for `asked` (line id -> quantities), best landed price and shortest lead time marked.

    A cell carries the freight it would have if its quote delivered all it quotes of `chosen` (line
    id -> quantity), with this line at the cell's quantity. Equal best values are all marked.
    """
    beside = [_beside(offer, chosen, exchange) for offer in offers]
    return [
        _row(offers, line_id, quantity, beside, exchange)
        for line_id, quantities in asked.items()
        for quantity in quantities
    ]


def _row(
    offers: Sequence[Offer],
    line_id: int,
    quantity: int,
    beside: Sequence[Mapping[Key, int]],
    exchange: Exchange,
) -> Row:
    together = list(zip(offers, beside, strict=True))
    asked = [_cell(offer, Pick(line_id, quantity), goods, exchange) for offer, goods in together]
    others = [
        _cell(offer, Pick(line_id, quantity, option), goods, exchange)
        for offer, goods in together
        for key, option in sorted(offer.lines)
        if key == line_id and option > 0
    ]
    return Row(line_id, quantity, _marked(asked), _marked(others))


def _cell(offer: Offer, pick: Pick, beside: Mapping[Key, int], exchange: Exchange) -> Cell:
    priced = offer.lines.get(pick.key)
    price = priced.at(pick.quantity) if priced else None
    if price is None:
        return Cell(offer.quote_id, pick.option, None)
    goods = _goods(offer, pick, exchange)
    if goods is None:
        return Cell(offer.quote_id, pick.option, price)
    together = {key: worth for key, worth in beside.items() if key[0] != pick.line_id}
    freight = exchange.into(offer.freight_minor, offer.currency) or 0
    share = shares(freight, {**together, pick.key: goods})[pick.key]
    landed = _landed(offer, pick, goods, share, exchange)
    return Cell(offer.quote_id, pick.option, price, landed)


def _beside(offer: Offer, chosen: Mapping[int, int], exchange: Exchange) -> dict[Key, int]:
    """Worth of the goods a quote delivers of `chosen`, by line."""
    worth = {
        (line_id, 0): _goods(offer, Pick(line_id, quantity), exchange)
        for line_id, quantity in chosen.items()
    }
    return {key: goods for key, goods in worth.items() if goods is not None}


def _marked(cells: Sequence[Cell]) -> list[Cell]:
    known = [cell.landed for cell in cells if cell.landed is not None]
    lowest = min((one.total_minor for one in known if not one.not_said), default=None)
    soonest = min((landed.lead for landed in known), default=None)
    return [
        Cell(
            cell.quote_id,
            cell.option,
            cell.price,
            cell.landed,
            is_best=cell.landed is not None
            and not cell.landed.not_said
            and cell.landed.total_minor == lowest,
            is_fastest=cell.landed is not None and cell.landed.lead == soonest,
        )
        for cell in cells
    ]


def totals_by_quote(offers: Sequence[Offer], chosen: Mapping[int, int]) -> dict[str, Total | None]:
    """For each quote what choosing `chosen` (line id -> quantity) costs in its own currency; None
    if not all is quoted."""
    picks = [Pick(line_id, quantity) for line_id, quantity in chosen.items()]
    return {
        offer.quote_id: quote_total(offer.lines, picks, offer.freight_minor, offer.currency)
        for offer in offers
    }
