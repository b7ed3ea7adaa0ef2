"""Questions and answers of a request, for the buyer and for the shops that were asked."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page, quoting_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import keyset_page, render_page
from marketplace.files.links import link_to
from marketplace.messaging.actions import mark_answers_read, mark_thread_read
from marketplace.messaging.queries import unread_threads
from quotes import admission, queries, rules
from quotes.actions import questions as actions
from quotes.forms.published import MessageForm, PublishAnswerForm, QuestionForm
from quotes.models import RFQ, Invitation
from quotes.queries import questions as reads
from quotes.views.pinned import pins_of, viewer_of

SENT = "Sent. You get a mail when there is an answer."
MESSAGES_SHOWN = 50


def _context_of_answers(request: Request, rfq: RFQ) -> dict[str, Any]:
    page = keyset_page(reads.answers_of(rfq), request.GET.get("answers_after", ""))
    return {"answers": reads.placed(rfq, list(page.rows), request.actor), "answers_page": page}


def _viewers(actor: Actor, rfq: RFQ, rows: list[reads.Placed]) -> list[dict[str, str]]:
    """The models of the lines that something in this thread is pinned to."""
    pins = pins_of([placed.row for placed in rows], "")
    return [
        viewer_of(
            line.part_revision,
            link_to(line.part_revision.preview, actor),
            link_to(line.part_revision.thumbnail, actor),
            pins[line.public_id],
        )
        for line in rfq.lines.all()
        if line.public_id in pins and line.part_revision.preview
    ]


@buyer_page
def rfq_questions(request: Request, rfq: str) -> HttpResponse:
    """Who asked something, and what was answered for everybody."""
    actor: Actor = request.actor
    found = queries.get_rfq(actor, rfq)
    page = keyset_page(reads.threads_for_buyer(actor, found), request.GET.get("after", ""))
    unread = unread_threads(actor, list(page.rows))
    context = {
        "rfq": found,
        "page": page,
        "rows": [(thread, unread.get(thread.pk, 0)) for thread in page.rows],
        "can_write": actor.may(Permission.EDIT_RFQS) and rules.takes_questions(found),
        "publish_form": PublishAnswerForm(
            kept_typed(request, reverse("publish_answer", args=[rfq]))
        ),
        **_context_of_answers(request, found),
    }
    return render_page(request, "quotes/buyer/rfq_questions.html", context)


def _thread_page(
    request: Request,
    rfq: RFQ,
    thread_id: str,
    form: MessageForm | None = None,
    publish: PublishAnswerForm | None = None,
    about: str = "",
    status: int = 200,
) -> HttpResponse:
    """One thread; `about` is the message whose publication came back with errors."""
    actor: Actor = request.actor
    thread = reads.get_thread_for_buyer(actor, rfq, thread_id)
    page = keyset_page(reads.messages_of(thread), request.GET.get("after", ""), size=MESSAGES_SHOWN)
    rows = reads.placed(rfq, list(page.rows)[::-1], actor)
    context = {
        "rfq": rfq,
        "thread": thread,
        "page": page,
        "rows": rows,
        "form": form or MessageForm(),
        "publish": publish or PublishAnswerForm(),
        "about": about,
        "viewers": _viewers(actor, rfq, rows),
        "can_write": actor.may(Permission.EDIT_RFQS) and rules.takes_questions(rfq),
    }
    return render_page(request, "quotes/buyer/rfq_thread.html", context, status=status)


@buyer_page
def rfq_thread(request: Request, rfq: str, thread: str) -> HttpResponse:
    """One shop's questions and the answers it got."""
    actor: Actor = request.actor
    found = queries.get_rfq(actor, rfq)
    actions.read_thread(actor=actor, rfq=found, thread_id=thread)
    typed = kept_typed(request, reverse("answer_question", args=[rfq, thread]))
    return _thread_page(request, found, thread, MessageForm(typed) if typed else None)


