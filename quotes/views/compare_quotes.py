"""The page that compares quotes: matrix, strategies, what differs, and its files.

The whole state stands in the address: `strategy`, `q_<line>` (compared quantity) and
`p_<line>=<quote>:<option>:<quantity>` (what is picked by hand).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.decorators import buyer_page
from accounts.http import Request
from marketplace.core.errors import Conflict
from marketplace.core.money import Money
from marketplace.core.pages import render_page
from marketplace.core.spreadsheets import csv_line, xlsx_bytes
from marketplace.core.templatetags.formats import day, money
from marketplace.directory.exchange import rate_between
from quotes import comparison_sheet, queries, strategies
from quotes.comparison import Exchange, Landed, Offer
from quotes.models import RFQ, Quote, RFQLine
from quotes.pricing import Pick
from quotes.strategies import Plan
from quotes.views.comparison import chosen_from, comparison_of, exchange_for
from quotes.views.quote_terms import terms_of

LABELS = {
    "single": "Best single supplier",
    "mix": "Cheapest mix",
    "earliest": "Earliest delivery",
    "manual": "Your own choice",
}
MEANINGS = {
    "single": "Everything from the one quote where it costs least.",
    "mix": "Each line where it costs least; every supplier's freight counted once.",
    "earliest": "What ships soonest; of equal dates the cheapest.",
    "manual": "What you mark in the table.",
}


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


def compared(rfq: RFQ, data: QueryDict) -> Compared:
    """The comparison an address asks for; what it names wrongly is left out."""
    lines = [line for line in rfq.lines.all() if line.quantities]
    quotes = queries.quotes_for_buyer(rfq)
    picks = picks_from(data, lines)
    chosen = chosen_from(data, lines)
    exchange = exchange_for(rfq, quotes)
    offers = [queries.offer_of(quote) for quote in quotes]
    plans = plans_of(offers, chosen, picks, exchange)
    wanted = data.get("strategy", "")
    strategy = wanted if wanted in LABELS else "manual" if picks else "mix"
    return Compared(rfq, lines, quotes, chosen, exchange, plans, strategy)


def plans_of(
    offers: Sequence[Offer],
    chosen: Mapping[int, int],
    picks: Mapping[str, Sequence[Pick]],
    exchange: Exchange,
) -> dict[str, Plan | None]:
    """Every strategy's plan, by its name."""
    return {
        "single": strategies.best_single(offers, chosen, exchange),
        "mix": strategies.cheapest_mix(offers, chosen, exchange),
        "earliest": strategies.earliest_delivery(offers, chosen, exchange),
        "manual": strategies.by_hand(offers, picks, exchange) if picks else None,
    }


def picks_from(data: QueryDict, lines: Sequence[RFQLine]) -> dict[str, list[Pick]]:
    """By quote what `p_<line>=<quote>:<option>:<quantity>` picks."""
    found: dict[str, list[Pick]] = {}
    for line in lines:
        parts = data.get(f"p_{line.public_id}", "").split(":")
        if len(parts) != 3 or not all(p.isdecimal() and len(p) < 9 for p in parts[1:]):
            continue
        option, quantity = int(parts[1]), int(parts[2])
        if quantity in line.quantities:
            found.setdefault(parts[0], []).append(Pick(line.pk, quantity, option))
    return found


def _picked(found: Compared) -> dict[str, str]:
    """The plan as it stands in an address."""
    ids = {line.pk: line.public_id for line in found.lines}
    return {
        f"p_{ids[c.pick.line_id]}": f"{c.quote_id}:{c.pick.option}:{c.pick.quantity}"
        for c in (found.plan.choices if found.plan else ())
    }


def _tabs(found: Compared, today: date) -> list[dict[str, Any]]:
    total = len(found.lines)
    tabs = []
    for key, label in LABELS.items():
        plan = found.plans[key]
        tabs.append(
            {
                "key": key,
                "label": label,
                "meaning": MEANINGS[key],
                "is_current": key == found.strategy,
                "plan": plan,
                "total": Money(plan.total_minor, found.rfq.currency) if plan else None,
                "ships": today + timedelta(days=plan.lead_time_days) if plan else None,
                "suppliers": len(plan.quote_ids) if plan else 0,
                "left_out": total - len(plan.choices) if plan else 0,
            }
        )
    return tabs


def rates_used(found: Compared) -> list[str]:
    """One sentence for each foreign currency among the quotes."""
    said = []
    for currency in sorted({quote.currency for quote in found.quotes} - {found.rfq.currency}):
        rate = rate_between(currency, found.rfq.currency, found.exchange.rates)
        if rate is None:
            said.append(
                f"There is no current exchange rate from {currency} to {found.rfq.currency}: those "
                "quotes are shown and not ranked."
            )
        else:
            said.append(
                f"1 {currency} = {rate.rate.normalize():f} {found.rfq.currency}, {rate.source}, "
                f"{day(rate.date)}."
            )
    return said


