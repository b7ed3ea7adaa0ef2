"""What a buyer's bank is told when it disputes a payment, made of what the order holds.

It is what the buyer may see anyway, since the bank shows it to the buyer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from accounts.roles import Side
from marketplace.core.pdf import Document, Facts, Heading, Paragraph, Table
from orders.models import Order, Shipment
from orders.papers.evidence import evidence_index
from payments.models import DisputeCase

# Stripe takes 20,000 characters a field: docs.stripe.com/api/disputes/evidence_object.
MOST_TEXT = 20_000
CUT = "\n(cut here; the whole record is kept)"
# Field of Stripe -> how staff read it, in the order of the form.
FIELDS = {
    "product_description": "What was sold",
    "customer_name": "Who bought it",
    "shipping_carrier": "Carrier",
    "shipping_tracking_number": "Tracking numbers",
    "shipping_date": "Shipped on",
    "uncategorized_text": "The record of the order",
}


def draft_evidence(case: DisputeCase) -> dict[str, str]:
    """The texts for the bank as the order stands now, by Stripe's names of the fields."""
    assert case.request is not None
    order = case.request.order
    shipments = list(order.shipments.filter(purpose=Shipment.Purpose.ORDER).order_by("pk"))
    index = evidence_index(order, order.reference, side=Side.BUYER, at=timezone.now())
    texts = {
        "product_description": _description(order),
        "customer_name": order.buyer_name,
        "shipping_carrier": ", ".join(dict.fromkeys(_carrier(row) for row in shipments)),
        "shipping_tracking_number": ", ".join(row.tracking_number for row in shipments),
        "shipping_date": f"{shipments[0].shipped_at:%Y-%m-%d}" if shipments else "",
        "uncategorized_text": document_text(index),
    }
    return {name: cut(text) for name, text in texts.items() if text}


def cut(text: str) -> str:
    """A text as long as Stripe takes it."""
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - len(CUT)] + CUT


def document_text(document: Document) -> str:
    """A document of the house as plain lines."""
    return "\n".join(line for block in document.blocks for line in _lines(block))


def _description(order: Order) -> str:
    lines = [
        f"{line.quantity} x {line.part_number} ({line.process}, {line.material})"
        for line in order.lines.all()
    ]
    return f"Custom parts made to the buyer's drawings: {order.title}.\n" + "\n".join(lines)


def _carrier(shipment: Shipment) -> str:
    return shipment.carrier_name or str(shipment.get_carrier_display())


def _lines(block: Any) -> Iterator[str]:
    if isinstance(block, Heading):
        yield from ("", block.text.upper())
    elif isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, Facts):
        yield from (f"{name}: {value}" for name, value in block.pairs)
    elif isinstance(block, Table):
        yield from (" | ".join(cell for cell in row) for row in [block.head, *block.rows])
