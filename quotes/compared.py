"""A request's quotes compared: the figures that the page, its files, the API, shares and the award
read. Whoever shows them computes none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from marketplace.core.money import Money, line_total
from marketplace.core.templatetags.formats import plain_day
from marketplace.directory.exchange import Rate, rate_between
from marketplace.directory.queries.exchange import current_rates
from orders.price_rows import price_table
from quotes import rules, strategies
from quotes.comparison import Cell, Exchange, Offer, compare, landed_lines, totals_by_quote
from quotes.models import RFQ, Quote, RFQLine
from quotes.pricing import Pick, Total
from quotes.queries import offer_of, quotes_for_buyer
from quotes.strategies import Plan


class Strategy(models.TextChoices):
    """Ways to choose."""

    SINGLE = "single", "Best single supplier"
    MIX = "mix", "Cheapest mix"
    EARLIEST = "earliest", "Earliest delivery"
    MANUAL = "manual", "Your own choice"


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


def comparison_of(
    rfq: RFQ,
    lines: Sequence[RFQLine],
    quotes: Sequence[Quote],
    chosen: Mapping[int, int],
    exchange: Exchange | None = None,
) -> dict[str, Any]:
    """`columns` (a quote each, best total marked), `price_rows` (what each column's total is made
    of, with its currency) and `groups` (a line each with its rows).

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
            "once": line.one_time_minor if own is not None and line is not None else 0,
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
    columns = _columns(rfq, quotes, chosen, exchange)
    currencies = [column.quote.currency for column in columns]
    return {
        "columns": columns,
        "price_rows": [
            (name, list(zip(amounts, currencies, strict=True)))
            for name, amounts in price_table([column.total for column in columns])
        ],
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


@dataclass(frozen=True)
class UsedRate:
    """What a foreign currency among the quotes is worth; `rate` None when it is not known."""

    currency: str
    target: str
    rate: Rate | None

    @property
    def sentence(self) -> str:
        """For people."""
        if self.rate is None:
            return (
                f"There is no current exchange rate from {self.currency} to {self.target}: those "
                "quotes are shown and not ranked."
            )
        worth = f"{self.rate.rate.normalize():f} {self.target}"
        return f"1 {self.currency} = {worth}, {self.rate.source}, {plain_day(self.rate.date)}."


@dataclass(frozen=True)
class Compared:
    """A request's quotes, what is looked at, and what each strategy comes to."""

    rfq: RFQ
    lines: Sequence[RFQLine]
    quotes: Sequence[Quote]
    chosen: Mapping[int, int]
    exchange: Exchange
    plans: Mapping[str, Plan | None]
    strategy: str

    @property
    def plan(self) -> Plan | None:
        """Of the strategy that is looked at."""
        return self.plans[self.strategy]

    @property
    def rates(self) -> list[UsedRate]:
        """One for each foreign currency among the quotes."""
        own = self.rfq.currency
        foreign = sorted({quote.currency for quote in self.quotes} - {own})
        return [
            UsedRate(code, own, rate_between(code, own, self.exchange.rates)) for code in foreign
        ]

    @property
    def names(self) -> dict[str, str]:
        """Quote -> its shop."""
        return {q.public_id: q.manufacturer.organization.name for q in self.quotes}

    @property
    def picked(self) -> dict[str, str]:
        """Line -> `<quote>:<option>:<quantity>` of the plan that is looked at."""
        ids = {line.pk: line.public_id for line in self.lines}
        choices = self.plan.choices if self.plan else ()
        return {ids[c.pick.line_id]: pick_text(c.quote_id, c.pick) for c in choices}


def pick_text(quote_id: str, pick: Pick) -> str:
    """A choice as addresses and forms carry it."""
    return f"{quote_id}:{pick.option}:{pick.quantity}"


def compare_rfq(
    rfq: RFQ,
    lines: Sequence[RFQLine],
    chosen: Mapping[int, int],
    picks: Mapping[str, Sequence[Pick]],
    strategy: str = "",
) -> Compared:
    """Compare the quotes of a buyer's own request at the `chosen` quantities (line -> quantity).

    `picks` is what is chosen by hand of each quote; without a known `strategy` that is looked at,
    else the cheapest mix. Five queries, six with a foreign currency.
    """
    quotes = quotes_for_buyer(rfq)
    exchange = exchange_for(rfq, quotes)
    plans = plans_of([offer_of(quote) for quote in quotes], chosen, picks, exchange)
    if strategy not in Strategy.values:
        strategy = Strategy.MANUAL if picks else Strategy.MIX
    return Compared(rfq, lines, quotes, chosen, exchange, plans, strategy)


def ships_by(plan: Plan) -> date:
    """When the last of a plan ships if it were ordered and paid today."""
    return timezone.localdate() + timedelta(days=plan.lead_time_days)


def plans_of(
    offers: Sequence[Offer],
    chosen: Mapping[int, int],
    picks: Mapping[str, Sequence[Pick]],
    exchange: Exchange,
) -> dict[str, Plan | None]:
    """Every strategy's plan, by its name."""
    return {
        Strategy.SINGLE: strategies.best_single(offers, chosen, exchange),
        Strategy.MIX: strategies.cheapest_mix(offers, chosen, exchange),
        Strategy.EARLIEST: strategies.earliest_delivery(offers, chosen, exchange),
        Strategy.MANUAL: strategies.by_hand(offers, picks, exchange) if picks else None,
    }


def matrix_of(found: Compared) -> dict[str, Any]:
    """`comparison_of` with the price each, and whether the plan that is looked at holds a cell.

    Cells gain `each` (landed, major units), `value` (as `pick_text`), `is_picked`; those as asked
    also `others` (the same quote's alternates) and `shop`.
    """
    picked, names = set(found.picked.items()), found.names
    shown = comparison_of(found.rfq, found.lines, found.quotes, found.chosen, found.exchange)
    for group in shown["groups"]:
        line_id = group["line"].public_id
        for row in group["rows"]:
            for cell in [*row["cells"], *row["alternates"]]:
                pick = Pick(group["line"].pk, row["quantity"], cell["option"])
                cell["value"] = pick_text(cell["quote_id"], pick)
                cell["is_picked"] = (line_id, cell["value"]) in picked
                cell["each"] = cell["landed"] and cell["landed"].each(found.rfq.currency)
            for cell in row["cells"]:
                cell["shop"] = names[cell["quote_id"]]
                cell["others"] = [
                    other
                    for other in row["alternates"]
                    if other["quote_id"] == cell["quote_id"] and other["price"]
                ]
    return shown
