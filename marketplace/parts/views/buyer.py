"""A buyer's part library."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page
from accounts.http import Request
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.events import timeline
from marketplace.core.forms import add_errors
from marketplace.core.pages import keyset_page, render_page
from marketplace.files.links import link_to
from marketplace.parts import queries
from marketplace.parts.actions import parts as actions
from marketplace.parts.forms import PartForm, UnitsForm
from marketplace.parts.models import Part
from marketplace.parts.states import AnalysisState

DETAIL = "parts/buyer/part_detail.html"


@buyer_page
def parts(request: Request) -> HttpResponse:
    """The library, newest first; the page refreshes itself while files are being read."""
    actor: Actor = request.actor
    text = request.GET.get("text", "")[:60]
    page = keyset_page(queries.parts_of(actor, text), request.GET.get("after", ""))
    context = {
        "page": page,
        "text": text,
        "cards": [
            (part, link_to(part.current.thumbnail if part.current else None, actor))
            for part in page
        ],
        "reading": any(p.current and p.current.state == AnalysisState.PENDING for p in page),
    }
    return render_page(request, "parts/buyer/parts.html", context, fragment="list")


@buyer_page
@require_POST
def upload_parts(request: Request) -> HttpResponse:
    """Take one or many files. A script sends them one by one and reads JSON; a plain form all.

    Each file stands for itself: a bad one says why and the others are kept.
    """
    scripted = request.headers.get("X-Requested-With") == "fetch"
    errors = []
    for upload in request.FILES.getlist("files"):
        try:
            actions.upload_part_file(actor=request.actor, upload=upload)
        except NotAllowed:
            raise  # not about this file
        except DomainError as error:
            errors.append(error.sentence)
    if not request.FILES:
        errors.append("Choose at least one file.")
    if scripted:
        if errors:
            return JsonResponse({"error": " ".join(errors)}, status=422)
        return JsonResponse({"url": reverse("parts")}, status=201)
    for sentence in errors:
        messages.error(request, sentence)
    return redirect("parts")


def _detail(actor: Actor, part: Part, **bound: Any) -> dict[str, Any]:
    revision = part.current
    return {
        "part": part,
        "revision": revision,
        "thumbnail": link_to(revision.thumbnail, actor) if revision else "",
        "preview": link_to(revision.preview, actor) if revision else "",
        "files": [(f, link_to(f, actor)) for f in (revision.files if revision else [])],
        "timeline": timeline(part, actor.organization),
        "form": bound.get("form")
        or PartForm(initial={"number": part.number, "name": part.name, "notes": part.notes}),
        "units_form": UnitsForm(initial={"units": (revision and revision.units_given) or "mm"}),
        "reading": bool(revision and revision.state == AnalysisState.PENDING),
    }


@buyer_page
def part_detail(request: Request, part: str) -> HttpResponse:
    """One part: preview, figures, revisions."""
    actor: Actor = request.actor
    context = _detail(actor, queries.get_part(actor, part))
    return render_page(request, DETAIL, context, fragment="reading")


@buyer_page
@require_POST
def change_part(request: Request, part: str) -> HttpResponse:
    """Rename a part."""
    actor: Actor = request.actor
    form = PartForm(request.POST)
    if form.is_valid():
        try:
            actions.change_part(actor=actor, public_id=part, **form.cleaned_data)
        except DomainError as error:
            if error.status == 404:
                raise
            add_errors(form, error)
        else:
            messages.success(request, "The part's details are saved.")
            return redirect("part_detail", part)
    context = _detail(actor, queries.get_part(actor, part), form=form)
    return render_page(request, DETAIL, context, status=422)


@buyer_page
@require_POST
def give_units(request: Request, part: str) -> HttpResponse:
    """Say the unit of a file that carries none."""
    form = UnitsForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose millimeters, centimeters, meters or inches.")
        return redirect("part_detail", part)
    try:
        actions.give_units(
            actor=request.actor,
            public_id=part,
            units=form.cleaned_data["units"],
        )
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, error.sentence)
    return redirect("part_detail", part)
