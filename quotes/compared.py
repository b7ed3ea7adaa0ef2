"""A request's quotes compared: the figures that the page, its files, the API, shares and the award
read. Whoever shows them computes none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db import models
from django.utils import timezone

from marketplace.core.money import Money, line_total
from marketplace.core.templatetags.formats import plain_day
from marketplace.directory.exchange import Rate
from marketplace.directory.queries.exchange import current_rates
from orders.price_rows import price_table
from quotes import rules, strategies
from quotes.comparison import (
    Cell,
    Exchange,
    FrozenExchange,
    Offer,
    compare,
    landed_lines,
    totals_by_quote,
)
from quotes.models import RFQ, Quote, RFQLine
from quotes.pricing import Pick, Total
from quotes.queries import awarded_lines, offer_of
from quotes.queries.frozen_rates import awards_in_force, frozen_rates
from quotes.states import RFQ_LIFECYCLE, QuoteState, RFQState
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
    the request's currency, None also without an exchange rate. `not_said` counts the documents and
    inspections of the chosen lines that are in neither: then it is never the best."""

    quote: Quote
    total: Total | None
    money: Money | None
    landed: Money | None
    is_best: bool
    is_fastest: bool
    not_said: int = 0

    @property
    def is_unverified(self) -> bool:
        """The shop came by a link; an order needs it verified first."""
        return rules.is_unverified(self.quote)

    @property
    def standing(self) -> list[str]:
        """What keeps the quote from being chosen, in words for its head; empty for nothing."""
        quote = self.quote
        words = ["not verified yet"] if self.is_unverified else []
        if quote.state != QuoteState.SUBMITTED:
            words.append(quote.get_state_display().lower())
        elif rules.is_over(quote):
            words.append("expired")
        return words


def asked_charges(lines: Sequence[RFQLine]) -> dict[int, list[str]]:
    """Row of a request's line -> the documents and inspections it asks for."""
    return {line.pk: list(line.charge_names) for line in lines}


def quantities_of(lines: Sequence[RFQLine], quotes: Sequence[Quote]) -> dict[int, list[int]]:
    """Row of a line -> the quantities that can be chosen: those asked, and those agreed on with a
    shop of the quotes, rising."""
    found = {line.pk: set(line.quantities) for line in lines}
    for row in (row for quote in quotes for row in quote.lines.all()):
        agreed = {price.quantity for price in row.prices.all() if price.is_agreed}
        found.get(row.rfq_line_id, set()).update(agreed)
    return {line_id: sorted(quantities) for line_id, quantities in found.items()}


def exchange_for(rfq: RFQ, quotes: Sequence[Quote]) -> Exchange:
    """Into the request's currency: at today's rates, and once it is awarded at those the buyer
    decided on. One query where a quote needs a rate, two for the latter."""
    if all(quote.currency == rfq.currency for quote in quotes):
        return Exchange(rfq.currency)
    if rfq.state == RFQState.AWARDED:
        return FrozenExchange(rfq.currency, frozen=frozen_rates(awards_in_force(rfq)))
    return Exchange(rfq.currency, current_rates())