@buyer_page
@require_POST
def answer_question(request: Request, rfq: str, thread: str) -> HttpResponse:
    """Write to one shop."""
    actor: Actor = request.actor
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            actions.answer_question(actor=actor, rfq_id=rfq, thread_id=thread, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "Sent to this manufacturer only.")
            return redirect("rfq_thread", rfq, thread)
    return _thread_page(request, queries.get_rfq(actor, rfq), thread, form, status=422)


@buyer_page
@require_POST
def publish_answer(request: Request, rfq: str) -> HttpResponse:
    """Answer for everybody who was asked: a question nobody has to have asked."""
    form = PublishAnswerForm(request.POST)
    if form.is_valid():
        try:
            actions.publish_answer(actor=request.actor, rfq_id=rfq, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "Published to everybody you asked.")
            return redirect("rfq_questions", rfq)
    found = queries.get_rfq(request.actor, rfq)
    context = {"rfq": found, "form": form, "action": reverse("publish_answer", args=[rfq])}
    return render_page(request, "quotes/buyer/publish_answer.html", context, status=422)


@buyer_page
@require_POST
def publish_question(request: Request, rfq: str, thread: str, message: str) -> HttpResponse:
    """Publish a shop's question with its answer, in words that name nobody."""
    form = PublishAnswerForm(request.POST)
    found = queries.get_rfq(request.actor, rfq)
    reads.get_thread_for_buyer(request.actor, found, thread)
    if form.is_valid():
        try:
            actions.publish_answer(
                actor=request.actor, rfq_id=rfq, message_id=message, **form.cleaned_data
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "Published to everybody you asked. Nobody is named.")
            return redirect("rfq_thread", rfq, thread)
    return _thread_page(request, found, thread, publish=form, about=message, status=422)


def _shop_page(
    request: Request, invitation: Invitation, form: QuestionForm | None = None, status: int = 200
) -> HttpResponse:
    actor: Actor = request.actor
    rfq = invitation.rfq
    thread = reads.thread_of_shop(actor, invitation)
    rows: list[reads.Placed] = []
    page = None
    if thread is not None:
        page = keyset_page(
            reads.messages_of(thread), request.GET.get("after", ""), size=MESSAGES_SHOWN
        )
        rows = reads.placed(rfq, list(page.rows)[::-1], actor)
    initial = {"line": request.GET.get("line", "")}
    context = {
        "rfq": rfq,
        "invitation": invitation,
        "page": page,
        "rows": rows,
        "form": form or QuestionForm(lines=queries.lines_of(rfq), initial=initial),
        "can_write": actor.may(Permission.QUOTE) and rules.takes_questions(rfq),
        **_context_of_answers(request, rfq),
    }
    return render_page(request, "quotes/portal/request_questions.html", context, status=status)


@quoting_page
def request_questions(request: Request, rfq: str) -> HttpResponse:
    """What this shop asked and was told, and what was answered for everybody."""
    actor: Actor = request.actor
    invitation = queries.get_invitation(actor, rfq)
    try:
        admission.check_may_open(actor, invitation.rfq)
    except NotAllowed as error:
        messages.info(request, error.sentence)
        return redirect("portal_request_detail", rfq)
    thread = reads.thread_of_shop(actor, invitation)
    if thread is not None:
        mark_thread_read(actor=actor, thread=thread)
    mark_answers_read(actor=actor, subject=rfq)
    typed = kept_typed(request, reverse("ask_question", args=[rfq]))
    form = QuestionForm(typed, lines=queries.lines_of(invitation.rfq)) if typed else None
    return _shop_page(request, invitation, form)


@quoting_page
@require_POST
def ask_question(request: Request, rfq: str) -> HttpResponse:
    """Write to the buyer; no other shop reads it."""
    actor: Actor = request.actor
    invitation = queries.get_invitation(actor, rfq)
    admission.check_may_open(actor, invitation.rfq)
    # A pin placed on a model says its line in the address.
    data = request.POST.copy()
    data.setdefault("line", request.GET.get("line", ""))
    form = QuestionForm(data, lines=queries.lines_of(invitation.rfq))
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            actions.ask_question(actor=actor, rfq_id=rfq, text=text, spot=form.spot)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, SENT)
            return redirect("request_questions", rfq)
    return _shop_page(request, invitation, form, status=422)
