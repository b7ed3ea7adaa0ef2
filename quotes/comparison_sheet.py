"""The comparison as a table for spreadsheets and as a document. Unknown cells stay empty."""

from collections.abc import Iterator, Sequence
from typing import Any

from marketplace.core.money import Money
from marketplace.core.pdf import Document, Facts, Heading, Paragraph, table_of
from marketplace.core.templatetags.formats import money, unit_price
from quotes.compared import Compared

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
    "Freight share",
    "Landed total",
    "Landed each",
    "Lowest",
    "Chosen",
)
NOTE = (
    "Landed prices hold goods, setup, tooling, priced documents and inspections and the line's "
    "share of freight, shared by the value of the goods. Duty is not included. The platform "
    "charges the buyer no fee."
)


def rows(shown: dict[str, Any], currency: str) -> Iterator[Sequence[object]]:
    """A header, then a row for each line, quantity and offer."""
    yield HEAD
    quotes = {column.quote.public_id: column.quote for column in shown["columns"]}
    for group in shown["groups"]:
        part = group["line"].part_revision.part
        for row in group["rows"]:
            for cell in [*row["cells"], *row["alternates"]]:
                quote = quotes[cell["quote_id"]]
                yield (
                    part.number,
                    part.name,
                    row["quantity"],
                    quote.manufacturer.organization.name,
                    quote.reference,
                    f"alternate {cell['option']}" if cell["option"] else "as asked",
                    quote.currency,
                    *_figures(cell, currency),
                    "yes" if cell["is_best"] else "",
                    "yes" if cell["is_picked"] else "",
                )


def _figures(cell: dict[str, Any], currency: str) -> Sequence[object]:
    price, landed = cell["price"], cell["landed"]
    own = (float(price.unit_price), price.lead_time_days) if price else ("", "")
    if landed is None:
        return (*own, currency, *[""] * 7)
    amounts = (
        landed.goods_minor,
        landed.setup_minor,
        landed.tooling_minor,
        landed.charges_minor,
        landed.freight_minor,
        landed.total_minor,
    )
    major = [float(Money(minor, currency).decimal) for minor in amounts]
    return (*own, currency, *major, float(landed.each(currency)))


def document(found: Compared, shown: dict[str, Any]) -> Document:
    """The comparison on paper: the choice that is looked at, then every offer."""
    rfq = found.rfq
    names = found.names
    parts = {line.pk: line.part_revision.part for line in found.lines}
    blocks: list[Any] = [
        Facts([("Request", f"{rfq.reference} {rfq.title}"), ("Quotes", str(len(found.quotes)))])
    ]
    if found.plan and found.plan.choices:
        chosen = [
            [
                f"{parts[c.pick.line_id].number} {parts[c.pick.line_id].name}",
                names[c.quote_id] + (f" (alternate {c.pick.option})" if c.pick.option else ""),
                c.pick.quantity,
                c.landed.lead_time_days,
                money(Money(c.landed.total_minor, rfq.currency)),
            ]
            for c in found.plan.choices
        ]
        total = money(Money(found.plan.total_minor, rfq.currency))
        chosen.append(["Total", "", "", found.plan.lead_time_days, total])
        blocks += [
            Heading("The choice"),
            table_of(
                ["Part", "Manufacturer", "Quantity", "Days", "Landed"],
                chosen,
                numeric=frozenset({2, 3, 4}),
                strong=frozenset({len(chosen) - 1}),
                widths=(4, 4, 1.5, 1.2, 2.5),
            ),
        ]
    blocks += [
        Heading("All offers"),
        table_of(
            ["Part", "Quantity", *names.values()],
            _paper_rows(shown, rfq.currency),
            numeric=frozenset(range(1, len(names) + 2)),
            widths=(3, 1.3, *[2.2] * len(names)),
        ),
        Paragraph(" ".join([NOTE, *(rate.sentence for rate in found.rates)]), is_muted=True),
    ]
    # The newest quote dates the paper, so that the same quotes give the same bytes.
    made_at = max(q.submitted_at for q in found.quotes if q.submitted_at)
    return Document(
        "Comparison", rfq.reference, made_at, blocks, footer=rfq.reference, is_landscape=True
    )


def _paper_rows(shown: dict[str, Any], currency: str) -> Iterator[Sequence[object]]:
    for group in shown["groups"]:
        for row in group["rows"]:
            yield [
                group["line"].part_revision.part.number,
                row["quantity"],
                *(_paper_cell(cell, currency) for cell in row["cells"]),
            ]


def _paper_cell(cell: dict[str, Any], currency: str) -> str:
    if cell["price"] is None:
        return "not quoted"
    each = (
        unit_price(cell["landed"].each(currency), currency)
        if cell["landed"]
        else f"{unit_price(cell['price'].unit_price, cell['currency'])} (no rate)"
    )
    return f"{each}{' lowest' if cell['is_best'] else ''}, {cell['price'].lead_time_days} d"
