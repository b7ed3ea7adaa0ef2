"""The certificate of conformance: the facts of an order in, a document out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marketplace.core.pdf import Barcode, Document, Facts, Heading, Paragraph, table_of
from marketplace.core.templatetags.formats import plain_day, quantity
from orders.models import Inspection, Order, ShipmentLine

STATEMENT = (
    "We certify that the parts named here were made and inspected in accordance with the purchase "
    "order, the drawings and files of the revisions named here, and the requirements agreed, and "
    "that they conform to them. Records of manufacture and inspection are kept and can be examined."
)


def conformance_certificate(
    order: Order, number: str, *, person: str, at: datetime, inspections: Sequence[Inspection]
) -> Document:
    """`person` signs by name; `inspections` are those that count."""
    lines = [line for line in order.lines.all() if line.quantity]
    lots: dict[int, set[str]] = {}
    shipped = ShipmentLine.objects.filter(shipment__order=order).exclude(lot="")
    for line, lot in [*shipped.values_list("line", "lot"), *_inspected_lots(inspections)]:
        lots.setdefault(line, set()).add(lot)
    parts = [
        [
            str(line.position),
            f"{line.part_number} rev {line.revision_label}\n{line.part_name}",
            "\n".join(word for word in (line.process, line.material, line.finish) if word),
            line.tolerance,
            ", ".join(sorted(lots.get(line.pk, set()))) or "-",
            quantity(line.quantity),
        ]
        for line in lines
    ]
    blocks: list[Any] = [
        Barcode(number),
        Facts(
            [
                ("Manufacturer", order.manufacturer_name),
                ("Customer", order.buyer_name),
                ("PO number", order.po_number or "none given"),
                ("Order", f"{order.reference}, {order.title}"),
                ("Date", plain_day(at)),
            ]
        ),
        Heading("Parts"),
        table_of(
            ["", "Part", "How it is made", "Standard", "Lots", "Quantity"],
            parts,
            numeric=frozenset({5}),
            widths=(0.6, 3, 3, 2.6, 1.6, 1.5),
        ),
        Heading("Files of these revisions"),
        table_of(
            ["Part", "File", "SHA-256"],
            [(li.part_number, f["name"], f["sha256"]) for li in lines for f in li.files],
            widths=(1.6, 2.2, 6.2),
        ),
        Heading("Inspection"),
        *_inspections(inspections),
        Heading("Statement"),
        Paragraph(STATEMENT),
        Facts([("Signed by", person), ("For", order.manufacturer_name), ("On", plain_day(at))]),
    ]
    footer = f"{order.manufacturer_name} · {order.reference}"
    return Document("Certificate of conformance", number, at, blocks, footer=footer)


def _inspected_lots(inspections: Sequence[Inspection]) -> list[tuple[int, str]]:
    return [(row.line_id, row.lot) for row in inspections if row.lot]


def _inspections(inspections: Sequence[Inspection]) -> list[Any]:
    if not inspections:
        return [Paragraph("Inspected by the manufacturer's own quality check.")]
    rows = [
        [
            row.line.part_number,
            row.lot or "-",
            str(row.lot_size),
            row.plan_label,
            str(row.sample_size),
            str(row.defects),
            row.result_label,
            row.inspector,
            plain_day(row.inspected_on),
        ]
        for row in sorted(inspections, key=lambda row: (row.line.position, row.lot))
    ]
    head = ["Part", "Lot", "Lot size", "Plan", "Inspected", "Defects", "Result", "By", "On"]
    return [table_of(head, rows, numeric=frozenset({2, 4, 5}))]
