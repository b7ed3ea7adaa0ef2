"""First article reports: the shop measures, the buyer decides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page, portal_page
from accounts.http import Request
from accounts.roles import Side
from marketplace.core.errors import DomainError
from marketplace.core.kept import kept_typed
from marketplace.files.actions import store_upload
from marketplace.files.links import link_to
from marketplace.files.models import StoredFile
from orders import rules
from orders.actions import first_articles as actions
from orders.actions.first_articles import MATERIAL_COLUMNS, PART_COLUMNS, Report
from orders.characteristics import (
    COLUMNS,
    MOST_ROWS,
    csv_of,
    read_characteristics,
    rows_of_table,
)
from orders.first_articles import find_first_article, rejected_before
from orders.forms.quality import (
    SPARE_PARTS,
    SPARE_ROWS,
    FileForm,
    FirstArticleForm,
    LineForm,
    RejectFirstArticleForm,
    cells,
    typed_report,
)
from orders.forms.shipping import TableForm, table_in
from orders.models import FirstArticle, Order
from orders.states import FirstArticleState
from orders.views.quality import ROOM
from orders.views.room import MARKED, Room, act_in_room, order_at, show_room

PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def _room(
    public_id: str,
    *,
    typed: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    faults: Sequence[str] = (),
    **bound: Any,
) -> Room:
    """The page of a report; `typed` and `bound` are what was sent and could not be taken."""

    def context(actor: Actor, found: Order, side: str) -> dict[str, Any]:
        report = find_first_article(found, side, public_id)
        is_draft = report.state == FirstArticleState.DRAFT
        can_edit = is_draft and rules.INSPECT.is_open(actor, found)
        shown = typed or vars(report)
        moves = rules.available_moves(actor, found)
        before = rejected_before(report)
        told = before.remarks if before else {}
        waits = report.state == FirstArticleState.SUBMITTED
        return {
            "report": report,
            "before": before,
            "rows": [
                (
                    row,
                    report.remarks.get(row.number, ""),
                    told.get(row.number, ""),
                    bound.get("remarks", {}).get(row.number),
                )
                for row in report.rows
            ],
            "files": [(file, link_to(file, actor)) for file in report.files.all()],
            "can_edit": can_edit,
            "may_decide": waits and "approve_first_article" in moves,
            "faults": faults,
            "columns": [names[0] for names in COLUMNS.values()],
            "parts": cells(shown["parts"], "a", list(PART_COLUMNS), SPARE_PARTS),
            "materials": cells(shown["materials"], "m", list(MATERIAL_COLUMNS), SPARE_PARTS),
            "characteristics": cells(shown["characteristics"], "c", list(COLUMNS), SPARE_ROWS),
            "form": bound.get("form") or FirstArticleForm(initial=vars(report)),
            "table_form": bound.get("table_form") or TableForm(),
            "file_form": bound.get("file_form") or FileForm(),
            "reject_form": bound.get("reject_form") or RejectFirstArticleForm(),
        }

    return Room("order_quality", "orders/order_first_article.html", context)


def order_first_article(request: Request, side: str, order: str, report: str) -> HttpResponse:
    """One report: to fill in, to read, or to decide on. What was typed when the session ended
    comes back."""
    typed = kept_typed(request, reverse("save_first_article", args=[order, report]))
    if side == Side.MANUFACTURER and typed is not None:
        messages.info(request, "You were signed out. Here is what you typed; send it again.")
        room = _room(report, typed=typed_report(typed), form=FirstArticleForm(typed))
        return show_room(request, room, side, order)
    return show_room(request, _room(report), side, order)


def first_article_csv(request: Request, side: str, order: str, report: str) -> HttpResponse:
    """The characteristics as CSV; the file can be changed and imported again."""
    found = find_first_article(order_at(request.actor, side, order), side, report)
    answer = HttpResponse(csv_of(found.rows), content_type="text/csv; charset=utf-8")
    name = f"first-article-{found.line.position}-{found.revision}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@portal_page
@require_POST
def start_first_article(request: Request, order: str) -> HttpResponse:
    """Begin a report for a line, or its next revision."""
    order_at(request.actor, Side.MANUFACTURER, order)
    form = LineForm(request.POST)
    line = form.cleaned_data["line"] if form.is_valid() else ""
    try:
        report = actions.start_first_article(actor=request.actor, public_id=order, line=line)
    except DomainError as fault:
        if fault.status == 404:
            raise
        sentence, status = fault.sentence, fault.status
        side = Side.MANUFACTURER
        return show_room(request, ROOM, side, order, sentence=sentence, status=status)
    return redirect("portal_order_first_article", order, report.public_id)


@portal_page
@require_POST
def save_first_article(request: Request, order: str, report: str) -> HttpResponse:
    """Keep what was typed; every fault by row and column."""
    typed, form = typed_report(request.POST), FirstArticleForm(request.POST)

    def save() -> None:
        rows = [(f"Row {at}", row) for at, row in enumerate(typed["characteristics"], start=1)]
        content = Report(
            serial=form.cleaned_data["serial"],
            note=form.cleaned_data["note"],
            parts=typed["parts"],
            materials=typed["materials"],
            characteristics=read_characteristics(rows),
        )
        actions.save_first_article(
            actor=request.actor, public_id=order, report=report, content=content
        )

    done = "Saved. What is out of tolerance is marked."
    sent = {"typed": typed, "form": form}
    return _act(request, order, report, save, done, is_valid=form.is_valid(), sent=sent)


@portal_page
@require_POST
def import_first_article(request: Request, order: str, report: str) -> HttpResponse:
    """Characteristics from a spreadsheet in place of those in the report; all, or none."""
    found = _mine(request, order, report)
    form = TableForm(request.POST, request.FILES)

    def save() -> None:
        rows = read_characteristics(rows_of_table(table_in(form, MOST_ROWS)))
        content = replace(_content(found), characteristics=rows)
        actions.save_first_article(
            actor=request.actor, public_id=order, report=report, content=content
        )

    done = "Imported. What is out of tolerance is marked."
    sent = {"table_form": form}
    return _act(request, order, report, save, done, is_valid=form.is_valid(), sent=sent)


@portal_page
@require_POST
def attach_to_first_article(request: Request, order: str, report: str) -> HttpResponse:
    """A photo or a document with the report."""
    found = _mine(request, order, report)
    form = FileForm(request.POST, request.FILES)

    def save() -> None:
        # Rights first, so that what may not be kept never reaches the storage.
        rules.INSPECT.check(request.actor, found.order)
        upload = form.cleaned_data["file"]
        is_picture = (upload.name or "").lower().endswith(PICTURES)
        kind = StoredFile.Kind.PHOTO if is_picture else StoredFile.Kind.DOCUMENT
        kept = store_upload(actor=request.actor, upload=upload, kind=kind)
        actions.attach_to_first_article(
            actor=request.actor, public_id=order, report=report, file=kept
        )

    sent = {"file_form": form}
    return _act(request, order, report, save, "Attached.", is_valid=form.is_valid(), sent=sent)


def _mine(request: Request, order: str, report: str) -> FirstArticle:
    found = order_at(request.actor, Side.MANUFACTURER, order)
    return find_first_article(found, Side.MANUFACTURER, report)


def _content(report: FirstArticle) -> Report:
    return Report(report.serial, report.note, report.parts, report.materials, report.rows)


def _act(
    request: Request,
    order: str,
    report: str,
    save: Callable[[], None],
    done: str,
    *,
    is_valid: bool,
    sent: dict[str, Any],
) -> HttpResponse:
    """Run `save`, go back to the report; or show it with every fault and what was sent."""
    _mine(request, order, report)
    sentence, status, faults = MARKED, 422, []
    if is_valid:
        try:
            save()
        except DomainError as error:
            if error.status in (403, 404):
                raise
            faults = list(getattr(error, "faults", []))
            sentence, status = "" if faults else error.sentence, error.status
        else:
            messages.success(request, done)
            return redirect("portal_order_first_article", order, report)
    room = _room(report, faults=faults, **sent)
    return show_room(request, room, Side.MANUFACTURER, order, sentence=sentence, status=status)


@portal_page
@require_POST
def submit_first_article(request: Request, order: str) -> HttpResponse:
    """Every draft goes to the buyer."""
    done = "Submitted. Production goes on when the buyer has approved it."
    return act_in_room(request, ROOM, Side.MANUFACTURER, order, actions.submit_first_article, done)


@buyer_page
@require_POST
def approve_first_article(request: Request, order: str) -> HttpResponse:
    """The rest may be made."""
    done = "Approved. The manufacturer makes the rest."
    return act_in_room(request, ROOM, Side.BUYER, order, actions.approve_first_article, done)


@buyer_page
@require_POST
def reject_first_article(request: Request, order: str) -> HttpResponse:
    """Back to production, with what has to change."""
    order_at(request.actor, Side.BUYER, order)
    remarks: dict[str, dict[str, str]] = {}
    for name in request.POST:
        text = request.POST.get(name, "")
        report, _, number = name.removeprefix("remark_").partition("_on_")
        if name.startswith("remark_") and number and text.strip():
            remarks.setdefault(report, {})[number] = text

    def action(*, actor: Actor, public_id: str, reason: str) -> Any:
        return actions.reject_first_article(
            actor=actor, public_id=public_id, reason=reason, remarks=remarks
        )

    done = "Rejected. The manufacturer reads why and submits a new revision."
    page = request.POST.get("report", "")
    if not page:
        return act_in_room(request, ROOM, Side.BUYER, order, action, done, "reject")
    # Sent from a report: what was typed beside its characteristics stays there.
    form = RejectFirstArticleForm(request.POST)
    room = _room(page, reject_form=form, remarks=remarks.get(page, {}))
    return act_in_room(request, room, Side.BUYER, order, action, done, form=form)
