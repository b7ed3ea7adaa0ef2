"""The buyer hands over the purchase order of its own system."""

from django.core.files.base import File
from django.db import transaction

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from marketplace.files.actions import store_upload
from marketplace.files.checks import clean_name
from marketplace.files.models import StoredFile
from orders import events
from orders.models import PurchaseOrderFile
from orders.queries import find_order, lock_order
from orders.rules import ATTACH_PURCHASE_ORDER

MOST = 10


def upload_purchase_order(
    *, actor: Actor, public_id: str, file: File, number: str = ""
) -> PurchaseOrderFile:
    """Keep an uploaded PDF with the order, for both sides.

    Raises as `attach_purchase_order` does, before anything is stored; DomainError on `file` for
    what is no PDF.
    """
    # Rights first, so that a stranger's upload never reaches the storage.
    ATTACH_PURCHASE_ORDER.check(actor, find_order(actor, public_id))
    # Other documents may be pictures, which are drawn anew; this one is kept byte for byte.
    if not clean_name(file.name or "").lower().endswith(".pdf"):
        sentence = "A purchase order is a PDF. Export it from your system, or scan it, as PDF."
        raise DomainError(sentence, fields={"file": sentence})
    kept = store_upload(actor=actor, upload=file, kind=StoredFile.Kind.DOCUMENT)
    return attach_purchase_order(actor=actor, public_id=public_id, file=kept, number=number)


@transaction.atomic
def attach_purchase_order(
    *, actor: Actor, public_id: str, file: StoredFile, number: str = ""
) -> PurchaseOrderFile:
    """Keep a stored PDF with the order, for both sides; the same content again is once.

    Raises NotFound, NotAllowed, WrongState before the approval or after the end, DomainError above
    ten files.
    """
    order = lock_order(public_id)
    ATTACH_PURCHASE_ORDER.check(actor, order)
    kept = list(order.purchase_orders.select_related("file"))
    number = " ".join(number.split())[:60]
    if kept and (kept[0].file.sha256, kept[0].number) == (file.sha256, number):
        return kept[0]
    if len(kept) >= MOST:
        raise DomainError(f"An order keeps at most {MOST} purchase orders.")
    attached = PurchaseOrderFile.objects.create(order=order, file=file, number=number)
    record(
        events.PURCHASE_ORDER_ATTACHED,
        attached,
        actor=actor,
        thread=order,
        visible_to=order.parties,
        file=file.name,
    )
    return attached
