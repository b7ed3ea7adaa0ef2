"""A quote on paper: loaded rows in, a document out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marketplace.core.money import Money, line_total
from marketplace.core.pdf import Document, Facts, Heading, Paragraph, table_of
from marketplace.core.templatetags.formats import (
    moment_text,
    money,
    plain_day,
    quantity,
    unit_price,
)
from orders.milestones import payment_words
from quotes.differences import incoterm_words
from quotes.models import RFQ, Quote, QuoteLine, RFQLine

NOTE = (
    "Amounts are before taxes. A quantity is priced with what is paid once a line and the freight "
    "of the whole quote. What stands nowhere here is not offered."
)


def quote_document(rfq: RFQ, quote: Quote, lines: Sequence[RFQLine]) -> Document:
    """What a shop offered, for both sides: prices, terms, and the files it priced by SHA-256.

    `quote` comes with lines, prices, charges and files loaded, `lines` are the request's. The
    moment of submission dates it, so the same quote gives the same bytes.
    """
    by_id = {line.pk: line for line in lines}
    rows = [row for row in quote.lines.all() if row.rfq_line_id in by_id]
    blocks: list[Any] = [
        Facts(_facts(rfq, quote)),
        Heading("Prices"),
        table_of(
            ["Part", "How it is made", "Quantity", "Unit price", "Parts", "Days", "Once"],
            [_priced(by_id[row.rfq_line_id], row, quote.currency) for row in rows],
            numeric=frozenset({2, 3, 4, 5}),
            widths=(3.2, 3, 1.5, 1.9, 2.1, 1, 3.2),
        ),
        Heading("Files the quote prices"),
        table_of(["Part", "File", "SHA-256"], _files(lines), widths=(1.6, 2.2, 6.2)),
    ]
    enclosed = [["with the quote", each.file.name, each.file.sha256] for each in quote.files.all()]
    if enclosed:
        blocks += [
            Heading("Files of the quote"),
            table_of(["", "File", "SHA-256"], enclosed, widths=(1.6, 2.2, 6.2)),
        ]
    for title, text in _texts(by_id, quote, rows):
        if text.strip():
            blocks += [Heading(title), Paragraph(text)]
    blocks.append(Paragraph(NOTE, is_muted=True))
    assert quote.submitted_at is not None  # only a submitted quote is a document
    footer = f"{quote.manufacturer.organization.name} · {quote.reference} · {quote.seen[:16]}"
    return Document("Quote", quote.reference, quote.submitted_at, blocks, footer=footer)


def _facts(rfq: RFQ, quote: Quote) -> list[tuple[str, str]]:
    shop, buyer = quote.manufacturer.organization, rfq.organization
    priced = f"revision {quote.rfq_revision}"
    if quote.rfq_revision != rfq.revision:
        priced += (
            f"; the request is at revision {rfq.revision} now and the quote is not confirmed for "
            "it. The files below are those of the newer revision"
        )
    minimum = quote.minimum_order_minor
    return [
        ("Manufacturer", ", ".join(filter(None, [shop.legal_name or shop.name, shop.country]))),
        ("Buyer", ", ".join(filter(None, [buyer.legal_name or buyer.name, buyer.country]))),
        ("Request", f"{rfq.reference}, {rfq.title}"),
        ("Prices", priced),
        ("Own quote number", quote.own_number or "none given"),
        ("Submitted", moment_text(quote.submitted_at)),
        ("Valid until", plain_day(quote.valid_until)),
        ("Currency", quote.currency),
        ("Delivery term", incoterm_words(quote)),
        ("Deliver to", rfq.ship_to),
        ("Freight", money(Money(quote.freight_minor, quote.currency))),
        ("Minimum order", money(Money(minimum, quote.currency)) if minimum else "none"),
        ("Lead time counts", quote.get_lead_time_from_display()),
        ("Payment proposed", payment_words(quote.milestones)),
        ("SHA-256 of what was priced", quote.fingerprint),
    ]


def _priced(line: RFQLine, row: QuoteLine, currency: str) -> list[str]:
    part, revision = line.part_revision.part, line.part_revision
    named = f"{part.number} rev {revision.label}\n{part.name}"
    if row.option:
        named += f"\nAlternate {row.option}: {row.reason}"
    how = [row.process or line.process, row.material or line.material, row.finish or line.finish]
    made = "\n".join([*(word.name for word in how if word), line.get_tolerance_display()])
    if row.is_declined:
        return [named, made, "", "not quoted", "", "", row.decline_reason]
    prices = list(row.prices.all())
    goods = [line_total(p.unit_price, p.quantity, currency) for p in prices]
    return [
        named,
        made,
        "\n".join(quantity(p.quantity) for p in prices),
        "\n".join(unit_price(p.unit_price, currency) for p in prices),
        "\n".join(money(Money(minor, currency)) for minor in goods),
        "\n".join(str(p.lead_time_days) for p in prices),
        "\n".join(paid_once(line, row, currency)),
    ]


def paid_once(line: RFQLine, row: QuoteLine, currency: str) -> Iterator[str]:
    """What is paid once, one a line; an amount of nothing that was said is said here too, and what
    was asked for beside a price and has none is named: it is not known to cost nothing."""
    names = line.charge_names
    if row.setup_minor:
        yield f"Setup: {money(Money(row.setup_minor, currency))}"
    if row.tooling_minor:
        owner = row.get_tooling_owner_display()
        yield f"Tooling, owned by {owner}: {money(Money(row.tooling_minor, currency))}"
    for charge in row.charges.all():
        name = names.get(f"{charge.kind}:{charge.code}", charge.code)
        yield f"{name}: {money(Money(charge.amount_minor, currency))}"
    said = {f"{charge.kind}:{charge.code}" for charge in row.charges.all()}
    if row.prices.all():
        yield from (f"{name}: not priced" for key, name in names.items() if key not in said)
    if row.min_quantity > 1:
        yield f"from {row.min_quantity} pieces"


def _files(lines: Sequence[RFQLine]) -> Iterator[tuple[str, str, str]]:
    for line in lines:
        for file in line.part_revision.files:
            yield line.part_revision.part.number, file.name, file.sha256


def _texts(
    by_id: Mapping[int, RFQLine], quote: Quote, rows: Sequence[QuoteLine]
) -> Iterator[tuple[str, str]]:
    yield "Exceptions to the request", quote.exceptions
    yield "Notes", quote.notes
    for row in rows:
        part = by_id[row.rfq_line_id].part_revision.part
        alternate = f", alternate {row.option}" if row.option else ""
        yield f"Notes on {part.number}{alternate}", row.notes
