"""A buyer's requests."""

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
from marketplace.core.kept import kept_typed
from marketplace.core.pages import keyset_page, render_page
from marketplace.directory.queries import match_manufacturers
from marketplace.files.links import link_to
from marketplace.parts.queries import parts_of
from quotes import queries, rules
from quotes.actions import publication
from quotes.actions import rfq as actions
from quotes.forms import RFQBuilder
from quotes.models import RFQ
from quotes.states import RFQState

EDIT = "quotes/buyer/edit_rfq.html"
MOST_PARTS_SHOWN = 200


@buyer_page
def rfqs(request: Request) -> HttpResponse:
    """The organization's requests."""
    state = request.GET.get("state", "")
    state = state if state in RFQState.values else ""
    page = keyset_page(queries.rfqs_of(request.actor, state), request.GET.get("after", ""))
    context = {"page": page, "state": state, "states": RFQState.choices}
    return render_page(request, "quotes/buyer/rfqs.html", context, fragment="list")


def _pick(request: Request, rfq: RFQ | None, sentence: str = "") -> HttpResponse:
    """The page that picks parts for a new or a drafted request."""
    actor: Actor = request.actor
    parts = parts_of(actor, request.GET.get("text", "")[:60])[:MOST_PARTS_SHOWN]
    context = {
        "rfq": rfq,
        "cards": [(p, link_to(p.current.thumbnail if p.current else None, actor)) for p in parts],
        "picked": request.POST.getlist("parts") or request.GET.getlist("parts"),
        "sentence": sentence,
    }
    status = 422 if sentence else 200
    return render_page(request, "quotes/buyer/create_rfq.html", context, status=status)


@buyer_page
def create_rfq(request: Request) -> HttpResponse:
    """Pick parts, start a draft."""
    if request.method != "POST":
        return _pick(request, None)
    picked = request.POST.getlist("parts")
    if not picked:
        return _pick(request, None, "Pick at least one part.")
    rfq = actions.create_rfq(actor=request.actor, part_ids=picked)
    return redirect("edit_rfq", rfq.public_id)


@buyer_page
def add_parts(request: Request, rfq: str) -> HttpResponse:
    """Pick more parts for a draft."""
    found = queries.get_rfq(request.actor, rfq)
    if request.method != "POST":
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
    request: Request, rfq: RFQ, builder: RFQBuilder, sentence: str = "", status: int = 200
) -> HttpResponse:
    actor: Actor = request.actor
    lines = [form.line for form in builder.lines]
    context = {
        "rfq": rfq,
        "builder": builder,
        "rows": [
            (form, link_to(form.line.part_revision.thumbnail, actor)) for form in builder.lines
        ],
        "faults": _faults_of(builder),
        "addresses": list(addresses_of(actor)),
        "chosen_count": len(builder.invited),
        "missing": rules.missing_of(rfq, lines, len(builder.invited)),
        "matches": match_manufacturers(actions.need_of(lines), buyer=rfq.organization),
        "sentence": sentence,
    }
    return render_page(request, EDIT, context, fragment="check", status=status)


def _with_address(request: Request) -> QueryDict:
    """What was posted; the button beside the saved addresses fills in the one chosen there."""
    if request.POST.get("action") != "address" or not request.POST.get("address"):
        return request.POST
    data = request.POST.copy()
    data["ship_to"] = get_address(request.actor, request.POST["address"]).text
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
    if request.method != "POST":
        typed = kept_typed(request)
        if typed is not None:
            messages.info(request, "You were signed out. Here is what you typed; save it again.")
        return _edit_page(request, found, RFQBuilder(found, lines, typed))
    builder = RFQBuilder(found, lines, _with_address(request))
    if not builder.is_valid():
        sentence = "Some values cannot be saved. They are marked below; nothing you typed is lost."
        return _edit_page(request, found, builder, sentence, 422)
    publish = request.POST.get("action") == "publish"
    action = publication.publish_rfq if publish else actions.save_rfq
    try:
        action(actor=actor, public_id=rfq, draft=builder.draft())
    except DomainError as error:
        if error.status == 404:
            raise
        return _edit_page(request, found, builder, error.sentence, error.status)
    if publish:
        messages.success(request, "Published. The manufacturers you chose are being told.")
        return redirect("rfq_detail", rfq)
    if request.headers.get("HX-Request"):
        found = queries.get_rfq(actor, rfq)
        return _edit_page(request, found, RFQBuilder(found, list(found.lines.all())))
    messages.success(request, "The draft is saved.")
    return redirect("edit_rfq", rfq)
