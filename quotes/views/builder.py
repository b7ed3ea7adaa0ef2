"""The request builder: pick parts, say how they are made, bring lines in from a spreadsheet."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.queries import addresses_of, get_address
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.events import timeline
from marketplace.core.kept import kept_typed
from marketplace.core.pages import render_page
from marketplace.core.spreadsheets import csv_line, read_table, read_text, xlsx_bytes
from marketplace.directory.queries.supplier_lists import supplier_lists_of, suppliers_to_ask
from marketplace.files.links import link_to
from marketplace.parts.models import Part
from marketplace.parts.queries import Filters, library_page, parts_by_number, parts_named
from quotes import queries, rules
from quotes.actions import line_import, publication
from quotes.actions import rfq as actions
from quotes.completeness import completeness_of
from quotes.estimates import estimates_beside
from quotes.forms.rfq import COLUMNS as LINE_COLUMNS
from quotes.forms.rfq import MOST_INVITED, RFQBuilder, fill_down
from quotes.line_sheet import COLUMNS, read_lines, rows_of
from quotes.models import RFQ
from quotes.queries.matching import matches_for
from quotes.queries.secrecy import choosable_ndas
from quotes.states import RFQState
from quotes.terms import Terms

EDIT = "quotes/buyer/edit_rfq.html"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_SAVED = "Some values cannot be saved. They are marked below; nothing you typed is lost."


def _pick(request: Request, rfq: RFQ | None, sentence: str = "") -> HttpResponse:
    """The page that picks parts for a new or a drafted request: a page of the library, and what is
    picked beside it, so that searching and turning pages lose nothing."""
    actor: Actor = request.actor
    data = request.POST if request.method == "POST" else request.GET
    text = data.get("text", "")[:60].strip()
    # A cursor of another search would leave out what it finds.
    after = data.get("after", "") if data.get("text_before", text) == text else ""
    page = library_page(actor, Filters(text=text), after)
    shown = {part.public_id for part in page}
    picked = data.getlist("parts")[: rules.MAX_LINES]
    elsewhere = parts_named(actor, [part for part in picked if part not in shown])
    context = {
        "rfq": rfq,
        "page": page,
        "text": text,
        "groups": [
            (title, [(part, _picture(actor, part)) for part in parts])
            for title, parts in (("Picked already", elsewhere), ("Your library", page.rows))
            if parts
        ],
        "picked": picked,
        "sentence": sentence,
    }
    status = 422 if sentence else 200
    return render_page(request, "quotes/buyer/create_rfq.html", context, status=status)


def _picture(actor: Actor, part: Part) -> str:
    return link_to(part.current.thumbnail if part.current else None, actor)


def _looks_on(request: Request) -> bool:
    """Whether the page is opened, searched or turned, and nothing is picked yet."""
    sent = request.POST
    return request.method != "POST" or sent.get("action") == "find" or "after" in sent


@buyer_page
def create_rfq(request: Request) -> HttpResponse:
    """Pick parts, start a draft; or start it empty and bring the lines in from a spreadsheet."""
    if _looks_on(request):
        return _pick(request, None)
    if request.POST.get("action") == "import":
        rfq = actions.create_rfq(actor=request.actor, part_ids=[])
        return redirect("import_lines", rfq.public_id)
    picked = request.POST.getlist("parts")
    if not picked:
        return _pick(request, None, "Pick at least one part.")
    rfq = actions.create_rfq(actor=request.actor, part_ids=picked)
    return redirect("edit_rfq", rfq.public_id)


@buyer_page
def add_parts(request: Request, rfq: str) -> HttpResponse:
    """Pick more parts for a draft."""
    found = queries.get_rfq(request.actor, rfq)
    if _looks_on(request):
        return _pick(request, found)
    picked = request.POST.getlist("parts")
    if not picked:
        return _pick(request, found, "Pick at least one part.")
    actions.add_parts(actor=request.actor, public_id=rfq, part_ids=picked)
    return redirect("edit_rfq", rfq)


@buyer_page
@require_POST
def remove_line(request: Request, rfq: str, line: str) -> HttpResponse:
    """Take a part out of a draft."""
    actions.remove_line(actor=request.actor, public_id=rfq, line_id=line)
    return redirect("edit_rfq", rfq)


def _faults_of(builder: RFQBuilder) -> list[str]:
    """What keeps a saved-as-you-type builder from being saved, for the panel beside the form."""
    forms = [
        ("", builder.header),
        *((f"{f.line.part_revision.part.name}: ", f) for f in builder.lines),
    ]
    return [
        f"{name}{sentence}"
        for name, form in forms
        if form.is_bound
        for sentences in form.errors.values()
        for sentence in sentences
    ]


def _edit_page(
    request: Request, rfq: RFQ, builder: RFQBuilder, status: int = 200, **extra: Any
) -> HttpResponse:
    actor: Actor = request.actor
    lines = [form.line for form in builder.lines]
    made, rate_notes = estimates_beside(rfq, lines)
    matches = matches_for(rfq, lines, also=builder.invited)
    shown = {match.manufacturer.public_id for match in matches}
    gone = queries.manufacturers_by_id([shop for shop in builder.invited if shop not in shown])
    chosen = len(builder.invited) - len(gone)
    context = {
        "rfq": rfq,
        "builder": builder,
        "rows": [
            (form, link_to(form.line.part_revision.thumbnail, actor), made.get(form.line.pk))
            for form in builder.lines
        ],
        "rate_notes": rate_notes,
        "columns": [{"name": name, "label": name.capitalize()} for name in LINE_COLUMNS],
        "faults": _faults_of(builder),
        "addresses": list(addresses_of(actor)),
        "chosen_count": chosen,
        "gone": [shop.organization.name for shop in gone],
        "completeness": completeness_of(rfq, lines, chosen),
        "matches": matches,
        "supplier_lists": list(supplier_lists_of(actor)),
        **extra,
    }
    return render_page(request, EDIT, context, fragment="check", status=status)


def _posted(request: Request, builder_lines: list[str]) -> QueryDict:
    """What was posted. The button beside the saved addresses fills in the one chosen there, the
    one beside the lists ticks who is on it, a column's button copies its first value down."""
    action = request.POST.get("action", "")
    data: QueryDict = request.POST
    if action == "address" and data.get("address"):
        data = data.copy()
        data["ship_to"] = get_address(request.actor, request.POST["address"]).text
    if action == "list" and "list" in data:
        data = _with_list(request, data)
    if action.startswith("fill-"):
        data = fill_down(data, action.removeprefix("fill-"), builder_lines)
    return data


