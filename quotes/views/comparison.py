"""The comparison's pure figures, arranged for a template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from marketplace.core.money import Money
from quotes import rules
from quotes.comparison import compare, totals_by_quote
from quotes.models import RFQ, Quote, RFQLine
from quotes.pricing import Total
from quotes.queries import offer_of


@dataclass(frozen=True)
class Column:
    """One quote. `total` is None when it does not price every chosen line."""

    quote: Quote
    total: Total | None
    money: Money | None
    is_best: bool
    is_fastest: bool

    @property
    def is_unverified(self) -> bool:
        """The shop came by a link; an order needs it verified first."""
        return rules.is_unverified(self.quote)


def chosen_from(data: QueryDict, lines: Sequence[RFQLine]) -> dict[int, int]:
    """The quantity chosen for each line (`q_<line>`); the smallest asked one unless said."""
    chosen = {}
    for line in lines:
        text = data.get(f"q_{line.public_id}", "")
        wanted = int(text) if text.isdigit() and len(text) < 9 else 0
        chosen[line.pk] = wanted if wanted in line.quantities else line.quantities[0]
    return chosen


def comparison_of(
    rfq: RFQ, lines: Sequence[RFQLine], quotes: Sequence[Quote], chosen: Mapping[int, int]
) -> dict[str, Any]:
    """`columns` (a quote each, best total marked) and `groups` (a line each with its rows).

    A row is {quantity, chosen, cells}; a cell is {price, total, is_best, is_fastest} or has price
    None where the manufacturer does not quote it.
    """
    offers = [offer_of(quote) for quote in quotes]
    totals = totals_by_quote(offers, chosen)
    ranked = [
        t for q in quotes if q.currency == rfq.currency and (t := totals[q.public_id]) is not None
    ]
    cheapest = min((t.total_minor for t in ranked), default=None)
    fastest = min((t.lead_time_days for t in ranked), default=None)
    columns = []
    for quote in quotes:
        total = totals[quote.public_id]
        same = quote.currency == rfq.currency and total is not None
        columns.append(
            Column(
                quote,
                total,
                Money(total.total_minor, quote.currency) if total else None,
                is_best=bool(same and total and total.total_minor == cheapest),
                is_fastest=bool(same and total and total.lead_time_days == fastest),
            )
        )
    rows = compare(offers, {line.pk: line.quantities for line in lines}, rfq.currency)
    currencies = [quote.currency for quote in quotes]
    groups = [
        {
            "line": line,
            "chosen": chosen[line.pk],
            "rows": [
                {
                    "quantity": row.quantity,
                    "chosen": row.quantity == chosen[line.pk],
                    "cells": [
                        {
                            "price": cell.price,
                            "currency": currency,
                            "total": None
                            if cell.total_minor is None
                            else Money(cell.total_minor, currency),
                            "is_best": cell.is_best and len(offers) > 1,
                            "is_fastest": cell.is_fastest and len(offers) > 1,
                        }
                        for cell, currency in zip(row.cells, currencies, strict=True)
                    ],
                }
                for row in rows
                if row.line_id == line.pk
            ],
        }
        for line in lines
    ]
    return {"columns": columns, "groups": groups}
