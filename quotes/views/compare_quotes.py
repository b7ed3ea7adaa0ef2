"""The page that compares quotes: matrix, strategies, what differs, and its files.

The whole state stands in the address: `strategy`, `q_<line>` (compared quantity, with `was_<line>`
the one the page had shown) and `p_<line>=<quote>:<option>:<quantity>` (what is picked by hand).
"""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from accounts.decorators import buyer_page
from accounts.http import Request
from marketplace.core.errors import Conflict
from marketplace.core.money import Money
from marketplace.core.pages import render_page
from marketplace.core.spreadsheets import csv_line, xlsx_bytes
from marketplace.core.templatetags.formats import money
from quotes import comparison_sheet, queries
from quotes.compared import Compared, Strategy, matrix_of, ships_by
from quotes.comparison import Landed
from quotes.differences import terms_of
from quotes.views.comparison import compared

MEANINGS = {
    Strategy.SINGLE: "Everything from the one quote where it costs least.",
    Strategy.MIX: "Each line where it costs least; every supplier's freight counted once.",
    Strategy.EARLIEST: "What ships soonest; of equal dates the cheapest.",
    Strategy.MANUAL: "What you mark in the table.",
}


def _tabs(found: Compared) -> list[dict[str, Any]]:
    tabs = []
    for key in Strategy:
        plan = found.plans[key]
        tabs.append(
            {
                "key": key.value,
                "label": key.label,
                "meaning": MEANINGS[key],
                "is_current": key == found.strategy,
                "plan": plan,
                "total": Money(plan.total_minor, found.rfq.currency) if plan else None,
                "ships": ships_by(plan) if plan else None,
                "suppliers": len(plan.quote_ids) if plan else 0,
                "left_out": found.left_out(plan) if plan else 0,
            }
        )
    return tabs


@buyer_page
def compare_quotes(request: Request, rfq: str) -> HttpResponse:
    """Lines x quantities x quotes, with strategies and what differs between the quotes."""
    found = compared(queries.get_rfq(request.actor, rfq), request.GET)
    names = found.names
    short = found.plan.below_minimum if found.plan else ()
    context = {
        "rfq": found.rfq,
        "quotes": found.quotes,
        "sealed_count": queries.sealed_count(found.rfq),
        "tabs": _tabs(found),
        "strategy": found.strategy,
        "plan": found.plan,
        "comparison": _matrix(found),
        "terms": [
            (term, list(zip(names.values(), term.answers, strict=True)))
            for term in terms_of(found.rfq, found.lines, found.quotes)
        ],
        "rates": [rate.sentence for rate in found.rates],
        "short": [names[quote_id] for quote_id in short],
        "refusals": found.refusals,
        "none_can_be_chosen": found.none_can_be_chosen,
        "award": reverse("award_rfq", args=[found.rfq.public_id])
        if found.can_be_awarded and (found.picked or found.strategy == "manual")
        else "",
    }
    return render_page(request, "quotes/buyer/compare_quotes.html", context)


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


def _matrix(found: Compared) -> dict[str, Any]:
    """The matrix with the name of each choice and the components in words."""
    shown = matrix_of(found)
    # A phone has no head of the table: there each cell names its shop and where the quote stands.
    standing = {
        column.quote.public_id: "".join(f", {words}" for words in column.standing)
        for column in shown["columns"]
    }
    for group in shown["groups"]:
        group["name"] = f"p_{group['line'].public_id}"
        group["quantity_name"] = f"q_{group['line'].public_id}"
        group["was_name"] = f"was_{group['line'].public_id}"
        for row in group["rows"]:
            for cell in [*row["cells"], *row["alternates"]]:
                cell["parts"] = _parts(cell["landed"], found.rfq.currency)
                cell["unpriced"] = ", ".join(name for _, name in cell["not_said"])
            for cell in row["cells"]:
                cell["offers"] = [cell, *cell["others"]]
                cell["shop"] += standing[cell["quote_id"]]
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
    shown = matrix_of(found)
    if form == "pdf":
        from marketplace.core.pdf import pdf_bytes

        terms = terms_of(found.rfq, found.lines, found.quotes)
        content = pdf_bytes(comparison_sheet.document(found, shown, terms))
    else:
        rows = comparison_sheet.rows(found, shown)
        content = (
            xlsx_bytes(f"Quotes {found.rfq.reference}", rows)
            if form == "xlsx"
            else "".join(["\ufeff", *(csv_line(row) for row in rows)]).encode()
        )
    answer = HttpResponse(content, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{found.rfq.reference}-quotes.{form}"'
    return answer
