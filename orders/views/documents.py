"""The purchase order of an order, for both sides."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page, portal_page
from accounts.http import Request
from marketplace.core.downloads import pdf_answer
from marketplace.core.errors import NotFound
from marketplace.files.actions import store_upload
from marketplace.files.models import StoredFile
from orders import queries, rules
from orders.actions import purchase_order as actions
from orders.documents import purchase_order
from orders.models import Order
from orders.views.buyer import PAGE, TEMPLATE
from orders.views.shared import act


def _answer(order: Order) -> HttpResponse:
    return pdf_answer(purchase_order(order), f"{order.reference}-purchase-order.pdf")


@buyer_page
def purchase_order_pdf(request: Request, order: str) -> HttpResponse:
    """The buyer's download."""
    found = queries.get_order(request.actor, order)
    if found.buyer_id != request.actor.company.pk:
        raise NotFound()
    return _answer(found)


@portal_page
def portal_purchase_order_pdf(request: Request, order: str) -> HttpResponse:
    """The manufacturer's download."""
    found = queries.get_order(request.actor, order)
    if found.manufacturer_id != request.actor.company.pk:
        raise NotFound()
    return _answer(found)


@buyer_page
@require_POST
def attach_purchase_order(request: Request, order: str) -> HttpResponse:
    """Attach the purchase order of one's own system."""

    def action(*, actor: Actor, public_id: str, file: UploadedFile, number: str) -> Any:
        # Rights first, so that a stranger's upload never reaches the storage.
        rules.check_can_attach(actor, queries.get_order(actor, public_id))
        kept = store_upload(actor=actor, upload=file, kind=StoredFile.Kind.DOCUMENT)
        return actions.attach_purchase_order(
            actor=actor, public_id=public_id, file=kept, number=number
        )

    done = "Attached. The manufacturer can download it."
    return act(request, order, PAGE, TEMPLATE, action, done, "purchase_order")
