"""The comparison's pure figures, arranged for a template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from marketplace.core.money import Money, line_total
from marketplace.directory.queries.exchange import current_rates
from quotes import rules
from quotes.comparison import Cell, Exchange, compare, landed_lines, totals_by_quote
from quotes.models import RFQ, Quote, RFQLine
from quotes.pricing import Pick, Total
from quotes.queries import offer_of


@dataclass(frozen=True)
class Column:
    """One quote. `total` is None when it does not price every chosen line; `landed` is the same in
    the request's currency, None also without an exchange rate."""

    quote: Quote
    total: Total | None
    money: Money | None
    landed: Money | None
    is_best: bool
    is_fastest: bool

    @property
    def is_unverified(self) -> bool:
        """The shop came by a link; an order needs it verified first."""
        return rules.is_unverified(self.quote)


def exchange_for(rfq: RFQ, quotes: Sequence[Quote]) -> Exchange:
    """Into the request's currency at today's rates. One query where a quote needs one."""
    is_foreign = any(quote.currency != rfq.currency for quote in quotes)
    return Exchange(rfq.currency, current_rates() if is_foreign else None)


def chosen_from(data: QueryDict, lines: Sequence[RFQLine]) -> dict[int, int]:
    """The quantity chosen for each line (`q_<line>`); the smallest asked one unless said."""
    chosen = {}
    for line in lines:
        text = data.get(f"q_{line.public_id}", "")
        # Not str.isdigit: it takes digits of other scripts and "²", on which int() fails.
        wanted = int(text) if text.isdecimal() and len(text) < 9 else 0
        chosen[line.pk] = wanted if wanted in line.quantities else line.quantities[0]
    return chosen


def comparison_of(
    rfq: RFQ,
    lines: Sequence[RFQLine],
    quotes: Sequence[Quote],
    chosen: Mapping[int, int],
    exchange: Exchange | None = None,
) -> dict[str, Any]:
    """`columns` (a quote each, best total marked) and `groups` (a line each with its rows).

    A row is {quantity, chosen, cells, alternates}; a cell is {price, total, landed, ...} or has
    price None where the manufacturer does not quote it.
    """
    exchange = exchange or exchange_for(rfq, quotes)
    offers = [offer_of(quote) for quote in quotes]
    rows = compare(offers, {line.pk: line.quantities for line in lines}, chosen, exchange)
    by_id = {quote.public_id: quote for quote in quotes}
    priced = {offer.quote_id: offer.lines for offer in offers}

    def shown(cell: Cell, line_id: int) -> dict[str, Any]:
        currency = by_id[cell.quote_id].currency
        line = priced[cell.quote_id].get((line_id, cell.option))
        own = None
        if cell.price is not None and line is not None:
            goods = line_total(cell.price.unit_price, cell.price.quantity, currency)
            own = Money(goods + line.one_time_minor, currency)
        return {
            "quote_id": cell.quote_id,
            "option": cell.option,
            "price": cell.price,
            "currency": currency,
            "total": own,
            "landed": cell.landed,
            "is_best": cell.is_best and len(offers) > 1,
            "is_fastest": cell.is_fastest and len(offers) > 1,
        }

    groups = [
        {
            "line": line,
            "chosen": chosen[line.pk],
            "rows": [
                {
                    "quantity": row.quantity,
                    "chosen": row.quantity == chosen[line.pk],
                    "cells": [shown(cell, line.pk) for cell in row.cells],
                    "alternates": [shown(cell, line.pk) for cell in row.alternates],
                }
                for row in rows
                if row.line_id == line.pk
            ],
        }
        for line in lines
    ]
    return {
        "columns": _columns(rfq, quotes, chosen, exchange),
        "groups": groups,
        "exchange": exchange,
    }


def _columns(
    rfq: RFQ, quotes: Sequence[Quote], chosen: Mapping[int, int], exchange: Exchange
) -> list[Column]:
    offers = [offer_of(quote) for quote in quotes]
    totals = totals_by_quote(offers, chosen)
    picks = [Pick(line_id, quantity) for line_id, quantity in chosen.items()]
    landed = {
        offer.quote_id: sum(line.total_minor for line in found.values())
        for offer in offers
        if (found := landed_lines(offer, picks, exchange)) is not None
    }
    cheapest = min(landed.values(), default=None)
    leads = [t.lead_time_days for key, t in totals.items() if key in landed and t is not None]
    fastest = min(leads, default=None)
    columns = []
    for quote in quotes:
        total = totals[quote.public_id]
        minor = landed.get(quote.public_id)
        columns.append(
            Column(
                quote,
                total,
                Money(total.total_minor, quote.currency) if total else None,
                None if minor is None else Money(minor, rfq.currency),
                is_best=minor is not None and minor == cheapest,
                is_fastest=minor is not None
                and total is not None
                and total.lead_time_days == fastest,
            )
        )
    return columns
