"""A buyer's requests."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.approvals import Need
from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.queries import addresses_of, approval_need, get_address
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.events import timeline
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import keyset_page, render_page
from marketplace.directory.queries import match_manufacturers
from marketplace.files.links import link_to
from marketplace.parts.queries import parts_of
from orders.states import OrderState
from quotes import queries, rules
from quotes.actions import award
from quotes.actions import rfq as actions
from quotes.forms import AcceptForm, CancelForm, RFQBuilder
from quotes.models import RFQ
from quotes.states import RFQ_LIFECYCLE, RFQState
from quotes.views.comparison import chosen_from, comparison_of

EDIT = "quotes/buyer/edit_rfq.html"
DETAIL = "quotes/buyer/rfq_detail.html"
MOST_PARTS_SHOWN = 200
PLACED = "Accepted. The order is placed once it is paid."
WAITS = "Your award waits for approval. Those who decide are told by mail."


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
    action = actions.publish_rfq if publish else actions.save_rfq
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


def _detail(request: Request, rfq: RFQ, sentence: str = "", status: int = 200) -> HttpResponse:
    actor: Actor = request.actor
    lines = list(rfq.lines.all())
    quotes = queries.quotes_for_buyer(rfq)
    invited = list(rfq.invitations.all())
    quoted = {quote.manufacturer_id for quote in quotes}
    waiting = queries.waiting_order_of(rfq)
    held = waiting is not None
    context: dict[str, Any] = {
        "rfq": rfq,
        "moves": RFQ_LIFECYCLE.available(rfq.state, "buyer"),
        "lines": [
            {
                "line": line,
                "thumbnail": link_to(line.part_revision.thumbnail, actor),
                "files": [(f.name, link_to(f, actor)) for f in line.part_revision.files],
            }
            for line in lines
        ],
        "invitations": [(i, i.manufacturer_id in quoted) for i in invited],
        "comparison": comparison_of(rfq, lines, quotes, chosen_from(request.GET, lines)),
        "quotes": quotes,
        "waiting_order": waiting,
        "acceptable": {q.public_id for q in quotes if rules.can_accept(actor, rfq, q, held=held)},
        "matches": match_manufacturers(
            actions.need_of(lines),
            buyer=rfq.organization,
            exclude=[i.manufacturer_id for i in invited],
        )
        if rfq.takes_quotes
        else [],
        "cancel_form": CancelForm(),
        "timeline": timeline(rfq, actor.organization),
        "sentence": sentence,
    }
    return render_page(request, DETAIL, context, fragment="comparison", status=status)


@buyer_page
def rfq_detail(request: Request, rfq: str) -> HttpResponse:
    """A published request: who was asked, and the quotes side by side."""
    found = queries.get_rfq(request.actor, rfq)
    if found.state == RFQState.DRAFT:
        return redirect("edit_rfq", rfq)
    return _detail(request, found)


def _act(request: Request, rfq: str, action: Any, done: str, **values: Any) -> HttpResponse:
    actor: Actor = request.actor
    try:
        action(actor=actor, public_id=rfq, **values)
    except DomainError as error:
        if error.status == 404:
            raise
        return _detail(request, queries.get_rfq(actor, rfq), error.sentence, error.status)
    messages.success(request, done)
    return redirect("rfq_detail", rfq)


@buyer_page
@require_POST
def close_rfq(request: Request, rfq: str) -> HttpResponse:
    """Stop taking quotes before the deadline."""
    return _act(request, rfq, actions.close_rfq, "Closed. No further quotes are taken.")


@buyer_page
@require_POST
def cancel_rfq(request: Request, rfq: str) -> HttpResponse:
    """End a request without an award."""
    reason = request.POST.get("reason", "")[:200]
    done = "The request is cancelled."
    return _act(request, rfq, actions.cancel_rfq, done, reason=reason)


@buyer_page
@require_POST
def invite_manufacturer(request: Request, rfq: str) -> HttpResponse:
    """Ask one more manufacturer."""
    chosen = request.POST.get("manufacturer", "")
    return _act(request, rfq, actions.invite_manufacturer, "Invited.", manufacturer_id=chosen)


def _need(actor: Actor, comparison: dict[str, Any]) -> Need:
    """What accepting the compared quote will need, said before the button is pressed."""
    money = comparison["columns"][0].money
    return approval_need(actor.company, actor.user, money) if money else Need()


@buyer_page
def accept_quote(request: Request, rfq: str, quote: str) -> HttpResponse:
    """Read the quote once more with its total, then accept it: an order is placed."""
    actor: Actor = request.actor
    found = queries.get_rfq(actor, rfq)
    offer = queries.get_quote_for_buyer(actor, rfq, quote)
    lines = list(found.lines.all())
    chosen = chosen_from(request.POST or request.GET, lines)
    form = AcceptForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        by_id = {line.pk: line.public_id for line in lines}
        try:
            order = award.accept_quote(
                actor=actor,
                rfq_id=rfq,
                quote_id=quote,
                chosen={by_id[pk]: quantity for pk, quantity in chosen.items()},
                seen=request.POST.get("seen", ""),
                **form.cleaned_data,
            )
        except DomainError as error:
            if error.status == 404:
                raise
            add_errors(form, error)
            status = error.status
        else:
            waits = order.state == OrderState.AWAITING_APPROVAL
            messages.success(request, WAITS if waits else PLACED)
            return redirect("order_detail", order.public_id)
    comparison = comparison_of(found, lines, [offer], chosen)
    held = queries.waiting_order_of(found)
    context = {
        "rfq": found,
        "quote": offer,
        "comparison": comparison,
        "form": form,
        "can_accept": rules.can_accept(actor, found, offer, held=held is not None),
        "held_order": held,
        "need": _need(actor, comparison),
    }
    return render_page(request, "quotes/buyer/accept_quote.html", context, status=status)