def comparison_of(
    rfq: RFQ,
    lines: Sequence[RFQLine],
    quotes: Sequence[Quote],
    chosen: Mapping[int, int],
    exchange: Exchange | None = None,
) -> dict[str, Any]:
    """`columns` (a quote each, best total marked), `price_rows` (what each column's total is made
    of, with its currency) and `groups` (a line each with its rows).

    A row is {quantity, chosen, is_asked, cells, alternates}; a cell is {price, total, landed,
    not_said, ...} or has price None where the manufacturer does not quote it.
    """
    exchange = exchange or exchange_for(rfq, quotes)
    asked = asked_charges(lines)
    offers = [offer_of(quote, asked) for quote in quotes]
    quantities = quantities_of(lines, quotes)
    rows = compare(offers, quantities, chosen, exchange)
    names = {line.pk: line.charge_names for line in lines}
    by_id = {quote.public_id: quote for quote in quotes}
    priced = {offer.quote_id: offer.lines for offer in offers}

    def shown(cell: Cell, line_id: int) -> dict[str, Any]:
        currency = by_id[cell.quote_id].currency
        line = priced[cell.quote_id].get((line_id, cell.option))
        own, not_said = None, []
        if cell.price is not None and line is not None:
            goods = line_total(cell.price.unit_price, cell.price.quantity, currency)
            own = Money(goods + line.one_time_minor, currency)
            not_said = [(key, names[line_id][key]) for key in line.not_said]
        return {
            "quote_id": cell.quote_id,
            "option": cell.option,
            "price": cell.price,
            "currency": currency,
            "total": own,
            "once": line.one_time_minor if own is not None and line is not None else 0,
            "landed": cell.landed,
            "not_said": not_said,
            "is_best": cell.is_best and len(offers) > 1,
            "is_fastest": cell.is_fastest and len(offers) > 1,
        }

    groups = [
        {
            "line": line,
            "chosen": chosen[line.pk],
            "quantities": quantities[line.pk],
            "rows": [
                {
                    "quantity": row.quantity,
                    "chosen": row.quantity == chosen[line.pk],
                    "is_asked": row.quantity in line.quantities,
                    "cells": [shown(cell, line.pk) for cell in row.cells],
                    "alternates": [shown(cell, line.pk) for cell in row.alternates],
                }
                for row in rows
                if row.line_id == line.pk
            ],
        }
        for line in lines
    ]
    columns = _columns(rfq, quotes, offers, chosen, exchange)
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
    rfq: RFQ,
    quotes: Sequence[Quote],
    offers: Sequence[Offer],
    chosen: Mapping[int, int],
    exchange: Exchange,
) -> list[Column]:
    totals = totals_by_quote(offers, chosen)
    picks = [Pick(line_id, quantity) for line_id, quantity in chosen.items()]
    landed: dict[str, int] = {}
    not_said: dict[str, int] = {}
    for offer in offers:
        found = landed_lines(offer, picks, exchange)
        if found is not None:
            landed[offer.quote_id] = sum(line.total_minor for line in found.values())
            not_said[offer.quote_id] = sum(len(line.not_said) for line in found.values())
    cheapest = min((worth for key, worth in landed.items() if not not_said[key]), default=None)
    later = {offer.quote_id: offer.starts_later for offer in offers}
    leads = {
        key: (later[key], t.lead_time_days)
        for key, t in totals.items()
        if key in landed and t is not None
    }
    fastest = min(leads.values(), default=None)
    columns = []
    for quote in quotes:
        total = totals[quote.public_id]
        minor, missing = landed.get(quote.public_id), not_said.get(quote.public_id, 0)
        columns.append(
            Column(
                quote,
                total,
                Money(total.total_minor, quote.currency) if total else None,
                None if minor is None else Money(minor, rfq.currency),
                is_best=minor is not None and minor == cheapest and not missing,
                is_fastest=fastest is not None and leads.get(quote.public_id) == fastest,
                not_said=missing,
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
    """A request's quotes, what is looked at, and what each strategy comes to. `awarded` maps lines
    of a partly awarded request that are awarded to whom; no plan holds them."""

    rfq: RFQ
    lines: Sequence[RFQLine]
    quotes: Sequence[Quote]
    chosen: Mapping[int, int]
    exchange: Exchange
    plans: Mapping[str, Plan | None]
    strategy: str
    awarded: Mapping[int, str]

    @property
    def can_be_awarded(self) -> bool:
        """Whether the request takes an award now."""
        return RFQ_LIFECYCLE.find("award_rfq", self.rfq.state) is not None

    def left_out(self, plan: Plan) -> int:
        """How many lines that can still be awarded a plan leaves out."""
        return len(self.lines) - len(self.awarded) - len(plan.choices)

    @cached_property
    def told(self) -> Mapping[str, str]:
        """Quote -> why it cannot be awarded now, empty for nothing."""
        return {quote.public_id: rules.quote_refusal_of(quote) for quote in self.quotes}

    @property
    def none_can_be_chosen(self) -> bool:
        """Whether something keeps each of the quotes from being awarded."""
        return self.can_be_awarded and all(self.told.values())

    @property
    def refusals(self) -> list[str]:
        """Why quotes of the plan that is looked at cannot be awarded now; of all the quotes when
        none of them can."""
        chosen = self.plan.quote_ids if self.plan and self.can_be_awarded else ()
        shown = self.told if self.none_can_be_chosen else chosen
        return [sentence for quote, sentence in self.told.items() if sentence and quote in shown]

    @property
    def plan(self) -> Plan | None:
        """Of the strategy that is looked at."""
        return self.plans[self.strategy]

    @property
    def rates(self) -> list[UsedRate]:
        """One for each foreign currency among the quotes."""
        own = self.rfq.currency
        foreign = sorted({quote.currency for quote in self.quotes} - {own})
        return [UsedRate(code, own, self.exchange.rate(code)) for code in foreign]

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
    quotes: Sequence[Quote],
    chosen: Mapping[int, int],
    picks: Mapping[str, Sequence[Pick]],
    strategy: str = "",
) -> Compared:
    """Compare the quotes of a buyer's own request at the `chosen` quantities (line -> quantity).

    `quotes` are `quotes_for_buyer`, `picks` is what is chosen by hand of each quote; without a
    known `strategy` that is looked at, else the cheapest mix. While the request takes an award,
    strategies choose among the lines and quotes that can be awarded now; a decided one is looked
    back at whole. A query with a foreign currency, and one when it is partly awarded.
    """
    exchange = exchange_for(rfq, quotes)
    is_partly = rfq.state == RFQState.PARTIALLY_AWARDED
    awarded = {
        line_id: row.award.quote.manufacturer.organization.name
        for line_id, row in (awarded_lines(rfq) if is_partly else {}).items()
    }
    asked = asked_charges(lines)
    offers = [offer_of(quote, asked) for quote in quotes]
    able = offers
    if RFQ_LIFECYCLE.find("award_rfq", rfq.state):
        barred = {quote.public_id for quote in quotes if rules.quote_refusal_of(quote)}
        able = [offer for offer in offers if offer.quote_id not in barred]
    wanted = {line_id: quantity for line_id, quantity in chosen.items() if line_id not in awarded}
    by_hand = {
        quote_id: left
        for quote_id, own in picks.items()
        if (left := [pick for pick in own if pick.line_id not in awarded])
    }
    plans = plans_of(able, wanted, exchange)
    plans[Strategy.MANUAL] = strategies.by_hand(offers, by_hand, exchange) if by_hand else None
    if strategy not in Strategy.values:
        strategy = Strategy.MANUAL if by_hand else Strategy.MIX
    return Compared(rfq, lines, quotes, chosen, exchange, plans, strategy, awarded)


def ships_by(plan: Plan) -> date | None:
    """When the last of a plan ships if it were ordered and paid today; None where days count from
    a first article that nobody has approved yet."""
    return None if plan.starts_later else timezone.localdate() + timedelta(days=plan.lead_time_days)


def plans_of(
    offers: Sequence[Offer], chosen: Mapping[int, int], exchange: Exchange
) -> dict[str, Plan | None]:
    """The plan of every strategy that chooses by itself, by its name."""
    return {
        Strategy.SINGLE: strategies.best_single(offers, chosen, exchange),
        Strategy.MIX: strategies.cheapest_mix(offers, chosen, exchange),
        Strategy.EARLIEST: strategies.earliest_delivery(offers, chosen, exchange),
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
        group["awarded"] = found.awarded.get(group["line"].pk, "")
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
