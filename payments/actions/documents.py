"""Invoices and credit notes: numbered in the transaction that freezes them, written by the worker.

They follow what happened to the money and never stand in its way: a handler issues them, and
whatever fails is tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization
from marketplace.core.events import record
from marketplace.core.numbers import take_number
from marketplace.core.pdf import pdf_bytes
from marketplace.files.actions import erase_files, store_generated
from marketplace.files.models import StoredFile
from orders.models import Order
from orders.queries import lock_order
from payments import events
from payments.credit_queries import receivable_of_payment
from payments.invoicing import Facts, Line, facts_of, party_of
from payments.models import Document, Instruction, OrderTax, PaymentRequest, Receivable
from payments.models.request import PAID_STATES
from payments.papers.einvoice import einvoice_xml
from payments.papers.facturx import attached_xml
from payments.papers.invoice import invoice_paper
from payments.queries import lock_payment
from payments.states import InstructionState
from payments.tax_queries import lowered_minor, tax_of_order

WRITER = Actor.system("Invoice writer")
Kind = Document.Kind
PREFIX = {
    Kind.INVOICE: "IN",
    Kind.CREDIT_NOTE: "CN",
    Kind.COMMISSION: "CI",
    Kind.COMMISSION_CREDIT: "CC",
}
# A refund that never went out and was not replaced has given nothing back yet.
NOT_GONE = (InstructionState.PENDING, InstructionState.BLOCKED)


@dataclass(frozen=True)
class Issue:
    """What a document is about; None as issuer is the platform."""

    kind: str
    cause: str
    issuer: Organization | None
    recipient: Organization
    order: Order | None = None
    request: PaymentRequest | None = None
    corrects: Document | None = None


def issue(about: Issue, write: Callable[[str, str], Facts]) -> Document:
    """Take the next number and freeze what `write(number, day)` says, once for each cause.

    Inside a transaction, under a lock that nobody else can issue the same under; the series stays
    locked until it ends, so that none leaves a gap.
    """
    found = Document.objects.filter(cause=about.cause).first()
    if found is not None:
        return found
    prefix = f"{PREFIX[Kind(about.kind)]}-{timezone.localdate().year}"
    series = f"{about.issuer.public_id if about.issuer else 'platform'}:{prefix}"
    number = f"{prefix}-{take_number(series):05d}"
    facts = write(number, timezone.localdate().isoformat())
    document = Document.objects.create(
        kind=about.kind,
        cause=about.cause,
        series=series,
        number=number,
        issuer=about.issuer,
        recipient=about.recipient,
        order=about.order,
        request=about.request,
        corrects=about.corrects,
        net_minor=facts.net_minor,
        tax_minor=facts.tax_minor,
        gross_minor=facts.gross_minor,
        currency=facts.currency,
        facts=facts.plain(),
    )
    record(
        events.INVOICE_ISSUED,
        document,
        thread=about.order,
        actor=WRITER,
        visible_to=[party for party in (about.issuer, about.recipient) if party is not None],
        document=document.get_kind_display(),
        number=number,
        amount=str(document.gross),
    )
    return document


@transaction.atomic
def issue_invoice(*, payment: str) -> Document | None:
    """The invoice of an instalment that is paid, or owed on account from now on, in the seller's
    name, once.

    `payment` is its public id. None while it is neither, and where the seller has given no mandate
    and so invoices itself.
    """
    order_id = PaymentRequest.objects.values_list("order__public_id", flat=True)
    order = lock_order(order_id.get(public_id=payment))
    request = lock_payment(order.payments.get(public_id=payment).pk)
    return _invoice(order, request)


def _invoice(order: Order, request: PaymentRequest) -> Document | None:
    tax = tax_of_order(order)
    if tax is None or not tax.is_shown:
        return None
    owed = receivable_of_payment(request)
    if request.state not in PAID_STATES and (owed is None or owed.due_on is None):
        return None
    off, off_tax = lowered_minor(request) if owed else (0, 0)
    net, vat = request.amount_minor - off, request.tax_minor - off_tax
    if net + vat <= 0:
        return None
    part = "Whole order" if request.kind == PaymentRequest.Kind.FULL else request.label
    made = ", ".join(f"{line.quantity} × {line.part_name}" for line in order.lines.all()[:20])
    about = Issue(
        Kind.INVOICE,
        f"invoice:{request.public_id}",
        order.manufacturer,
        order.buyer,
        order,
        request,
    )

    def write(number: str, day: str) -> Facts:
        when = "on account" if owed else "paid in advance"
        text = f"{part} of {order.reference}, {order.title}: {made}, {when}"
        return Facts(
            kind=str(Kind.INVOICE),
            number=number,
            issued_on=day,
            **_parties(order, tax),
            lines=(Line(text[:500], net),),
            net_minor=net,
            tax_minor=vat,
            **_settled(request, owed),
        )

    return issue(about, write)


def _settled(request: PaymentRequest, owed: Receivable | None) -> dict[str, Any]:
    """How an invoice was paid, or how it is to be."""
    if owed is None or owed.due_on is None:
        paid_on = timezone.localdate(request.paid_at).isoformat()
        return {"paid_on": paid_on, "paid_by": request.charge}
    return {
        "due_on": owed.due_on.isoformat(),
        "pay_with": owed.number,
        "pay_to": settings.PLATFORM_IBAN,
    }


@transaction.atomic
def issue_lowering(*, payment: str) -> Document | None:
    """The credit note for what was taken off a payment on account after it was invoiced.

    It credits what the invoice and its earlier credit notes of this kind say too much: twice is
    once, and None where they say what is owed.
    """
    order_id = PaymentRequest.objects.values_list("order__public_id", flat=True)
    order = lock_order(order_id.get(public_id=payment))
    request = lock_payment(order.payments.get(public_id=payment).pk)
    invoice = Document.objects.filter(cause=f"invoice:{request.public_id}").first()
    tax = tax_of_order(order)
    if invoice is None or tax is None:
        return None
    off, off_tax = lowered_minor(request)
    before = Document.objects.filter(cause__startswith=f"lowered:{request.public_id}:")
    sums: Any = before.aggregate(net=Sum("net_minor", default=0), tax=Sum("tax_minor", default=0))
    net = invoice.net_minor - sums["net"] - (request.amount_minor - off)
    vat = invoice.tax_minor - sums["tax"] - (request.tax_minor - off_tax)
    if net + vat <= 0:
        return None
    about = Issue(
        Kind.CREDIT_NOTE,
        f"lowered:{request.public_id}:{off + off_tax}",
        order.manufacturer,
        order.buyer,
        order,
        request,
        invoice,
    )

    def write(number: str, day: str) -> Facts:
        return Facts(
            kind=str(Kind.CREDIT_NOTE),
            number=number,
            issued_on=day,
            **_parties(order, tax),
            lines=(Line(f"Taken off {order.reference}, {order.title}", net),),
            net_minor=net,
            tax_minor=vat,
            corrects=invoice.number,
            corrects_on=timezone.localdate(invoice.issued_at).isoformat(),
        )

    return issue(about, write)


@transaction.atomic
def issue_credit_note(*, refund: str) -> Document | None:
    """The credit note of a refund that is done, once; its invoice first if that is still missing.

    `refund` is the public id of the instruction. None for money nobody had asked for, which was
    never invoiced, and where there is no invoice.
    """
    found = Instruction.objects.select_related("request__order").get(public_id=refund)
    order = lock_order(found.request.order.public_id)
    request = lock_payment(found.request.pk)
    is_ours = found.kind == Instruction.Kind.REFUND and found.charge == request.charge
    # What came above what was asked for was never invoiced.
    is_ours = is_ours and found.key != f"refund:{found.charge}"
    if not is_ours or found.state in NOT_GONE:
        return None
    invoice, tax = _invoice(order, request), tax_of_order(order)
    if invoice is None or tax is None:
        return None
    about = Issue(
        Kind.CREDIT_NOTE,
        f"credit:{found.public_id}",
        order.manufacturer,
        order.buyer,
        order,
        request,
        invoice,
    )
    net = found.amount_minor - found.tax_minor

    def write(number: str, day: str) -> Facts:
        return Facts(
            kind=str(Kind.CREDIT_NOTE),
            number=number,
            issued_on=day,
            **_parties(order, tax),
            lines=(Line(f"Given back for {order.reference}, {order.title}", net),),
            net_minor=net,
            tax_minor=found.tax_minor,
            paid_on=timezone.localdate(found.state_changed_at).isoformat(),
            paid_by=found.stripe_ref or found.public_id,
            corrects=invoice.number,
            corrects_on=timezone.localdate(invoice.issued_at).isoformat(),
        )

    return issue(about, write)


def _parties(order: Order, tax: OrderTax) -> dict[str, Any]:
    """What all papers of an order share: the companies and the VAT that was found."""
    return {
        "currency": order.currency,
        "seller": party_of(order.manufacturer, tax.seller_country, tax.seller_vat_id),
        "buyer": party_of(order.buyer, tax.buyer_country, tax.buyer_vat_id),
        "rate_bps": tax.rate_bps,
        "category": tax.category,
        "sentence": tax.sentence,
        "subject": f"Order {order.reference}",
        "buyer_reference": order.po_number,
        "in_name_of": settings.SITE_NAME,
    }


def write_files(public_id: str) -> Document:
    """Write the PDF and the XML of a document, each once. For the worker: storage is outside any
    transaction, and of two that write at once the second one's rows are not kept."""
    document = Document.objects.select_related("recipient", "file", "xml").get(public_id=public_id)
    for field, ending, content in (
        ("file", "pdf", pdf_of),
        ("xml", "xml", xml_of),
    ):
        if getattr(document, field) is not None:
            continue
        made = store_generated(
            organization=document.recipient,
            kind=StoredFile.Kind.DOCUMENT,
            name=document.file_name(ending),
            content=content(document),
        )
        with transaction.atomic():
            unwritten = Document.objects.filter(pk=document.pk, **{field: None})
            if not unwritten.update(**{field: made}):
                erase_files(actor=WRITER, files=[made], rows=True)
    document.refresh_from_db()
    return document


def pdf_of(document: Document) -> bytes:
    """The document as PDF that holds its XML (Factur-X), the same bytes every time."""
    facts = facts_of(document.facts)
    paper = invoice_paper(facts, document.issued_at)
    title = f"{paper.kind} {paper.number}"
    xml = attached_xml(xml_of(document), title, facts.seller.name, document.issued_at)
    return pdf_bytes(paper, attached=xml)


def xml_of(document: Document) -> bytes:
    """The document as XML by EN 16931."""
    return einvoice_xml(facts_of(document.facts))
