"""Invoices and credit notes of both sides: lists, tables to take along, files; and the mandate."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from accounts.decorators import buyer_page, portal_page
from accounts.http import Request
from marketplace.core.errors import DomainError
from marketplace.core.pages import keyset_page, render_page
from marketplace.core.spreadsheets import csv_line
from marketplace.files.links import link_to
from payments import document_queries as queries
from payments.actions import documents, tax
from payments.document_queries import BUYER_FILTERS, MAKER_FILTERS
from payments.models import Document
from payments.rules import check_can_manage_payouts
from payments.tax_queries import mandate_of, rate_on, today

MOST_ROWS = 5000
HEADER = (
    *("Number", "Kind", "Date", "From", "To", "Order", "Corrects"),
    *("Currency", "Net", "VAT", "Total"),
)
CONTENT_TYPES = {"pdf": "application/pdf", "xml": "application/xml"}


@buyer_page
def buyer_documents(request: Request) -> HttpResponse:
    """What sellers invoiced and credited."""
    kind = request.GET.get("state", "")
    rows = queries.documents_to_buyer(request.actor, kind)
    context = _list(request, rows, BUYER_FILTERS, kind)
    return render_page(request, "payments/buyer/buyer_documents.html", context, fragment="list")


@buyer_page
def buyer_documents_csv(request: Request) -> HttpResponse:
    """The same rows for a spreadsheet."""
    return _csv(queries.documents_to_buyer(request.actor, request.GET.get("state", "")))


@buyer_page
def buyer_document(request: Request, document: str, form: str) -> HttpResponse:
    """One as PDF or XML."""
    return _file(
        request, queries.get_document(queries.documents_to_buyer(request.actor), document), form
    )


@portal_page
def portal_documents(request: Request) -> HttpResponse:
    """What was issued in the shop's name, what the platform invoiced, and the mandate for it."""
    kind = request.GET.get("state", "")
    rows = queries.documents_of_maker(request.actor, kind)
    company = request.actor.company
    context = {
        **_list(request, rows, MAKER_FILTERS, kind),
        "mandate": mandate_of(company),
        "company": company,
        "rate": rate_on(company.country, today()),
    }
    return render_page(request, "payments/portal/portal_documents.html", context, fragment="list")


@portal_page
def portal_documents_csv(request: Request) -> HttpResponse:
    """The same rows for a spreadsheet."""
    return _csv(queries.documents_of_maker(request.actor, request.GET.get("state", "")))


@portal_page
def portal_document(request: Request, document: str, form: str) -> HttpResponse:
    """One as PDF or XML."""
    return _file(
        request, queries.get_document(queries.documents_of_maker(request.actor), document), form
    )


@portal_page
@require_POST
def set_mandate(request: Request) -> HttpResponse:
    """Give the platform the mandate to charge VAT and write invoices, or end it."""
    check_can_manage_payouts(request.actor)
    try:
        if request.POST.get("mandate") == "end":
            tax.end_mandate(actor=request.actor)
            messages.success(request, "Ended. From the next order on you invoice yourself.")
        else:
            tax.give_mandate(actor=request.actor)
            messages.success(
                request, "From the next order on we charge VAT and write your invoices."
            )
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, error.sentence)
    return redirect("portal_documents")


def _list(
    request: Request, rows: QuerySet[Document], filters: dict[str, tuple[str, Q]], kind: str
) -> dict[str, Any]:
    return {
        "page": keyset_page(rows, request.GET.get("after", "")),
        "state": kind if kind in filters else "",
        "states": [(name, label) for name, (label, _) in filters.items()],
    }


def _csv(rows: QuerySet[Document]) -> HttpResponse:
    """Newest first, at most MOST_ROWS; amounts of credit notes are positive too, as on paper."""
    lines: list[tuple[str, ...]] = [HEADER]
    for row in rows[:MOST_ROWS]:
        lines.append(
            (
                row.number,
                row.get_kind_display(),
                timezone.localdate(row.issued_at).isoformat(),
                row.facts["seller"]["name"],
                row.facts["buyer"]["name"],
                row.order.reference if row.order else "",
                row.corrects.number if row.corrects else "",
                row.currency,
                *(str(money.decimal) for money in (row.net, row.tax, row.gross)),
            )
        )
    content = "".join(["\ufeff", *(csv_line(line) for line in lines)]).encode()
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="documents.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _file(request: Request, found: Document, form: str) -> HttpResponse:
    """The kept file, or the same bytes from what was frozen while it is being written."""
    kept = found.file if form == "pdf" else found.xml
    if kept is not None:
        return redirect(link_to(kept, request.actor))
    content = documents.pdf_of(found) if form == "pdf" else documents.xml_of(found)
    answer = HttpResponse(content, content_type=CONTENT_TYPES[form])
    name = found.file_name(form)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer["Cache-Control"] = "private, no-store"
    return answer
