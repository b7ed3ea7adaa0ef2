"""Side by side: lines x quantities x quotes, pure functions on plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.core.money import line_total
from quotes.pricing import Key, Pick, Price, Priced, Total, quote_total


@dataclass(frozen=True)
class Offer:
    """A quote as the comparison sees it."""

    quote_id: str
    currency: str
    freight_minor: int
    lines: Mapping[Key, Priced]
    minimum_order_minor: int = 0


@dataclass(frozen=True)
class Cell:
    """One line at one quantity in one quote; `price` None means not quoted, never zero."""

    quote_id: str
    price: Price | None
    total_minor: int | None
    is_best: bool = False
    is_fastest: bool = False


@dataclass(frozen=True)
class Row:
    """One line at one quantity across all quotes, in the order of the offers."""

    line_id: int
    quantity: int
    cells: Sequence[Cell] = field(default_factory=list)


def compare(
    offers: Sequence[Offer], asked: Mapping[int, Sequence[int]], currency: str
) -> list[Row]:
    """Rows for `asked` (line id -> quantities), best price and shortest lead time marked.

    Offers in another currency than `currency` are shown and never ranked: no rate is guessed.
    Equal best values are all marked.
    """
    return [
        _row(offers, line_id, quantity, currency)
        for line_id, quantities in asked.items()
        for quantity in quantities
    ]


def _row(offers: Sequence[Offer], line_id: int, quantity: int, currency: str) -> Row:
    cells = [_cell(offer, line_id, quantity) for offer in offers]
    ranked = [
        cell
        for offer, cell in zip(offers, cells, strict=True)
        if cell.price is not None and offer.currency == currency
    ]
    totals = [cell.total_minor for cell in ranked if cell.total_minor is not None]
    leads = [cell.price.lead_time_days for cell in ranked if cell.price]
    comparable = {id(cell) for cell in ranked}
    return Row(
        line_id,
        quantity,
        [
            Cell(
                cell.quote_id,
                cell.price,
                cell.total_minor,
                is_best=id(cell) in comparable and cell.total_minor == min(totals),
                is_fastest=id(cell) in comparable
                and cell.price is not None
                and cell.price.lead_time_days == min(leads),
            )
            for cell in cells
        ],
    )


def _cell(offer: Offer, line_id: int, quantity: int) -> Cell:
    priced = offer.lines.get((line_id, 0))
    price = priced.at(quantity) if priced else None
    if priced is None or price is None:
        return Cell(offer.quote_id, None, None)
    total = line_total(price.unit_price, quantity, offer.currency) + priced.one_time_minor
    return Cell(offer.quote_id, price, total)


def totals_by_quote(offers: Sequence[Offer], chosen: Mapping[int, int]) -> dict[str, Total | None]:
    """For each quote what choosing `chosen` (line id -> quantity) costs; None if not all quoted."""
    picks = [Pick(line_id, quantity) for line_id, quantity in chosen.items()]
    return {
        offer.quote_id: quote_total(offer.lines, picks, offer.freight_minor, offer.currency)
        for offer in offers
    }
