"""The documents of an order, for both sides."""

from typing import Any

from django.contrib import messages
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
from marketplace.files.links import link_to
from orders import rules
from orders.actions import evidence
from orders.actions import purchase_order as actions
from orders.evidence import papers_seen_by
from orders.forms import order as forms
from orders.models import Order, OrderDocument
from orders.papers.purchase_order import purchase_order
from orders.rooms import url_of
from orders.views.room import Room, act_in_room, order_at, show_room


def _context(actor: Actor, order: Order, side: str) -> dict[str, Any]:
    attached = order.purchase_orders.select_related("file")
    return {
        **papers_context(actor, order, side),
        "attached": [(row, link_to(row.file, actor)) for row in attached],
        "can_attach": rules.ATTACH_PURCHASE_ORDER.is_open(actor, order),
    }


Kind = OrderDocument.Kind


def papers_context(actor: Actor, order: Order, side: str, problem: str = "") -> dict[str, Any]:
    """The papers this side may see, newest first, its evidence packs apart: those of the order as
    a whole, or of one problem."""
    papers = papers_seen_by(order, side).select_related("file").defer("content").order_by("-pk")
    evidence = [p for p in papers if p.kind == Kind.EVIDENCE and p.subject == problem]
    return {
        "documents": [paper for paper in papers if paper.kind != Kind.EVIDENCE],
        "packs": evidence,
        "pack_pending": any(pack.file is None for pack in evidence),
        "packs_of": problem,
        "can_ask_evidence": rules.EVIDENCE.is_open(actor, order),
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
    paper = papers_seen_by(order_at(request.actor, side, order), side).filter(public_id=document)
    found = paper.first()
    if found is None:
        raise NotFound()
    if found.kind == Kind.EVIDENCE and found.file is None:
        sentence = "This pack is still being put together. It can be downloaded in a moment."
        return show_room(request, ROOM, side, order, sentence=sentence, status=409)
    return _paper(request, found)


@require_POST
def ask_evidence(request: Request, side: str, order: str) -> HttpResponse:
    """Everything this side may see of the order, or of one problem, in one ZIP."""
    found = order_at(request.actor, side, order)
    problem = request.POST.get("problem", "")
    evidence.ask_evidence(actor=request.actor, public_id=order, problem=problem)
    messages.success(request, "The evidence is put together. It is ready in a moment.")
    page = url_of("order_problem", found, side, problem) if problem else ROOM.address(order, side)
    return redirect(f"{page}#evidence-packs")


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
    done = "Attached. The manufacturer can download it."
    return act_in_room(
        request, ROOM, Side.BUYER, order, actions.upload_purchase_order, done, "purchase_order"
    )
