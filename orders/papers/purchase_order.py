"""Purchase order and confirmation on paper: plain values of an order in, a document out."""

from collections.abc import Iterator, Sequence
from typing import Any

from marketplace.core.money import Money
from marketplace.core.pdf import Barcode, Document, Facts, Heading, Paragraph, table_of
from marketplace.core.templatetags.formats import money, plain_day, quantity, unit_price
from orders.milestones import payment_words
from orders.models import ChangeOrder, Order, OrderLine
from orders.price_rows import price_rows

LEAD_TIME_FROM = {
    "order": "from the paid order",
    "first_article": "from the approved first article",
}
OWNERS = {"buyer": "the buyer", "manufacturer": "the manufacturer"}
NOTE = (
    "Amounts are before taxes. The files named here are what is to be made; a file with another "
    "SHA-256 is another file."
)


def purchase_order(order: Order, change: ChangeOrder | None = None) -> Document:
    """What was ordered, as agreed; after `change` its revision, with what became other in words.

    The order comes with its lines loaded.
    """
    number = order.po_number or order.reference
    lines = list(order.lines.all())
    blocks: list[Any] = [
        *_revision(order, change),
        Facts([*_facts(order), *_day(order, change)]),
        *_ordered(order, lines),
        Heading("Files"),
        table_of(["Part", "File", "SHA-256"], _files(lines), widths=(1.6, 2.2, 6.2)),
    ]
    texts = [
        ("Exceptions to the request", order.exceptions),
        ("Notes of the quote", order.notes),
        *((f"Notes on {line.part_number}", line.notes) for line in lines),
    ]
    for title, text in texts:
        if text.strip():
            blocks += [Heading(title), Paragraph(text)]
    blocks.append(Paragraph(NOTE, is_muted=True))
    footer = f"{order.buyer_name} · {order.reference}{_suffix(order, change)}"
    at = change.state_changed_at if change else order.created_at
    return Document("Purchase order", number, at, blocks, footer=footer)


def _suffix(order: Order, change: ChangeOrder | None) -> str:
    return f" · Revision {order.edition}" if change else ""


def _revision(order: Order, change: ChangeOrder | None) -> list[Any]:
    """Which revision of the paper this is, and what became other with it."""
    if change is None:
        return []
    return [
        Heading(f"Revision {order.edition}"),
        Paragraph(
            f"By change order {change.reference} of {plain_day(change.state_changed_at)}. It takes "
            f"the place of revision {order.edition - 1}."
        ),
        table_of(
            ["Line", "What", "Before", "Now"],
            [
                (row.part_number or "Order", row.what, row.old, row.new)
                for row in change.differences
            ],
            widths=(2.2, 1.6, 2.4, 2.4),
        ),
    ]


def _day(order: Order, change: ChangeOrder | None) -> list[tuple[str, str]]:
    """The day to ship stands on a revision: the payment that starts the lead time has come."""
    return [("Ships on or before", plain_day(order.ship_by))] if change and order.ship_by else []


def order_confirmation(order: Order, number: str, change: ChangeOrder | None = None) -> Document:
    """The manufacturer takes the order on: what it will make, for how much, and when it ships;
    after `change` its revision."""
    ships = [("Ships on or before", plain_day(order.ship_by))] if order.ship_by else []
    blocks: list[Any] = [
        *_revision(order, change),
        Paragraph(
            f"{order.manufacturer_name} confirms the order of {order.buyer_name} as stated here."
        ),
        Facts([*_facts(order), *ships]),
        *_ordered(order, list(order.lines.all())),
        Barcode(order.reference),
    ]
    footer = f"{order.manufacturer_name} · {order.reference}{_suffix(order, change)}"
    at = change.state_changed_at if change else order.state_changed_at
    return Document("Order confirmation", number, at, blocks, footer=footer)


def agreed(order: Order) -> list[Any]:
    """What was agreed, as other papers repeat it: terms, lines, totals and the files by hash."""
    lines = list(order.lines.all())
    return [
        Heading("What was agreed"),
        Facts(_facts(order)),
        *_ordered(order, lines),
        Heading("Files to make it by"),
        table_of(["Part", "File", "SHA-256"], _files(lines), widths=(1.6, 2.2, 6.2)),
    ]


def _ordered(order: Order, lines: Sequence[OrderLine]) -> list[Any]:
    totals = list(_totals(order))
    return [
        Heading("What is ordered"),
        table_of(
            ["", "Part", "How it is made", "Quantity", "Unit price", "Parts", "Once", "Days"],
            [_row(line, order.currency) for line in lines],
            numeric=frozenset({3, 4, 5, 7}),
            widths=(0.7, 3.2, 3.2, 1.6, 1.8, 2, 3, 1),
        ),
        Heading("Total"),
        table_of(
            ["Before taxes", order.currency],
            totals,
            numeric=frozenset({1}),
            strong=frozenset({len(totals) - 1}),
            widths=(4, 1.4),
        ),
    ]


def _facts(order: Order) -> list[tuple[str, str]]:
    quote = f"{order.quote_reference} {f'({order.quote_number})' if order.quote_number else ''}"
    since = LEAD_TIME_FROM.get(order.terms.get("lead_time_from", ""), LEAD_TIME_FROM["order"])
    return [
        ("Buyer", order.buyer_name),
        ("Manufacturer", order.manufacturer_name),
        ("PO number", order.po_number or "none given"),
        ("Order", f"{order.reference}, {order.title}"),
        ("Date", plain_day(order.created_at)),
        ("Request and quote", f"{order.rfq_reference}, {quote}".strip(" ,")),
        ("Deliver to", order.ship_to),
        ("Delivery term", f"{order.incoterm} (Incoterms 2020)"),
        ("Ships within", f"{order.lead_time_days} days {since}"),
        ("Payment agreed", payment_words(order.terms.get("milestones", []))),
    ]


def _row(line: OrderLine, currency: str) -> list[str]:
    how = [line.process, line.material, line.finish, line.tolerance]
    part = f"{line.part_number} rev {line.revision_label}\n{line.part_name}"
    once = [("Setup", line.setup_minor)] if line.setup_minor else []
    if line.tooling_minor:
        owner = OWNERS.get(line.tooling_owner, "")
        once.append((f"Tooling{f', owned by {owner}' if owner else ''}", line.tooling_minor))
    once += [(charge["name"], charge["amount_minor"]) for charge in line.charges]
    return [
        str(line.position),
        f"{part}\nAlternate: {line.alternate}" if line.alternate else part,
        "\n".join(word for word in how if word),
        quantity(line.quantity),
        unit_price(line.unit_price, currency),
        money(Money(line.total_minor, currency)),
        "\n".join(f"{name}: {money(Money(minor, currency))}" for name, minor in once),
        str(line.lead_time_days),
    ]


def _totals(order: Order) -> Iterator[tuple[str, str]]:
    for name, minor in price_rows(order):
        yield name, money(Money(minor, order.currency))
    yield "Total", money(order.total)


def _files(lines: Sequence[OrderLine]) -> Iterator[tuple[str, str, str]]:
    for line in lines:
        for file in line.files:
            yield line.part_number, file["name"], file["sha256"]
