"""Delivery note and packing list: plain values of a shipment in, a document out."""

from typing import Any

from marketplace.core.pdf import Barcode, Document, Facts, Heading, Paragraph, table_of
from marketplace.core.templatetags.formats import plain_day, quantity
from orders.models import Order, Shipment
from orders.progress import progress_of

HEAD = ["", "Part number", "Rev", "Part", "Lot", "Quantity"]
WIDTHS = (0.6, 2.4, 0.8, 3.2, 1.6, 1.4)


def delivery_note(order: Order, shipment: Shipment, number: str) -> Document:
    """What travels, for the goods-in desk to count and sign."""
    blocks: list[Any] = [
        Barcode(number),
        Facts(_facts(order, shipment)),
        Heading("What is in this shipment"),
        table_of(HEAD, _rows(shipment), numeric=frozenset({5}), widths=WIDTHS),
        *_still_to_come(order, shipment),
        Heading("Received"),
        Facts([("Date", "_" * 30), ("Name and signature", "_" * 30)]),
    ]
    return _paper("Delivery note", order, shipment, number, blocks)


def packing_list(order: Order, shipment: Shipment, number: str) -> Document:
    """The packages of a shipment and what is in them, for whoever packs, carries and unpacks."""
    packages = list(shipment.packages.all())
    blocks: list[Any] = [
        Barcode(number),
        Facts(_facts(order, shipment)),
        Heading("Packages"),
        *_packages(packages),
        Heading("Contents"),
        table_of(HEAD, _rows(shipment), numeric=frozenset({5}), widths=WIDTHS),
    ]
    return _paper("Packing list", order, shipment, number, blocks)


def _paper(kind: str, order: Order, shipment: Shipment, number: str, blocks: list[Any]) -> Document:
    goes_back = shipment.purpose == Shipment.Purpose.RETURN
    sender = order.buyer_name if goes_back else order.manufacturer_name
    footer = f"{sender} · {order.reference}, shipment {shipment.number}"
    return Document(kind, number, shipment.shipped_at, blocks, footer=footer)


def _facts(order: Order, shipment: Shipment) -> list[tuple[str, str]]:
    shop = f"{order.manufacturer_name}\n{return_address(order)}"
    buyer = f"{order.buyer_name}\n{order.ship_to}"
    goes_back = shipment.purpose == Shipment.Purpose.RETURN
    facts = [
        ("From", buyer if goes_back else shop),
        ("To", shop if goes_back else buyer),
        *_about_problem(shipment),
        ("PO number", order.po_number or "none given"),
        ("Order", f"{order.reference}, {order.title}"),
        ("Shipment", f"{shipment.number}, on {plain_day(shipment.shipped_at)}"),
        ("Carrier", f"{shipment.carrier_label}, {shipment.tracking_number}"),
        ("Delivery term", f"{order.incoterm} (Incoterms 2020)"),
    ]
    return [*facts, ("Note", shipment.note)] if shipment.note else facts


def return_address(order: Order) -> str:
    """Where the shop is, and where pieces go back to."""
    shop = order.manufacturer
    return "\n".join(word for word in (shop.address, shop.city, str(shop.country)) if word)


def _about_problem(shipment: Shipment) -> list[tuple[str, str]]:
    problem = shipment.problem
    if problem is None:
        return []
    if shipment.purpose == Shipment.Purpose.RETURN:
        return [("RMA number", problem.rma_number), ("Returned for", problem.reference)]
    return [("Replaces the pieces of", problem.reference)]


def _rows(shipment: Shipment) -> list[list[str]]:
    return [
        [
            str(row.line.position),
            row.line.part_number,
            row.line.revision_label,
            row.line.part_name,
            row.lot or "-",
            quantity(row.quantity),
        ]
        for row in shipment.lines.select_related("line")
    ]


def _still_to_come(order: Order, shipment: Shipment) -> list[Any]:
    if shipment.purpose != Shipment.Purpose.ORDER:
        return []
    title = Heading("What is still to come")
    rows = [
        [str(row.line.position), row.line.part_number, quantity(row.ordered), quantity(row.to_ship)]
        for row in progress_of(order)
        if row.to_ship
    ]
    if not rows:
        return [title, Paragraph("Nothing: with this shipment everything ordered has left.")]
    head = ["", "Part number", "Ordered", "To come"]
    return [title, table_of(head, rows, numeric=frozenset({2, 3}), widths=(0.6, 5, 2, 2))]


def _packages(packages: list[Any]) -> list[Any]:
    if not packages:
        return [Paragraph("The packages are not listed.")]
    rows = [
        [str(box.count), f"{box.weight_kg.normalize():f} kg", box.size, _weight(box)]
        for box in packages
    ]
    count = sum(box.count for box in packages)
    total = sum(box.count * box.weight_kg for box in packages)
    rows.append([str(count), "", "", f"{total.normalize():f} kg"])
    return [
        table_of(
            ["Packages", "Each", "Size of each", "Together"],
            rows,
            numeric=frozenset({0, 1, 3}),
            strong=frozenset({len(rows) - 1}),
        )
    ]


def _weight(box: Any) -> str:
    return f"{(box.count * box.weight_kg).normalize():f} kg"
