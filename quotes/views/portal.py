"""Requests a manufacturer was invited to, and its quotes."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import portal_page, quoting_page
from accounts.http import Request
from accounts.queries import saved_views
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.events import timeline
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import render_page
from marketplace.directory.queries import active_processes
from marketplace.files.links import link_to
from marketplace.messaging.queries import unread_of
from marketplace.parts.queries import pages_by_revision
from marketplace.parts.viewer import Pin
from orders.workload import own_load
from quotes import admission, events, lists, queries, rules
from quotes.actions import amendment
from quotes.actions import quote as actions
from quotes.actions.quote_currency import has_amounts
from quotes.actions.quote_writing import QuoteDraft
from quotes.changes import unpriced
from quotes.forms.quote import DeclineForm, QuoteBuilder
from quotes.models import Invitation, Quote
from quotes.promises import promises_of
from quotes.queries import negotiation, questions
from quotes.queries.buyer_record import buyer_record_of
from quotes.queries.earlier_quotes import earlier_quotes
from quotes.queries.loss_feedback import loss_feedback_of
from quotes.queries.secrecy import lines_for_shop
from quotes.states import INVITATION, LIVE, QUOTE, InvitationState, QuoteState
from quotes.views.autosave import autosave
from quotes.views.beside_prices import files_of
from quotes.views.builder_buttons import add_files, after_saving
from quotes.views.own_prices import calculations
from quotes.views.own_quote import own_quote
from quotes.views.pinned import pins_of, viewer_of

REQUEST = "quotes/portal/portal_request_detail.html"
BUILDER = "quotes/portal/edit_quote.html"
MOST_PINNED = 50
# The facts whose reason a shop reads when a request came to nothing.
ENDINGS = {events.RFQ_CANCELLED.name, events.RFQ_ENDED.name}


@portal_page
def portal_requests(request: Request) -> HttpResponse:
    """What the manufacturer was asked to quote; every filter stands in the address."""
    chosen = lists.ListFilter.read(request.GET, InvitationState)
    page = lists.invitation_page(request.actor, chosen, request.GET.get("after", ""))
    quotes = queries.own_quotes_on(request.actor, page.rows)
    unread = unread_of(request.actor, [invitation.rfq.public_id for invitation in page])
    context = {
        "page": page,
        "rows": [
            (row, quotes.get(row.rfq_id), unread.get(row.rfq.public_id, 0)) for row in page.rows
        ],
        "chosen": chosen,
        "state": chosen.state,
        "states": InvitationState.choices,
        "processes": active_processes(),
        "views": saved_views(request.actor, "portal_requests"),
        "list_name": "portal_requests",
    }
    return render_page(request, "quotes/portal/portal_requests.html", context, fragment="list")


def _lines(actor: Actor, invitation: Invitation, can_ask: bool) -> list[dict[str, Any]]:
    """Lines with links, drawing pages and what is pinned to the model; without any of it
    while it is kept back."""
    room = invitation.rfq.public_id
    lines = lines_for_shop(actor, invitation)
    pins = _pins(actor, invitation)
    pages = pages_by_revision([line.part_revision for line in lines if line.part_revision])
    ask = reverse("ask_question", args=[room]) if can_ask else ""
    rows: list[dict[str, Any]] = []
    for line in lines:
        revision = line.part_revision
        if revision is None:
            rows.append({"line": line})
            continue
        thumbnail = link_to(revision.thumbnail, actor, room=room)
        preview = link_to(revision.preview, actor, room=room)
        own = pins.get(line.public_id, [])
        action = f"{ask}?line={line.public_id}" if ask else ""
        rows.append(
            {
                "line": line,
                "thumbnail": thumbnail,
                "viewer": viewer_of(revision, preview, thumbnail, own, action) if preview else None,
                "pages": [link_to(page, actor, room=room) for page in pages.get(revision.pk, [])],
                "files": [(f.name, link_to(f, actor, room=room)) for f in revision.files],
            }
        )
    return rows


def _pins(actor: Actor, invitation: Invitation) -> Mapping[str, list[Pin]]:
    """The shop's own questions and the published answers that sit on a model."""
    thread = questions.thread_of_shop(actor, invitation)
    own = questions.messages_of(thread).order_by("-pk")[:MOST_PINNED] if thread else []
    answers = questions.answers_of(invitation.rfq)[:MOST_PINNED]
    url = reverse("request_questions", args=[invitation.rfq.public_id])
    return pins_of([*own, *answers], url)


