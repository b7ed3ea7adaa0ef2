"""The link of an invitation: for a newcomer, for a member elsewhere, for another address."""

from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from accounts import callers, queries, rules
from accounts.actions import invitations
from accounts.actions.team import may_do
from accounts.decorators import public_page
from accounts.http import Request
from accounts.models import TeamInvitation
from accounts.roles import BUNDLES
from accounts.team_forms import JoinForm
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.pages import render_page


def _state_of(request: Request, invitation: TeamInvitation) -> tuple[str, str]:
    """What this visitor can do with the link: (stage, sentence)."""
    user = request.actor.user
    if user is not None and invitation.accepted_by_id == user.pk:
        return "joined", ""
    try:
        rules.check_usable(invitation)
    except DomainError as error:
        return "ended", error.sentence
    if user is None:
        return ("sign_in" if queries.has_account(invitation.email) else "sign_up"), ""
    if not queries.is_address_of(user, invitation.email):
        return "other_address", ""
    return "join", ""


def _page(
    request: Request, secret: str, *, form: JoinForm | None = None, sentence: str = ""
) -> HttpResponse:
    invitation = queries.get_invitation_by_secret(secret)
    stage, ended = _state_of(request, invitation)
    if stage == "joined":
        return redirect("home")
    context: dict[str, Any] = {
        "invitation": invitation,
        "stage": stage,
        "sentence": sentence or ended,
        "description": BUNDLES[invitation.role].description,
        "may_do": may_do(invitation.role),
        "form": form or JoinForm(),
    }
    refused = bool(sentence or (form and form.errors))
    status = 422 if refused else (410 if ended else 200)
    return render_page(request, "accounts/public/join_organization.html", context, status=status)


@public_page
@never_cache
def join_organization(request: Request, secret: str) -> HttpResponse:
    """Who invites to what, as what; joining needs the button. An unknown link is not found."""
    invitation = queries.get_invitation_by_secret(secret)
    if request.method != "POST":
        return _page(request, secret)
    if request.actor.user is None:
        return _sign_up(request, secret, invitation)
    try:
        member = invitations.join_organization(actor=request.actor, secret=secret)
    except DomainError as error:
        if error.status == 404:
            raise
        return _page(request, secret, sentence=error.sentence)
    request.session[callers.ORGANIZATION_KEY] = member.organization.public_id
    messages.success(request, f"Welcome to {member.organization.name}.")
    return redirect("home")


def _sign_up(request: Request, secret: str, invitation: TeamInvitation) -> HttpResponse:
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _page(request, secret, form=form)
    try:
        user = invitations.sign_up_by_invitation(secret=secret, **form.cleaned_data)
    except DomainError as error:
        if error.status == 404:
            raise
        add_errors(form, error)
        return _page(request, secret, form=form)
    messages.success(request, f"Welcome to {invitation.organization.name}.")
    # Through allauth, so that this sign-in is counted, recorded and limited like every other.
    answer: HttpResponse = perform_login(request, user)
    return answer
