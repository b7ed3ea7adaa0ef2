"""Papers of an order: issued in the transaction that makes them true, written by the worker."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.events import record
from marketplace.core.numbers import take_number
from marketplace.core.pdf import Document, from_json, pdf_bytes, to_json
from marketplace.files.actions import erase_files, store_generated
from marketplace.files.models import StoredFile
from orders import events
from orders.models import Order, OrderDocument
from orders.papers.purchase_order import order_confirmation, purchase_order
from orders.queries import lock_order

# What a number begins with, and the series it comes from: without gaps, anew each year.
PREFIX = {
    OrderDocument.Kind.CONFIRMATION: "OC",
    OrderDocument.Kind.DELIVERY_NOTE: "DN",
    OrderDocument.Kind.PACKING_LIST: "PL",
    OrderDocument.Kind.FIRST_ARTICLE: "FA",
    OrderDocument.Kind.CONFORMANCE: "CC",
    OrderDocument.Kind.EVIDENCE: "EP",
}


WRITER = Actor.system("Document writer")


def issue_document(
    *,
    actor: Actor,
    order: Order,
    kind: str,
    write: Callable[[str], Document],
    subject: str = "",
    number: str = "",
    revision: int = 1,
) -> OrderDocument:
    """Freeze what a paper says, once for each kind, subject and revision.

    `write` makes the document for its number; `number` is given where the paper has one of its
    own (the buyer's PO number), else the next of the kind's series is taken. The caller holds the
    order's lock.
    """
    found = order.documents.filter(kind=kind, subject=subject, revision=revision).first()
    if found is not None:
        return found
    number = number or next_number(kind)
    document = OrderDocument.objects.create(
        order=order,
        kind=kind,
        subject=subject,
        revision=revision,
        number=number,
        content=to_json(write(number)),
    )
    record(
        events.DOCUMENT_ISSUED,
        document,
        thread=order,
        actor=actor,
        visible_to=order.parties,
        document=document.get_kind_display(),
        number=number,
    )
    return document


@transaction.atomic
def issue_purchase_order(public_id: str) -> OrderDocument:
    """The order as a purchase order, under the buyer's number where it gave one. Twice is once."""
    order = lock_order(public_id)
    return issue_document(
        actor=WRITER,
        order=order,
        kind=OrderDocument.Kind.PURCHASE_ORDER,
        number=order.po_number or order.reference,
        write=lambda number: purchase_order(order),
    )


@transaction.atomic
def issue_confirmation(public_id: str) -> OrderDocument:
    """The shop's confirmation of the order. Twice is once."""
    order = lock_order(public_id)
    return issue_document(
        actor=WRITER,
        order=order,
        kind=OrderDocument.Kind.CONFIRMATION,
        write=lambda number: order_confirmation(order, number),
    )


def next_number(kind: str) -> str:
    """The next number of a kind of paper, without gaps; inside a transaction."""
    series = f"{PREFIX[OrderDocument.Kind(kind)]}-{timezone.localdate().year}"
    return f"{series}-{take_number(series):05d}"


def write_document(public_id: str) -> OrderDocument:
    """Write the file of an issued paper, once. For the worker: storage is outside any
    transaction, and of two that write at once the second one's row is not kept."""
    document = OrderDocument.objects.select_related("order__buyer", "file").get(public_id=public_id)
    if document.file is not None:
        return document
    file = store_generated(
        organization=document.order.buyer,
        kind=StoredFile.Kind.DOCUMENT,
        name=document.file_name,
        content=bytes_of(document),
    )
    with transaction.atomic():
        mine = OrderDocument.objects.filter(pk=document.pk, file=None).update(file=file)
        if not mine:
            erase_files(actor=WRITER, files=[file], rows=True)
    document.refresh_from_db()
    return document


def bytes_of(document: OrderDocument) -> bytes:
    """The document as PDF, the same bytes every time."""
    return pdf_bytes(from_json(document.content))