def _request_page(
    request: Request,
    invitation: Invitation,
    sentence: str = "",
    status: int = 200,
    form: DeclineForm | None = None,
) -> HttpResponse:
    actor: Actor = request.actor
    quote = queries.quote_of(invitation)
    lacks = admission.lacks_of(invitation.rfq, invitation.manufacturer)
    nda_needed = not lacks and admission.needs_nda(actor, invitation.rfq)
    kept_back = nda_needed or bool(lacks)
    moves = INVITATION.available(invitation.state, "manufacturer")
    can_ask = actor.may(Permission.QUOTE) and rules.takes_questions(invitation.rfq)
    lines = _lines(actor, invitation, can_ask)
    waits = quote is not None and quote.state == QuoteState.NEEDS_RECONFIRMATION
    story = timeline(invitation.rfq, actor.organization)
    ended = next((fact for fact in story if fact.type in ENDINGS), None)
    talked = quote is not None and not kept_back
    counters, asked = negotiation.talks_of(quote) if quote and talked else ([], None)
    context = {
        "invitation": invitation,
        "rfq": invitation.rfq,
        "record": buyer_record_of(invitation.rfq),
        "lines": lines,
        "quote": quote,
        "feedback": loss_feedback_of(quote) if quote and talked else None,
        "counter": negotiation.open_of(counters),
        "was_negotiated": bool(counters),
        "asked": asked if negotiation.is_asked(asked) else None,
        "may_answer": quote is not None
        and actor.may(Permission.QUOTE)
        and rules.can_negotiate(invitation.rfq, quote),
        "promises": promises_of(quote) if quote and quote.state in LIVE and not ended else [],
        "files": files_of(actor, quote) if quote and not kept_back else [],
        "own": own_quote(quote, [row["line"] for row in lines])
        if quote is not None and quote.state != QuoteState.DRAFT and not kept_back
        else None,
        "unpriced": unpriced(quote, [row["line"] for row in lines])
        if quote is not None and waits and not kept_back
        else [],
        "quote_moves": QUOTE.available(quote.state, "manufacturer") if quote else [],
        "nda_needed": nda_needed,
        "kept_back": kept_back,
        "amendment": invitation.rfq.amendments.first(),
        "requirements": admission.requirements_of(invitation.rfq),
        "lacks": lacks,
        "can_accept_nda": actor.may(Permission.QUOTE) and actor.visit is None,
        "can_quote": actor.may(Permission.QUOTE) and invitation.rfq.takes_quotes and not kept_back,
        "can_start": quote is None and "start_quote" in moves,
        "can_decline": actor.may(Permission.QUOTE)
        and "decline_to_quote" in moves
        and invitation.rfq.takes_quotes,
        "decline_form": form or DeclineForm(),
        "timeline": story,
        "ended": ended,
        "unread": unread_of(actor, [invitation.rfq.public_id]).get(invitation.rfq.public_id, 0),
        "sentence": sentence,
    }
    return render_page(request, REQUEST, context, status=status)


@quoting_page
def portal_request_detail(request: Request, rfq: str) -> HttpResponse:
    """One request: its parts and files. The first opening is a receipt the buyer reads."""
    invitation = actions.view_rfq(actor=request.actor, rfq_id=rfq)
    typed = kept_typed(request, reverse("decline_to_quote", args=[rfq]))
    return _request_page(request, invitation, form=DeclineForm(typed) if typed else None)


