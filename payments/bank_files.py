"""The files a bank gets beside the words: which fit, and their content when they are sent.

Only what the buyer may see: the bank shows it to the buyer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts.roles import Side
from marketplace.core.errors import DomainError
from marketplace.core.pdf import pdf_bytes
from marketplace.files.models import StoredFile
from orders.evidence import files_seen_by
from orders.models import Order
from orders.papers.evidence import evidence_index
from payments.models import DisputeCase, Document, Receipt

# Field of Stripe -> how staff read it: docs.stripe.com/api/disputes/evidence_object.
FILE_FIELDS = {
    "receipt": "Receipt or invoice",
    "shipping_documentation": "Proof of shipment or delivery",
    "customer_communication": "What the buyer wrote or agreed to",
    "uncategorized_file": "The record of the order, or another file",
}
# What the worker draws when it is sent, instead of a stored file.
RECORD = "record"
KINDS = ("application/pdf", "image/jpeg", "image/png")
# Banks take so much in all: docs.stripe.com/disputes/responding.
MOST_BYTES = 4_500_000
MOST_ROWS = 10_000


def files_to_choose(order: Order) -> list[StoredFile]:
    """What a bank takes of the files of an order the buyer may see, the papers of its payments
    first. A constant number of queries."""
    papers = [
        *Receipt.objects.filter(request__order=order, file__isnull=False).values_list(
            "file__public_id", flat=True
        ),
        *Document.objects.filter(
            order=order, recipient=order.buyer, file__isnull=False
        ).values_list("file__public_id", flat=True),
    ]
    seen = [item.file for item in files_seen_by(order, Side.BUYER)]
    wanted = list(dict.fromkeys([*papers, *seen]))
    stored = StoredFile.objects.filter(
        public_id__in=wanted, content_type__in=KINDS, size__lte=MOST_BYTES
    )
    found = {file.public_id: file for file in stored}
    return [found[one] for one in wanted if one in found]


def check_files(order: Order, chosen: Mapping[str, str]) -> dict[str, str]:
    """Field -> public id of a file (or RECORD), without those left empty. Raises DomainError for a
    file that is not the order's or not for a bank, and for more than a bank takes."""
    known = {file.public_id: file for file in files_to_choose(order)}
    wanted = {name: chosen[name] for name in FILE_FIELDS if chosen.get(name)}
    for name, one in wanted.items():
        if one != RECORD and one not in known:
            sentence = "Choose one of the files listed here."
            raise DomainError(sentence, fields={name: sentence})
    size = sum(known[one].size for one in wanted.values() if one != RECORD)
    if size > MOST_BYTES:
        raise DomainError(
            f"Banks take at most {MOST_BYTES / 1e6:.1f} MB of files in all; these are "
            f"{size / 1e6:.1f} MB. Leave one out."
        )
    return wanted


def name_of(case: DisputeCase, one: str) -> str:
    """What a chosen file is called, for people."""
    if one == RECORD:
        return "The record of the order (PDF)"
    found = StoredFile.objects.filter(public_id=one).first()
    return found.name if found else "A file that is not stored any more"


def content_of(case: DisputeCase, one: str, at: datetime) -> tuple[str, bytes] | None:
    """(name, content) of a chosen file for the bank; None where it is not stored any more. The
    record says how the order stands at the moment `at`."""
    assert case.request is not None
    if one == RECORD:
        order = case.request.order
        index = evidence_index(order, order.reference, side=Side.BUYER, at=at)
        return f"{order.reference}.pdf", pdf_bytes(index, MOST_ROWS)
    found = StoredFile.objects.filter(public_id=one).first()
    key = found.content.name if found is not None else ""
    if found is None or not key or not found.content.storage.exists(key):
        return None
    with found.content.open("rb") as source:
        return found.name, source.read()