def _with_list(request: Request, data: QueryDict) -> QueryDict:
    """The posted values with everybody ticked who is on the chosen list and can be asked."""
    chosen = str(data["list"]).replace("\x00", "")
    found, can, cannot = suppliers_to_ask(request.actor, chosen)
    ticked = data.getlist("invited")
    added = [shop for shop in can if shop not in ticked]
    data = data.copy()
    data.setlist("invited", [*ticked, *added])
    messages.info(request, f"{len(added)} of the list {found.name} ticked in addition.")
    if cannot:
        messages.warning(request, f"Cannot be asked now: {', '.join(cannot)}.")
    if len(ticked) + len(added) > MOST_INVITED:
        sentence = f"A draft goes to at most {MOST_INVITED} manufacturers; the others are not kept."
        messages.warning(request, sentence)
    return data


@buyer_page
def edit_rfq(request: Request, rfq: str) -> HttpResponse:
    """The builder. `action` publish sends it out; anything else saves the draft as it stands."""
    actor: Actor = request.actor
    found = queries.get_rfq(actor, rfq)
    if found.state != RFQState.DRAFT:
        return redirect("rfq_detail", rfq)
    # A form that could not be saved is not shown.
    actor.check(Permission.EDIT_RFQS)
    lines = list(found.lines.all())
    ndas = choosable_ndas(actor)
    if request.method != "POST":
        typed = kept_typed(request)
        if typed is not None:
            messages.info(request, "You were signed out. Here is what you typed; save it again.")
        return _edit_page(request, found, RFQBuilder(found, lines, typed, ndas=ndas))
    data = _posted(request, [line.public_id for line in lines])
    builder = RFQBuilder(found, lines, data, ndas=ndas)
    if not builder.is_valid():
        return _edit_page(request, found, builder, 422, sentence=NOT_SAVED)
    publish = request.POST.get("action") == "publish"
    action = publication.publish_rfq if publish else actions.save_rfq
    try:
        action(actor=actor, public_id=rfq, draft=builder.draft())
    except rules.EditedMeanwhile as error:
        last = next((f for f in reversed(timeline(found, actor.organization))), None)
        meanwhile = {"edition": error.edition, "fact": last}
        return _edit_page(request, found, builder, 409, sentence="", meanwhile=meanwhile)
    except DomainError as error:
        if error.status == 404:
            raise
        return _edit_page(request, found, builder, error.status, sentence=error.sentence)
    if publish:
        found = queries.get_rfq(actor, rfq)
        asked = found.invitations.exists()
        told = " The manufacturers you chose are being told." if asked else ""
        finds = (
            " Verified manufacturers that meet what you ask find it."
            if found.visibility == RFQ.Visibility.OPEN
            else ""
        )
        messages.success(request, f"Published.{told}{finds}")
        return redirect("rfq_detail", rfq)
    if request.headers.get("HX-Request"):
        found = queries.get_rfq(actor, rfq)
        return _edit_page(
            request, found, RFQBuilder(found, list(found.lines.all()), ndas=ndas), saved=True
        )
    messages.success(request, "The draft is saved.")
    return redirect("edit_rfq", rfq)