@quoting_page
@require_POST
def start_quote(request: Request, rfq: str) -> HttpResponse:
    """Open the builder."""
    actor: Actor = request.actor
    try:
        quote = actions.start_quote(actor=actor, rfq_id=rfq)
    except DomainError as error:
        if error.status == 404:
            raise
        invitation = queries.get_invitation(actor, rfq)
        return _request_page(request, invitation, error.sentence, error.status)
    return redirect("edit_quote", quote.public_id)


@quoting_page
@require_POST
def decline_to_quote(request: Request, rfq: str) -> HttpResponse:
    """Say no, with a reason."""
    actor: Actor = request.actor
    form = DeclineForm(request.POST)
    if form.is_valid():
        try:
            actions.decline_to_quote(actor=actor, rfq_id=rfq, **form.cleaned_data)
        except DomainError as error:
            if error.status == 404:
                raise
            add_errors(form, error)
        else:
            messages.success(request, "Declined. The buyer is told your reason.")
            if actor.is_guest:
                return redirect("portal_request_detail", rfq)
            return redirect("portal_requests")
    return _request_page(request, queries.get_invitation(actor, rfq), status=422, form=form)


def _builder_page(
    request: Request,
    quote: Quote,
    invitation: Invitation,
    data: Any = None,
    sentence: str = "",
    status: int = 200,
    builder: QuoteBuilder | None = None,
    meanwhile: int = 0,
) -> HttpResponse:
    rows = _lines(request.actor, invitation, can_ask=False)
    lines = [row["line"] for row in rows]
    builder = builder or QuoteBuilder(quote, lines, data, more=request.GET.get("alternate", ""))
    quote.rfq = rfq = invitation.rfq
    own, shown = calculations(request.actor, quote, lines)
    context = {
        "quote": quote,
        "invitation": invitation,
        "rfq": rfq,
        "builder": builder,
        "edition": builder.edition,
        "meanwhile": meanwhile,
        "rows": [
            {
                **row,
                "form": form,
                "own": shown.get(row["line"].pk),
                "alternates": builder.alternates.get(row["line"].pk, []),
            }
            for row, form in zip(rows, builder.lines, strict=True)
        ],
        "files": files_of(request.actor, quote),
        "has_amounts": len(rfq.allowed_currencies) > 1 and has_amounts(quote),
        "earlier": earlier_quotes(request.actor, quote, lines),
        "own_prices": own,
        "promises": promises_of(quote),
        "load": None if request.actor.is_guest else own_load(request.actor),
        "sentence": sentence,
    }
    return render_page(request, BUILDER, context, status=status)


