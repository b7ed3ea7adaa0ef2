"""The documents of an order, for both sides."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.roles import Side
from marketplace.core.downloads import pdf_answer
from marketplace.core.errors import NotFound
from marketplace.core.pdf import from_json
from marketplace.files.actions import store_upload
from marketplace.files.links import link_to
from marketplace.files.models import StoredFile
from orders import rules
from orders.actions import purchase_order as actions
from orders.forms import order as forms
from orders.models import Order, OrderDocument
from orders.papers.purchase_order import purchase_order
from orders.queries import find_order
from orders.views.room import Room, act_in_room, order_at, show_room


def _context(actor: Actor, order: Order, side: str) -> dict[str, Any]:
    attached = order.purchase_orders.select_related("file")
    return {
        "documents": order.documents.select_related("file").defer("content").order_by("-pk"),
        "attached": [(row, link_to(row.file, actor)) for row in attached],
        "can_attach": rules.ATTACH_PURCHASE_ORDER.is_open(actor, order),
    }


ROOM = Room(
    "order_documents",
    "orders/order_documents.html",
    _context,
    forms={"purchase_order": forms.PurchaseOrderForm},
)


def order_documents(request: Request, side: str, order: str) -> HttpResponse:
    """Every paper of the order, newest first."""
    return show_room(request, ROOM, side, order)


def order_document(request: Request, side: str, order: str, document: str) -> HttpResponse:
    """One paper, offered as a download."""
    paper = order_at(request.actor, side, order).documents.filter(public_id=document).first()
    if paper is None:
        raise NotFound()
    return _paper(request, paper)


def purchase_order_pdf(request: Request, side: str, order: str) -> HttpResponse:
    """The newest purchase order; before the worker has issued it, the same from the order."""
    found = order_at(request.actor, side, order)
    issued = found.documents.filter(kind=OrderDocument.Kind.PURCHASE_ORDER).order_by("-revision")
    paper = issued.first()
    if paper is None:
        return pdf_answer(purchase_order(found), f"{found.reference}-purchase-order.pdf")
    return _paper(request, paper)


def _paper(request: Request, paper: OrderDocument) -> HttpResponse:
    """The kept file, or the same bytes from what was frozen while the file is being written."""
    if paper.file is not None:
        return redirect(link_to(paper.file, request.actor))
    return pdf_answer(from_json(paper.content), paper.file_name)


@buyer_page
@require_POST
def attach_purchase_order(request: Request, order: str) -> HttpResponse:
    """Attach the purchase order of one's own system."""

    def action(*, actor: Actor, public_id: str, file: UploadedFile, number: str) -> Any:
        # Rights first, so that a stranger's upload never reaches the storage.
        rules.ATTACH_PURCHASE_ORDER.check(actor, find_order(actor, public_id))
        kept = store_upload(actor=actor, upload=file, kind=StoredFile.Kind.DOCUMENT)
        return actions.attach_purchase_order(
            actor=actor, public_id=public_id, file=kept, number=number
        )

    done = "Attached. The manufacturer can download it."
    return act_in_room(request, ROOM, Side.BUYER, order, action, done, "purchase_order")
