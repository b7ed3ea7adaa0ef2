"""The part library: search, filters, and what is done with many parts at once."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.queries import saved_views
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.pages import render_page
from marketplace.files.links import link_to
from marketplace.parts import queries
from marketplace.parts.actions import library as actions
from marketplace.parts.forms import BulkForm, LibraryForm
from marketplace.parts.states import AnalysisState

PAGE = "parts/buyer/parts.html"


@buyer_page
def parts(request: Request) -> HttpResponse:
    """The library as table or pictures; the page refreshes itself while files are being read."""
    form = LibraryForm(request.GET)
    return render_page(request, PAGE, _library(request, form), fragment="list")


def _library(request: Request, form: LibraryForm, bulk: BulkForm | None = None) -> dict[str, Any]:
    actor: Actor = request.actor
    filters = form.filters()
    page = queries.library_page(actor, filters, request.GET.get("after", "")[:60])
    tags = list(queries.tags_of(actor))
    return {
        "page": page,
        "form": form,
        "filters": filters,
        "narrowed": bool(filters.text or filters.shown or filters.format or filters.tags),
        "views": saved_views(actor, "parts"),
        "list_name": "parts",
        "view": "grid" if request.GET.get("view") == "grid" else "table",
        "tags": tags,
        "chosen_tags": [tag for tag in tags if tag.key in filters.tags],
        "cards": [
            (part, link_to(part.current.thumbnail if part.current else None, actor))
            for part in page
        ],
        "reading": any(p.current and p.current.state == AnalysisState.PENDING for p in page),
        "may_edit": actor.may(Permission.EDIT_PARTS),
        "bulk": bulk or BulkForm(),
        "chosen": set(request.POST.getlist("parts")),
    }


@buyer_page
@require_POST
def change_parts(request: Request) -> HttpResponse:
    """Do one thing with the chosen parts; the button says what."""
    form = BulkForm(request.POST)
    if form.is_valid():
        try:
            sentence = _carry_out(request, form)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            form.add_error(None, error.sentence)
        else:
            messages.success(request, sentence)
            return redirect(_back(request))
    context = _library(request, LibraryForm(request.GET), form)
    return render_page(request, PAGE, context, status=422)


def _carry_out(request: Request, form: BulkForm) -> str:
    actor, part_ids = request.actor, request.POST.getlist("parts")
    what = form.cleaned_data["do"]
    if what == "archive":
        return f"{_some(actions.archive_parts(actor=actor, part_ids=part_ids))} archived."
    if what == "restore":
        return (
            f"{_some(actions.restore_parts(actor=actor, part_ids=part_ids))} back in the library."
        )
    if what == "delete":
        return f"{_some(actions.delete_parts(actor=actor, part_ids=part_ids))} deleted."
    count = actions.change_parts(actor=actor, part_ids=part_ids, change=form.change())
    return f"{_some(count)} changed."


def _some(count: int) -> str:
    return "One part is" if count == 1 else f"{count} parts are"


def _back(request: Request) -> str:
    """The library as it was narrowed before, or the part to use instead."""
    if instead := request.POST.get("instead", ""):
        return reverse("part_detail", args=[queries.get_part(request.actor, instead).public_id])
    kept = [(name, value) for name, value in request.GET.items() if name != "after"]
    return reverse("parts") + (f"?{urlencode(kept)}" if kept else "")
