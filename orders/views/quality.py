"""The quality of an order: what the contract asks for, and what was measured and handed in."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page, portal_page
from accounts.http import Request
from accounts.roles import Side
from marketplace.core.kept import kept_typed
from marketplace.files.actions import store_upload
from marketplace.files.links import link_to
from marketplace.files.models import StoredFile
from orders import rules
from orders.actions import certificates, inspections
from orders.actions.certificates import can_waive
from orders.first_articles import asks_for_first_article, first_articles_of, wanted_first_articles
from orders.forms.quality import (
    CertificateForm,
    InspectionForm,
    RejectFirstArticleForm,
    WaiveForm,
)
from orders.models import FirstArticle, Order, OrderDocument
from orders.quality import asks_for_inspection, inspected_pieces, papers_asked
from orders.states import FirstArticleState
from orders.views.room import Room, act_in_room, order_at, show_room

# Newest first; the API has every one.
MOST_SHOWN = 100


def quality_context(actor: Actor, order: Order, side: str) -> dict[str, Any]:
    """Every line with what it asks for and the newest of what it has."""
    moves = rules.available_moves(actor, order)
    wanted = wanted_first_articles(order)
    revisions: dict[int, list[FirstArticle]] = {}
    for row in first_articles_of(order, side):
        revisions.setdefault(row.line_id, []).append(row)
    newest = {line: rows[0] for line, rows in revisions.items()}
    papers = {
        (paper.subject, paper.revision): paper
        for paper in order.documents.filter(kind=OrderDocument.Kind.FIRST_ARTICLE).defer("content")
    }
    passed = inspected_pieces(order)
    lines = []
    for line in order.lines.all():
        report = newest.get(line.pk)
        lines.append(
            {
                "line": line,
                "report": report,
                "earlier": revisions.get(line.pk, [])[1:],
                "paper": papers.get((line.public_id, report.revision)) if report else None,
                "asks_inspection": asks_for_inspection(line),
                "inspected": min(passed.get(line.pk, 0), line.quantity),
                "needs_report": wanted.any_line or asks_for_first_article(line),
                "may_start": report is None or report.state == FirstArticleState.REJECTED,
            }
        )
    reports = list(newest.values())
    return {
        "quality_lines": lines,
        "wanted": bool(wanted),
        "reports": reports,
        "waiting": [r for r in reports if r.state == FirstArticleState.SUBMITTED],
        "drafts": [r for r in reports if r.state == FirstArticleState.DRAFT],
        "can_inspect": rules.INSPECT.is_open(actor, order),
        "may_submit": "submit_first_article" in moves,
        "may_decide": "approve_first_article" in moves,
        "asked": papers_asked(order),
        "inspections": [
            (row, link_to(row.file, actor))
            for row in order.inspections.select_related("line", "file")[:MOST_SHOWN]
        ],
        "certificates": [
            (row, link_to(row.file, actor))
            for row in order.certificates.select_related("line", "file")[:MOST_SHOWN]
        ],
        "conformances": order.documents.filter(kind=OrderDocument.Kind.CONFORMANCE)
        .defer("content")
        .order_by("-revision"),
        "can_waive": can_waive(actor, order),
    }


ROOM = Room(
    "order_quality",
    "orders/order_quality.html",
    quality_context,
    forms={
        "reject": RejectFirstArticleForm,
        "inspection": InspectionForm,
        "certificate": CertificateForm,
        "waive": WaiveForm,
    },
)

# Each form belongs to one side: name -> where it is sent.
SENT_TO: Mapping[str, Mapping[str, str]] = {
    Side.BUYER: {"reject": "reject_first_article"},
    Side.MANUFACTURER: {"inspection": "record_inspection", "certificate": "add_certificate"},
}


def order_quality(request: Request, side: str, order: str) -> HttpResponse:
    """What is asked for, what is there, and what is missing."""
    bound = {}
    for name in SENT_TO[side]:
        typed = kept_typed(request, reverse(SENT_TO[side][name], args=[order]))
        if typed is not None:
            bound[name] = ROOM.forms[name](typed)
            messages.info(request, "You were signed out. Here is what you typed; send it again.")
    return show_room(request, ROOM, side, order, bound=bound)


@portal_page
@require_POST
def record_inspection(request: Request, order: str) -> HttpResponse:
    """What was looked at and found."""

    def action(
        *, actor: Actor, public_id: str, file: UploadedFile | None = None, **values: Any
    ) -> Any:
        kept = keep_paper(actor, public_id, file) if file else None
        looked = inspections.Looked(**values)
        return inspections.record_inspection(
            actor=actor, public_id=public_id, looked=looked, file=kept
        )

    side, done = Side.MANUFACTURER, "Recorded. The buyer sees it."
    return act_in_room(request, ROOM, side, order, action, done, "inspection")


@portal_page
@require_POST
def add_certificate(request: Request, order: str) -> HttpResponse:
    """A paper for some pieces of a line."""

    def action(*, actor: Actor, public_id: str, file: UploadedFile, **values: Any) -> Any:
        kept = keep_paper(actor, public_id, file)
        return certificates.add_certificate(actor=actor, public_id=public_id, file=kept, **values)

    side, done = Side.MANUFACTURER, "Handed in. The buyer can open it."
    return act_in_room(request, ROOM, side, order, action, done, "certificate")


@portal_page
@require_POST
def issue_conformance(request: Request, order: str) -> HttpResponse:
    """The certificate of conformance, signed by who clicks."""
    side, done = Side.MANUFACTURER, "Issued. It is below and among the documents."
    return act_in_room(request, ROOM, side, order, certificates.issue_conformance, done)


@buyer_page
@require_POST
def waive_document(request: Request, order: str) -> HttpResponse:
    """The buyer does without a paper."""
    done = "Waived. The manufacturer is told."
    return act_in_room(request, ROOM, Side.BUYER, order, certificates.waive_document, done, "waive")


def keep_paper(actor: Actor, public_id: str, file: UploadedFile) -> StoredFile:
    """Rights first, so that what may not be kept never reaches the storage."""
    rules.INSPECT.check(actor, order_at(actor, Side.MANUFACTURER, public_id))
    return store_upload(actor=actor, upload=file, kind=StoredFile.Kind.CERTIFICATE)
