"""One part of a buyer's library."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import timeline
from marketplace.core.forms import add_errors
from marketplace.core.pages import render_page
from marketplace.files.links import link_to
from marketplace.parts import queries
from marketplace.parts.actions import bodies as body_actions
from marketplace.parts.actions import findings as finding_actions
from marketplace.parts.actions import parts as actions
from marketplace.parts.difference import difference
from marketplace.parts.figures import figure_groups, hole_rows, mass_text
from marketplace.parts.forms import AcceptForm, LabelForm, PartForm, UnitsForm
from marketplace.parts.manufacturability import (
    findings_of,
    unchecked_of,
    usual_process,
)
from marketplace.parts.models import Part, PartRevision
from marketplace.parts.states import AnalysisState
from marketplace.parts.viewer import viewer_for

DETAIL = "parts/buyer/part_detail.html"
# Shown without asking: one of each common family.
USUAL_MATERIALS = ("al_6061", "st_1018", "ss_304", "ti_gr5", "pl_pom")


def _detail(request: Request, part: Part, **bound: Any) -> dict[str, Any]:
    actor: Actor = request.actor
    revision = part.current
    may_edit = actor.may(Permission.EDIT_PARTS)
    context = {
        "part": part,
        "revision": revision,
        "may_edit": may_edit,
        "timeline": timeline(part, actor.organization),
        "form": bound.get("form") or PartForm(initial=_details_of(part)),
        "label_form": bound.get("label_form")
        or LabelForm(initial={"label": revision.label if revision else ""}),
        "units_form": UnitsForm(initial={"units": (revision and revision.units_given) or "mm"}),
        "reading": bool(revision and revision.state == AnalysisState.PENDING),
    }
    if revision is None:
        return context
    return {**context, **_read_in(request, part, revision, bound.get("accept_form"))}


def _details_of(part: Part) -> dict[str, str]:
    return {
        "number": part.number,
        "name": part.name,
        "customer_number": part.customer_number,
        "tags": ", ".join(tag.name for tag in part.tags.all()),
        "notes": part.notes,
    }


def _read_in(
    request: Request, part: Part, revision: PartRevision, refused: AcceptForm | None
) -> dict[str, Any]:
    """What reading the revision's files found."""
    actor, facts = request.actor, revision.facts
    names = queries.process_names()
    process = request.POST.get("process") or request.GET.get("process", "")
    process = process if process in names else usual_process(facts)
    found = findings_of(facts, process, queries.acceptances_of(revision, process))
    twins = [] if revision.twin_kept else queries.twins_of(revision)
    return {
        "files": [(file, link_to(file, actor)) for file in revision.files],
        "pages": [(page.number, link_to(page.file, actor)) for page in queries.pages_of(revision)],
        "thumbnail": link_to(revision.thumbnail, actor),
        "viewer": viewer_for(
            name=part.name,
            facts=facts,
            preview_url=link_to(revision.preview, actor),
            poster_url=link_to(revision.thumbnail, actor),
            findings=found,
        ),
        "groups": figure_groups(facts),
        "holes": hole_rows(facts),
        "masses": _masses(facts, request.GET.get("material", "")),
        "processes": names,
        "process": process,
        "process_name": names.get(process, process),
        "findings": found,
        "unchecked": unchecked_of(facts, process),
        "accept_form": refused,
        "bodies": sorted(body_actions.bodies_by_index(revision).values(), key=_index_of),
        "twins": twins,
        "is_outdated": bool(twins) and twins[0].part.current_id != twins[0].pk,
        "same_file": bool(twins) and twins[0].model_sha256 == revision.model_sha256 != "",
        "uses": queries.uses_of(part),
        "drawing_text": revision.drawing_facts.get("text") or {},
    }


def _index_of(body: dict[str, Any]) -> int:
    return int(body["index"])


def _masses(facts: dict[str, Any], chosen: str) -> dict[str, Any]:
    """The mass in the usual materials, and in the chosen one. None while the volume is unknown."""
    if facts.get("volume_mm3") is None:
        return {}
    known = queries.materials_with_density()
    usual = [known[code] for code in USUAL_MATERIALS if code in known]
    picked = known.get(chosen)
    rows = [picked] if picked and picked not in usual else []
    return {
        "rows": [(row, mass_text(facts, row.density_g_cm3)) for row in [*rows, *usual]],
        "choices": known.values(),
        "chosen": chosen,
    }