@buyer_page
def import_lines(request: Request, rfq: str) -> HttpResponse:
    """Lines from a spreadsheet: a CSV or XLSX file, or cells pasted into a field."""
    actor: Actor = request.actor
    found = queries.get_rfq(actor, rfq)
    if found.state != RFQState.DRAFT:
        return redirect("rfq_detail", rfq)
    actor.check(Permission.EDIT_RFQS)
    context: dict[str, Any] = {
        "rfq": found,
        "pasted": request.POST.get("pasted", ""),
        "columns": [names[0].capitalize() for names in COLUMNS.values()],
        "faults": [],
    }
    if request.method == "POST":
        try:
            changed, added = _import(request, rfq, context)
        except DomainError as error:
            if error.status == 404:
                raise
            context["faults"] = context["faults"] or [error.sentence]
        else:
            messages.success(request, _imported(changed, added))
            return redirect("edit_rfq", rfq)
    status = 422 if context["faults"] else 200
    return render_page(request, "quotes/buyer/import_lines.html", context, status=status)


def _import(request: Request, rfq: str, context: dict[str, Any]) -> tuple[int, int]:
    upload = request.FILES.get("file")
    most = rules.MAX_LINES
    if upload is not None:
        rows = read_table(upload.name or "The file", upload.read(6 * 1024**2), most_rows=most)
    else:
        rows = read_text(context["pasted"], most_rows=most)
    table = read_lines(rows, Terms.read())
    if table.faults:
        known = {line.part_revision.part.number.casefold() for line in context["rfq"].lines.all()}
        known |= parts_by_number(request.actor, {line.part for line in table.numbered}).keys()
        unknown = [line for line in table.numbered if line.part.casefold() not in known]
        more = [line_import.not_in_library(unknown)] if unknown else []
        context["faults"] = [*table.faults, *more]
        raise DomainError("Nothing was imported.")
    return line_import.import_lines(actor=request.actor, public_id=rfq, lines=table.lines)


def _imported(changed: int, added: int) -> str:
    parts = [f"{changed} changed"] if changed else []
    parts += [f"{added} added"] if added else []
    return f"Imported: {', '.join(parts)}."


@buyer_page
def export_lines(request: Request, rfq: str, form: str) -> HttpResponse:
    """The lines as CSV or XLSX; the file can be changed and imported again."""
    found = queries.get_rfq(request.actor, rfq)
    rows = rows_of(found.lines.all())
    if form == "xlsx":
        response = HttpResponse(xlsx_bytes(found.reference, rows), content_type=XLSX)
    else:
        # Excel takes UTF-8 for what it is only with the mark in front.
        text = "\ufeff" + "".join(csv_line(row) for row in rows)
        response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}-lines.{form}"'
    return response
