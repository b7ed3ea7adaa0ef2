"""The link by mail: its page, a second browser's code, and keeping the quote with an account."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.callers import remember_guest
from accounts.decorators import buyer_page, public_page, signed_in_page
from accounts.http import Request
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.pages import render_page
from quotes.actions import guests as actions
from quotes.forms.published import GuestCodeForm, GuestForm
from quotes.models import GuestLink
from quotes.views.buyer_detail import act

PAGE = "quotes/public/guest_link.html"


def _link_page(
    request: Request, secret: str, link: GuestLink, status: int = 200, **context: Any
) -> HttpResponse:
    company = link.invitation.manufacturer.organization
    initial = {"company": company.name, "country": company.country}
    shown = {
        "secret": secret,
        "link": link,
        "rfq": link.invitation.rfq,
        "form": GuestForm(initial=initial),
        "code_form": GuestCodeForm(),
        **context,
    }
    response = render_page(request, PAGE, shown, status=status)
    # The address of this page is the key: it goes into no cache. Every page of ours keeps the
    # referrer to ourselves; "no-referrer" would also take the origin from our own forms.
    response["Cache-Control"] = "no-store"
    return response


def _over(request: Request, sentence: str) -> HttpResponse:
    return render_page(
        request, "quotes/public/guest_link_over.html", {"sentence": sentence}, status=404
    )


def _enter(request: Request, link: GuestLink, key: str, name: str) -> HttpResponse:
    # A new session number, so that one somebody else may know is worth nothing.
    request.session.cycle_key()
    company = link.invitation.manufacturer.organization
    remember_guest(request.session, organization=company.public_id, key=key, name=name)
    return redirect("portal_request_detail", link.invitation.rfq.public_id)


@public_page
def open_guest_link(request: Request, secret: str) -> HttpResponse:
    """What a mailed link opens: who are you, or (a second browser) the code, or one's account."""
    try:
        link = actions.get_link(secret)
    except DomainError as error:
        return _over(request, error.sentence)
    actor = request.actor
    if actor.is_guest and actor.organization == link.invitation.manufacturer.organization:
        return redirect("portal_request_detail", link.invitation.rfq.public_id)
    if request.method != "POST":
        return _link_page(request, secret, link)
    form = GuestForm(request.POST)
    if form.is_valid():
        try:
            link, key = actions.open_guest_link(secret=secret, **form.cleaned_data)
        except DomainError as error:
            if error.status == 404:
                return _over(request, error.sentence)
            add_errors(form, error)
            link = actions.get_link(secret)
        else:
            return _enter(request, link, key, form.cleaned_data["name"])
    return _link_page(request, secret, link, 422, form=form)


@public_page
@require_POST
def send_guest_code(request: Request, secret: str) -> HttpResponse:
    """Mail a code to the invited address."""
    try:
        actions.send_guest_code(secret=secret)
    except DomainError as error:
        if error.status == 404:
            return _over(request, error.sentence)
        messages.error(request, error.sentence)
    else:
        messages.success(request, "A code is on its way to the address the link was sent to.")
    return redirect("open_guest_link", secret)


@public_page
@require_POST
def confirm_guest_code(request: Request, secret: str) -> HttpResponse:
    """Let a second browser in, and the first one out."""
    form = GuestCodeForm(request.POST)
    if form.is_valid():
        try:
            link, key = actions.confirm_guest_code(secret=secret, **form.cleaned_data)
        except DomainError as error:
            if error.status == 404:
                return _over(request, error.sentence)
            add_errors(form, error)
        else:
            return _enter(request, link, key, form.cleaned_data["name"])
    try:
        link = actions.get_link(secret)
    except DomainError as error:
        return _over(request, error.sentence)
    return _link_page(request, secret, link, 422, code_form=form)


@signed_in_page
@require_POST
def claim_guest_quote(request: Request, secret: str) -> HttpResponse:
    """The signed-in person keeps what was started by link."""
    try:
        invitation = actions.claim_guest_quote(actor=request.actor, secret=secret)
    except DomainError as error:
        if error.status == 404:
            return _over(request, error.sentence)
        link = actions.get_link(secret)
        return _link_page(request, secret, link, error.status, sentence=error.sentence)
    messages.success(request, "Yours now. Your company has to be verified before an order.")
    return redirect("portal_request_detail", invitation.rfq.public_id)


@buyer_page
@require_POST
def invite_guest(request: Request, rfq: str) -> HttpResponse:
    """Ask a company without an account."""
    values = {name: request.POST.get(name, "")[:254] for name in ("email", "company")}
    done = f"Invited. The link goes to {values['email']}."
    return act(request, rfq, actions.invite_guest, done, **values)


@buyer_page
@require_POST
def resend_guest_link(request: Request, rfq: str, invitation: str) -> HttpResponse:
    """Mail a new link."""
    done = "A new link is on its way; the old one opens nothing any more."
    return act(request, rfq, actions.resend_guest_link, done, invitation_id=invitation)
