"""All data of an organization: its archive, and what came with it from elsewhere."""

import json

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.decorators import member_page, recently_signed_in
from accounts.http import Request
from marketplace.core.pages import keyset_page, render_page
from marketplace.operations import queries
from marketplace.operations.actions import organization_exports


@member_page
def organization_data(request: Request) -> HttpResponse:
    """The archive, how far it is, and how to take it elsewhere."""
    context = {**queries.archive_board(request.actor), "kept_days": settings.EXPORT_KEPT_DAYS}
    return render_page(request, "operations/account/organization_data.html", context)


@member_page
@require_POST
@recently_signed_in
def ask_organization_export(request: Request) -> HttpResponse:
    """Ask for the archive."""
    organization_exports.ask_organization_export(actor=request.actor)
    messages.success(request, "We are making the archive. You get a mail when it is ready.")
    return redirect("organization_data")


@member_page
def earlier_records(request: Request) -> HttpResponse:
    """What came from another installation, a chapter at a time."""
    chapter = request.GET.get("chapter", "")
    rows = queries.earlier_records(request.actor, chapter)
    context = {
        "page": keyset_page(rows, request.GET.get("after", "")),
        "chapters": queries.earlier_chapters(request.actor),
        "chapter": chapter,
    }
    return render_page(request, "operations/account/earlier_records.html", context)


@member_page
def earlier_record(request: Request, record: int) -> HttpResponse:
    """One of them, with what belongs to it."""
    found = queries.get_earlier_record(request.actor, record)
    context = {
        "record": found,
        "text": json.dumps(found.thing, indent=2, ensure_ascii=False),
        "files": queries.files_of_record(request.actor, found),
        "below": queries.earlier_below(found),
    }
    return render_page(request, "operations/account/earlier_record.html", context)
