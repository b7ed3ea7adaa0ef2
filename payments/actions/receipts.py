"""Receipts: numbered in the transaction that freezes them, written by the worker."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.numbers import take_number
from marketplace.core.pdf import from_json, pdf_bytes, to_json
from marketplace.files.actions import erase_files, store_generated
from marketplace.files.models import StoredFile
from orders.queries import lock_order
from payments.models import PaymentRequest, Receipt
from payments.models.request import PAID_STATES
from payments.papers.receipt import receipt_paper
from payments.queries import lock_payment

WRITER = Actor.system("Receipt writer")


@transaction.atomic
def issue_receipt(*, payment: str) -> Receipt | None:
    """Freeze the receipt of a paid instalment, once, with the next number of its year.

    `payment` is the public id. None while it is not paid.
    """
    order_id = PaymentRequest.objects.values_list("order__public_id", flat=True)
    order = lock_order(order_id.get(public_id=payment))
    request = lock_payment(order.payments.get(public_id=payment).pk)
    request.order = order
    found = Receipt.objects.filter(request=request).first()
    if found is not None or request.state not in PAID_STATES:
        return found
    now = timezone.now()
    series = f"RC-{timezone.localdate().year}"
    number = f"{series}-{take_number(series):05d}"
    return Receipt.objects.create(
        request=request, number=number, content=to_json(receipt_paper(request, number, now))
    )


def write_receipt(public_id: str) -> Receipt:
    """Write the file of a receipt, once. For the worker: storage is outside any transaction, and
    of two that write at once the second one's row is not kept."""
    receipt = Receipt.objects.select_related("request__order__buyer", "file").get(
        public_id=public_id
    )
    if receipt.file is not None:
        return receipt
    file = store_generated(
        organization=receipt.request.order.buyer,
        kind=StoredFile.Kind.DOCUMENT,
        name=receipt.file_name,
        content=pdf_bytes(from_json(receipt.content)),
    )
    with transaction.atomic():
        if not Receipt.objects.filter(pk=receipt.pk, file=None).update(file=file):
            erase_files(actor=WRITER, files=[file], rows=True)
    receipt.refresh_from_db()
    return receipt