@buyer_page
def part_detail(request: Request, part: str) -> HttpResponse:
    """One part: preview, drawing, figures, findings, revisions."""
    context = _detail(request, queries.get_part(request.actor, part))
    return render_page(request, DETAIL, context, fragment="reading")


@buyer_page
@require_POST
def change_part(request: Request, part: str) -> HttpResponse:
    """Change number, name, tags and notes."""
    form = PartForm(request.POST)
    if form.is_valid():
        try:
            actions.change_part(actor=request.actor, public_id=part, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "The part's details are saved.")
            return redirect("part_detail", part)
    return _again(request, part, form=form)


@buyer_page
@require_POST
def relabel_revision(request: Request, part: str) -> HttpResponse:
    """Name the current revision."""
    form = LabelForm(request.POST)
    if form.is_valid():
        try:
            actions.relabel_revision(actor=request.actor, public_id=part, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            return redirect("part_detail", part)
    return _again(request, part, label_form=form)


def _again(request: Request, part: str, **bound: Any) -> HttpResponse:
    """The page once more with a form that was refused."""
    context = _detail(request, queries.get_part(request.actor, part), **bound)
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
        if error.status in (403, 404):
            raise
        messages.error(request, error.sentence)
    return redirect("part_detail", part)


@buyer_page
@require_POST
def keep_twin(request: Request, part: str) -> HttpResponse:
    """Keep the part beside another of the same shape."""
    actions.keep_twin(actor=request.actor, public_id=part)
    messages.success(request, "Both parts stay.")
    return redirect("part_detail", part)


@buyer_page
@require_POST
def accept_finding(request: Request, part: str) -> HttpResponse:
    """Accept a finding with a note."""
    form = AcceptForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            finding_actions.accept_finding(actor=request.actor, part_id=part, **values)
        except DomainError as error:
            add_errors(form, error)
        else:
            return _to_findings(part, values["process"])
    return _again(request, part, accept_form=form)


@buyer_page
@require_POST
def reopen_finding(request: Request, part: str) -> HttpResponse:
    """Take an acceptance back."""
    form = AcceptForm({**request.POST.dict(), "note": ""})
    if not form.is_valid():
        raise NotFound()
    process, rule = form.cleaned_data["process"], form.cleaned_data["rule"]
    finding_actions.reopen_finding(actor=request.actor, part_id=part, process=process, rule=rule)
    return _to_findings(part, process)


def _to_findings(part: str, process: str) -> HttpResponse:
    answer = redirect("part_detail", part)
    answer["Location"] += f"?process={process}#manufacturability"
    return answer


@buyer_page
@require_POST
def take_bodies(request: Request, part: str) -> HttpResponse:
    """Make parts of chosen bodies of an assembly."""
    chosen = [int(one) for one in request.POST.getlist("body") if one.isascii() and one.isdigit()]
    try:
        count = body_actions.take_bodies(actor=request.actor, part_id=part, indexes=chosen)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, error.sentence)
    else:
        some = "A part is" if count == 1 else f"{count} parts are"
        messages.success(request, f"{some} being made. They appear in your library in a moment.")
    return redirect("part_detail", part)


@buyer_page
def compare_revisions(request: Request, part: str) -> HttpResponse:
    """Two revisions of a part: what changed in words, and one model over the other."""
    actor: Actor = request.actor
    found = queries.get_part(actor, part)
    before, after = queries.two_revisions(
        actor, part, request.GET.get("old", "")[:10], request.GET.get("new", "")[:10]
    )
    context = {
        "part": found,
        "labels": [row.label for row in found.revisions.all()],
        "before": before,
        "after": after,
        "sentences": difference(before.facts, after.facts) if before.facts and after.facts else [],
        "viewer": viewer_for(
            name=f"{found.name} rev {after.label}",
            facts=after.facts,
            preview_url=link_to(after.preview, actor),
            poster_url=link_to(after.thumbnail, actor),
            ghost_url=link_to(before.preview, actor),
        ),
        "sides": [
            (row, [(file, link_to(file, actor)) for file in row.files]) for row in (before, after)
        ],
    }
    return render_page(request, "parts/buyer/compare_revisions.html", context)