@buyer_page
def compare_quotes(request: Request, rfq: str) -> HttpResponse:
    """Lines x quantities x quotes, with strategies and what differs between the quotes."""
    found = compared(queries.get_rfq(request.actor, rfq), request.GET)
    picked = _picked(found)
    names = [quote.manufacturer.organization.name for quote in found.quotes]
    context = {
        "rfq": found.rfq,
        "quotes": found.quotes,
        "sealed_count": queries.sealed_count(found.rfq),
        "tabs": _tabs(found, timezone.localdate()),
        "strategy": found.strategy,
        "plan": found.plan,
        "comparison": _matrix(found, set(picked.items())),
        "terms": [
            (term, list(zip(names, term.answers, strict=True)))
            for term in terms_of(found.rfq, found.lines, found.quotes)
        ],
        "rates": rates_used(found),
        "short": _names(found, found.plan.below_minimum if found.plan else ()),
        "address": urlencode(_state(found, picked)),
        "award": _award_address(found.rfq, picked),
    }
    return render_page(request, "quotes/buyer/compare_quotes.html", context)


def _state(found: Compared, picked: Mapping[str, str]) -> dict[str, str]:
    quantities = {f"q_{line.public_id}": str(found.chosen[line.pk]) for line in found.lines}
    return {"strategy": found.strategy, **quantities, **picked}


def _award_address(rfq: RFQ, picked: Mapping[str, str]) -> str:
    """Where the choice is awarded; "" with nothing to award."""
    try:
        address = reverse("award_rfq", args=[rfq.public_id])
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(picked)}" if picked else ""


def _names(found: Compared, quote_ids: Sequence[str]) -> list[str]:
    return [
        quote.manufacturer.organization.name
        for quote in found.quotes
        if quote.public_id in quote_ids
    ]


def _parts(landed: Landed | None, currency: str) -> list[tuple[str, str]]:
    """What a landed price is made of, as read on the page; what costs nothing is left out."""
    if landed is None:
        return []
    amounts = [
        ("Goods", landed.goods_minor),
        ("Setup", landed.setup_minor),
        ("Tooling", landed.tooling_minor),
        ("Documents, inspection", landed.charges_minor),
        ("Freight share", landed.freight_minor),
    ]
    return [(name, money(minor, currency)) for name, minor in amounts if minor]


def _matrix(found: Compared, picked: set[tuple[str, str]]) -> dict[str, Any]:
    """The comparison with the value of each choice and whether the plan holds it."""
    names = {q.public_id: q.manufacturer.organization.name for q in found.quotes}
    shown = comparison_of(found.rfq, found.lines, found.quotes, found.chosen, found.exchange)
    for group in shown["groups"]:
        group["name"] = name = f"p_{group['line'].public_id}"
        for row in group["rows"]:
            for cell in [*row["cells"], *row["alternates"]]:
                value = f"{cell['quote_id']}:{cell['option']}:{row['quantity']}"
                cell["value"] = value
                cell["is_picked"] = (name, value) in picked
                cell["each"] = cell["landed"] and cell["landed"].each(found.rfq.currency)
                cell["parts"] = _parts(cell["landed"], found.rfq.currency)
            for cell in row["cells"]:
                others = [
                    other
                    for other in row["alternates"]
                    if other["quote_id"] == cell["quote_id"] and other["price"]
                ]
                cell["others"], cell["shop"] = others, names[cell["quote_id"]]
    return shown


TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@buyer_page
def export_comparison(request: Request, rfq: str, form: str) -> HttpResponse:
    """The comparison as CSV, XLSX or PDF, with the choice that is looked at."""
    found = compared(queries.get_rfq(request.actor, rfq), request.GET)
    if not found.quotes:
        raise Conflict("There is no quote to compare yet.")
    shown = _matrix(found, set(_picked(found).items()))
    if form == "pdf":
        from marketplace.core.pdf import pdf_bytes

        content = pdf_bytes(comparison_sheet.document(found, shown, rates_used(found)))
    else:
        rows = comparison_sheet.rows(shown, found.rfq.currency)
        content = (
            xlsx_bytes(f"Quotes {found.rfq.reference}", rows)
            if form == "xlsx"
            else "".join(["\ufeff", *(csv_line(row) for row in rows)]).encode()
        )
    answer = HttpResponse(content, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{found.rfq.reference}-quotes.{form}"'
    return answer
