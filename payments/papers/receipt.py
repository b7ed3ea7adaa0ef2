"""The receipt of a payment: the facts of a payment in, a document out."""

from datetime import datetime

from marketplace.core.pdf import Barcode, Document, Facts, Heading, Paragraph, table_of
from marketplace.core.templatetags.formats import plain_day
from payments.models import PaymentRequest

STATEMENT = (
    "We received this payment and hold it for the order named here. It is released to the "
    "manufacturer step by step, as the order says, and what is not owed goes back to the buyer. "
    "This receipt is no invoice: the manufacturer invoices its deliveries."
)


def receipt_paper(payment: PaymentRequest, number: str, at: datetime) -> Document:
    """`payment` has been paid; the amounts are as they stood at `at`."""
    order = payment.order
    facts = [
        ("Buyer", order.buyer_name),
        ("Manufacturer", order.manufacturer_name),
        ("PO number", order.po_number or "none given"),
        ("Order", f"{order.reference}, {order.title}"),
        ("Paid on", plain_day(payment.paid_at)),
        ("Payment reference", payment.charge),
    ]
    net = ", net of VAT" if payment.tax_minor else ""
    what = "Whole order" if payment.kind == PaymentRequest.Kind.FULL else payment.label
    return Document(
        "Receipt",
        number,
        at,
        [
            Barcode(number),
            Facts(facts),
            Heading("What was paid"),
            table_of(
                ["For", "Amount"],
                _rows(payment, what),
                numeric=frozenset({1}),
                strong=frozenset({2}),
                widths=(6, 2),
            ),
            Facts(
                [
                    (f"Price of the order{net}", str(order.total)),
                    (f"Paid so far{net}", str(order.funded)),
                ]
            ),
            Paragraph(STATEMENT),
        ],
        footer=f"{order.buyer_name} · {order.reference}",
    )


def _rows(payment: PaymentRequest, what: str) -> list[list[str]]:
    """What was paid; with VAT the net, the VAT and both together."""
    if not payment.tax_minor:
        return [[what, str(payment.amount)]]
    return [
        [f"{what}, net", str(payment.amount)],
        ["VAT", str(payment.tax)],
        ["Paid", str(payment.gross)],
    ]
