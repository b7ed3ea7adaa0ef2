"""The life of a published request: changed, extended, opened, ended, asked anew, confirmed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.kept import kept_typed
from marketplace.core.pages import render_page
from quotes import queries
from quotes.actions import amendment, deadline, publication
from quotes.forms.published import DeadlineForm
from quotes.forms.rfq import RFQBuilder
from quotes.models import RFQ
from quotes.states import RFQState
from quotes.views.buyer_detail import act, detail

MARKED = "Some values cannot be saved. They are marked below; nothing you typed is lost."


def _amend_page(
    request: Request, rfq: RFQ, builder: RFQBuilder, sentence: str = "", status: int = 200
) -> HttpResponse:
    quoted = rfq.quotes.filter(state="submitted").count()
    context = {"rfq": rfq, "builder": builder, "quoted": quoted, "sentence": sentence}
    return render_page(request, "quotes/buyer/amend_rfq.html", context, status=status)


@buyer_page
def amend_rfq(request: Request, rfq: str) -> HttpResponse:
    """Change an open request: it becomes the next revision, and everybody asked is told what."""
    actor: Actor = request.actor
    found = queries.get_rfq(actor, rfq)
    actor.check(Permission.EDIT_RFQS)
    if found.state == RFQState.DRAFT:
        return redirect("edit_rfq", rfq)
    if not found.takes_quotes and request.method != "POST":
        return detail(request, found, "Only an open request is changed. Extend its deadline.", 409)
    lines = list(found.lines.all())
    if request.method != "POST":
        return _amend_page(request, found, RFQBuilder(found, lines, kept_typed(request)))
    builder = RFQBuilder(found, lines, request.POST)
    if not builder.is_valid():
        return _amend_page(request, found, builder, MARKED, 422)
    seen = request.POST.get("seen", "")
    try:
        amendment.amend_rfq(
            actor=actor,
            public_id=rfq,
            draft=builder.draft(),
            seen=int(seen) if seen.isdigit() and len(seen) < 6 else 0,
        )
    except DomainError as error:
        if error.status == 404:
            raise
        fresh = queries.get_rfq(actor, rfq)
        return _amend_page(request, fresh, builder, error.sentence, error.status)
    messages.success(request, "Changed. Everybody you asked is told what changed.")
    return redirect("rfq_detail", rfq)


@buyer_page
@require_POST
def extend_rfq(request: Request, rfq: str) -> HttpResponse:
    """Take quotes until a later moment."""
    form = DeadlineForm(request.POST)
    if not form.is_valid():
        found = queries.get_rfq(request.actor, rfq)
        return detail(request, found, "Enter the new deadline as date and time.", 422)
    until = form.cleaned_data["deadline"]
    done = "Extended. Everybody you asked is told."
    return act(request, rfq, deadline.extend_rfq, done, deadline=until)


@buyer_page
@require_POST
def unseal_rfq(request: Request, rfq: str) -> HttpResponse:
    """Open sealed quotes before the deadline."""
    reason = request.POST.get("reason", "")[:200]
    done = "Opened. Everybody you asked is told, with your reason."
    return act(request, rfq, deadline.unseal_rfq, done, reason=reason)


@buyer_page
@require_POST
def end_without_award(request: Request, rfq: str) -> HttpResponse:
    """Choose nobody."""
    reason = request.POST.get("reason", "")[:200]
    done = "Ended without an award. Everybody you asked is told."
    return act(request, rfq, publication.end_without_award, done, reason=reason)


@buyer_page
@require_POST
def reissue_rfq(request: Request, rfq: str) -> HttpResponse:
    """Ask anew, with other quantities: a new draft."""
    actor: Actor = request.actor
    try:
        new = publication.reissue_rfq(actor=actor, public_id=rfq)
    except DomainError as error:
        if error.status == 404:
            raise
        return detail(request, queries.get_rfq(actor, rfq), error.sentence, error.status)
    messages.success(
        request,
        "A new draft. Change the quantities, set a deadline, publish. The verified shops you asked "
        "are ticked; ask a company without an account again once it is published.",
    )
    return redirect("edit_rfq", new.public_id)