@quoting_page
def edit_quote(request: Request, quote: str) -> HttpResponse:
    """The quote builder. `action` submit hands it to the buyer; anything else saves the draft,
    "remove:<line>:<option>" without that alternate; the rest is in `builder_buttons`."""
    actor: Actor = request.actor
    found = queries.get_own_quote(actor, quote)
    invitation = queries.get_invitation(actor, found.rfq.public_id)
    by_itself = request.method == "POST" and bool(request.headers.get("HX-Request"))
    # What was typed when a certificate ended is still taken, as a draft.
    is_typed = request.method == "POST" and not admission.needs_nda(actor, invitation.rfq)
    kept_back = not is_typed and admission.is_kept_back(actor, invitation.rfq)
    closed = found.state != QuoteState.DRAFT or kept_back
    if closed and not by_itself:
        return redirect("portal_request_detail", found.rfq.public_id)
    if request.method != "POST":
        typed = kept_typed(request)
        if typed is not None:
            messages.info(request, "You were signed out. Here is what you typed; save it again.")
        return _builder_page(request, found, invitation, typed)
    wanted, _, named = request.POST.get("action", "").partition(":")
    without = named if wanted == "remove" else ""
    lines = queries.lines_with_files_of(invitation.rfq)
    builder = QuoteBuilder(found, lines, request.POST, files=request.FILES, without=without)
    if by_itself:
        return autosave(request, quote, invitation.rfq, builder)
    if not builder.is_valid():
        sentence = "Some values cannot be saved. They are marked below; nothing you typed is lost."
        return _builder_page(
            request, found, invitation, sentence=sentence, status=422, builder=builder
        )
    # Read before any fault is shown: a form forgets the value that stands beside one.
    draft = builder.draft()
    if fault := add_files(actor, quote, builder.header.cleaned_data["uploads"]):
        builder.header.add_error("uploads", fault)
        kept = _keep_as_draft(actor, builder, draft)
        sentence = "Not every file was taken." + (" The rest is kept as a draft." if kept else "")
        found = queries.get_own_quote(actor, quote)
        return _builder_page(
            request, found, invitation, sentence=sentence, status=422, builder=builder
        )
    submit = wanted == "submit"
    action = actions.submit_quote if submit else actions.save_quote
    try:
        action(actor=actor, public_id=quote, draft=draft)
    except rules.EditedMeanwhile as error:
        return edited_meanwhile(request, quote, builder, error)
    except DomainError as error:
        if error.status == 404:
            raise
        add_errors(builder.header, error)
        kept = submit and _keep_as_draft(actor, builder, draft)
        found = queries.get_own_quote(actor, quote)
        return _builder_page(
            request,
            found,
            invitation,
            sentence=f"{error.sentence} What you typed is kept as a draft."
            if kept
            else error.sentence,
            status=error.status,
            builder=builder,
        )
    if submit:
        messages.success(request, "Submitted. The buyer sees your quote; no other shop does.")
        return redirect("portal_request_detail", found.rfq.public_id)
    return after_saving(request, quote, wanted, named)


def edited_meanwhile(
    request: Request, quote: str, builder: QuoteBuilder, error: rules.EditedMeanwhile
) -> HttpResponse:
    """The builder as typed, when the draft was saved elsewhere since it was opened; one button
    keeps what is typed, another loads what was saved."""
    found = queries.get_own_quote(request.actor, quote)
    invitation = queries.get_invitation(request.actor, found.rfq.public_id)
    return _builder_page(
        request, found, invitation, status=409, builder=builder, meanwhile=error.edition
    )


def _keep_as_draft(actor: Actor, builder: QuoteBuilder, draft: QuoteDraft) -> bool:
    """Save what could not be submitted, such as after the deadline; whether it could be saved."""
    try:
        saved = actions.save_quote(actor=actor, public_id=builder.quote.public_id, draft=draft)
    except DomainError:
        return False
    builder.edition = saved.draft_edition
    return True


def _act(request: Request, quote: str, action: Any, done: str, page: str) -> HttpResponse:
    actor: Actor = request.actor
    rfq = queries.get_own_quote(actor, quote).rfq
    try:
        action(actor=actor, public_id=quote)
    except DomainError as error:
        if error.status == 404:
            raise
        invitation = queries.get_invitation(actor, rfq.public_id)
        return _request_page(request, invitation, error.sentence, error.status)
    messages.success(request, done)
    return redirect(page, quote if page == "edit_quote" else rfq.public_id)


@quoting_page
@require_POST
def reopen_quote(request: Request, quote: str) -> HttpResponse:
    """Take a submitted quote back to change it."""
    done = "Your quote is a draft again. Submit it before the deadline."
    return _act(request, quote, actions.edit_quote, done, "edit_quote")


@quoting_page
@require_POST
def reconfirm_quote(request: Request, quote: str) -> HttpResponse:
    """Stand by the quote although the request changed."""
    done = "Confirmed. The buyer can choose your quote again."
    return _act(request, quote, amendment.reconfirm_quote, done, "portal_request_detail")


@quoting_page
@require_POST
def withdraw_quote(request: Request, quote: str) -> HttpResponse:
    """Take a quote back for good."""
    return _act(request, quote, actions.withdraw_quote, "Withdrawn.", "portal_request_detail")
