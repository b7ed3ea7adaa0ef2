"""The comparison as a table for spreadsheets and as a document. Unknown cells stay empty."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone

from marketplace.core.money import Money
from marketplace.core.pdf import Document, Facts, Heading, Paragraph, table_of
from marketplace.core.templatetags.formats import money, plain_day, unit_price
from quotes.compared import Compared, UsedRate
from quotes.differences import Term

HEAD = (
    "Part number",
    "Part",
    "Quantity",
    "Manufacturer",
    "Quote",
    "Offer",
    "Own currency",
    "Unit price",
    "Lead time (days)",
    "Landed currency",
    "Goods",
    "Setup",
    "Tooling",
    "Documents and inspection",
    "Not said",
    "Freight share",
    "Landed total",
    "Landed each",
    "Rate",
    "Rate source",
    "Rate date",
    "Standing",
    "Lowest",
    "Chosen",
)
NOTE = (
    "Landed prices hold goods, setup, tooling, priced documents and inspections and the line's "
    "share of freight, shared by the value of the goods. Duty is not included. The platform "
    "charges the buyer no fee. What is asked for and not priced is named as not said: it may cost "
    "more, is in no total, and such a price is never called the lowest."
)


def rows(found: Compared, shown: dict[str, Any]) -> Iterator[Sequence[object]]:
    """A header, then a row for each line, quantity and offer."""
    yield HEAD
    currency = found.rfq.currency
    columns = {column.quote.public_id: column for column in shown["columns"]}
    rates = {used.currency: used for used in found.rates}
    for group in shown["groups"]:
        part = group["line"].part_revision.part
        for row in group["rows"]:
            for cell in [*row["cells"], *row["alternates"]]:
                column = columns[cell["quote_id"]]
                quote = column.quote
                yield (
                    part.number,
                    part.name,
                    row["quantity"],
                    quote.manufacturer.organization.name,
                    quote.reference,
                    f"alternate {cell['option']}" if cell["option"] else "as asked",
                    quote.currency,
                    *_figures(cell, currency),
                    *_rate(rates.get(quote.currency)),
                    ", ".join(column.standing),
                    "yes" if cell["is_best"] else "",
                    "yes" if cell["is_picked"] else "",
                )


def _rate(used: UsedRate | None) -> Sequence[object]:
    """What the amounts were exchanged at; empty in the request's own currency or without a rate."""
    if used is None or used.rate is None:
        return ("", "", "")
    return (float(used.rate.rate), used.rate.source, used.rate.date.isoformat())


def _figures(cell: dict[str, Any], currency: str) -> Sequence[object]:
    price, landed = cell["price"], cell["landed"]
    own = (float(price.unit_price), price.lead_time_days) if price else ("", "")
    not_said = ", ".join(name for _, name in cell["not_said"])
    if landed is None:
        return (*own, currency, *[""] * 4, not_said, *[""] * 3)

    def major(minor: int) -> float:
        return float(Money(minor, currency).decimal)

    is_unknown = landed.not_said and not landed.charges_minor
    return (
        *own,
        currency,
        major(landed.goods_minor),
        major(landed.setup_minor),
        major(landed.tooling_minor),
        "" if is_unknown else major(landed.charges_minor),
        not_said,
        major(landed.freight_minor),
        major(landed.total_minor),
        float(landed.each(currency)),
    )


def document(found: Compared, shown: dict[str, Any], terms: Sequence[Term]) -> Document:
    """The comparison on paper: the choice that is looked at, every offer, then the terms."""
    rfq = found.rfq
    names = found.names
    blocks: list[Any] = [
        Facts(
            [
                ("Request", f"{rfq.reference} {rfq.title}"),
                ("Quotes", str(len(found.quotes))),
                ("Compared on", plain_day(timezone.localdate())),
            ]
        )
    ]
    if found.plan and found.plan.choices:
        blocks += _choice(found)
    blocks += [
        Heading("All offers"),
        table_of(
            ["Part", "Quantity", *_heads(shown, names)],
            _paper_rows(shown, rfq.currency),
            numeric=frozenset(range(1, len(names) + 2)),
            widths=(3, 1.3, *[2.2] * len(names)),
        ),
        Heading("Terms"),
        table_of(
            ["Term", *names.values()],
            [[term.name, *term.answers] for term in terms],
            widths=(2, *[3] * len(names)),
        ),
        Paragraph(" ".join([NOTE, *(rate.sentence for rate in found.rates)]), is_muted=True),
    ]
    # The newest quote dates the paper, so that the same quotes give the same bytes.
    made_at = max(q.submitted_at for q in found.quotes if q.submitted_at)
    return Document(
        "Comparison", rfq.reference, made_at, blocks, footer=rfq.reference, is_landscape=True
    )


def _choice(found: Compared) -> list[Any]:
    """The plan that is looked at, a row a line."""
    assert found.plan is not None
    names, currency = found.names, found.rfq.currency
    parts = {line.pk: line.part_revision.part for line in found.lines}
    chosen = [
        [
            f"{parts[c.pick.line_id].number} {parts[c.pick.line_id].name}",
            names[c.quote_id] + (f" (alternate {c.pick.option})" if c.pick.option else ""),
            c.pick.quantity,
            c.landed.lead_time_days,
            money(Money(c.landed.total_minor, currency))
            + (" and what is not said" if c.landed.not_said else ""),
        ]
        for c in found.plan.choices
    ]
    total = money(Money(found.plan.total_minor, currency))
    chosen.append(["Total", "", "", found.plan.lead_time_days, total])
    return [
        Heading("The choice"),
        table_of(
            ["Part", "Manufacturer", "Quantity", "Days", "Landed"],
            chosen,
            numeric=frozenset({2, 3, 4}),
            strong=frozenset({len(chosen) - 1}),
            widths=(4, 4, 1.5, 1.2, 2.5),
        ),
    ]


def _heads(shown: dict[str, Any], names: Mapping[str, str]) -> list[str]:
    """Each shop with what keeps its quote from being chosen."""
    return [
        names[column.quote.public_id]
        + (f" ({', '.join(column.standing)})" if column.standing else "")
        for column in shown["columns"]
    ]


def _paper_rows(shown: dict[str, Any], currency: str) -> Iterator[Sequence[object]]:
    for group in shown["groups"]:
        for row in group["rows"]:
            yield [
                group["line"].part_revision.part.number,
                row["quantity"],
                *(
                    "\n".join(_paper_cell(one, currency) for one in (cell, *cell["others"]))
                    for cell in row["cells"]
                ),
            ]


def _paper_cell(cell: dict[str, Any], currency: str) -> str:
    if cell["price"] is None:
        return "not quoted"
    each = (
        unit_price(cell["landed"].each(currency), currency)
        if cell["landed"]
        else f"{unit_price(cell['price'].unit_price, cell['currency'])} (no rate)"
    )
    marked = f"{each}{' lowest' if cell['is_best'] else ''}, {cell['price'].lead_time_days} d"
    if cell["not_said"]:
        marked += f"; not said: {', '.join(name for _, name in cell['not_said'])}"
    return f"alternate {cell['option']}: {marked}" if cell["option"] else marked
