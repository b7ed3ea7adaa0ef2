"""Organization and token pages, for members of either side."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts import queries
from accounts.actions import organization as organization_actions
from accounts.actions import tokens as token_actions
from accounts.decorators import member_page, signed_in_page
from accounts.forms import ApiTokenForm, OrganizationForm
from accounts.http import Request
from accounts.middleware import SESSION_KEY
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.pages import render_page


@signed_in_page
def create_organization(request: Request) -> HttpResponse:
    """First step after sign-up: name the company and its side."""
    form = OrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            created = organization_actions.create_organization(
                actor=request.actor, **form.cleaned_data
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            request.session[SESSION_KEY] = created.public_id
            return redirect("buyer_home" if created.is_buyer else "portal_home")
    status = 422 if form.errors else 200
    return render_page(
        request, "accounts/account/create_organization.html", {"form": form}, status=status
    )


@member_page
def organization_settings(request: Request) -> HttpResponse:
    """Details, members and API tokens of the acting organization."""
    actor = request.actor
    form = OrganizationForm(
        request.POST or None, instance=None if request.POST else actor.organization
    )
    if request.method == "POST" and form.is_valid():
        try:
            organization_actions.change_organization(actor=actor, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "The organization's details are saved.")
            return redirect("organization_settings")
    context = {
        "form": form,
        "members": queries.members_of(actor),
        "tokens": queries.api_tokens_of(actor)[:50],
        "token_form": ApiTokenForm(),
        "new_token": request.session.pop("new_token", ""),
    }
    return render_page(
        request,
        "accounts/account/organization_settings.html",
        context,
        status=422 if form.errors else 200,
    )


@member_page
@require_POST
def create_api_token(request: Request) -> HttpResponse:
    """Make a token; its secret is shown once, on the next page."""
    form = ApiTokenForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the token a name, a number of days and what it may do.")
        return redirect("organization_settings")
    _, secret = token_actions.create_api_token(actor=request.actor, **form.cleaned_data)
    request.session["new_token"] = secret
    return redirect("organization_settings")


@member_page
@require_POST
def revoke_api_token(request: Request, token: str) -> HttpResponse:
    """End a token."""
    token_actions.revoke_api_token(actor=request.actor, public_id=token)
    messages.success(request, "The token is revoked.")
    return redirect("organization_settings")


@signed_in_page
@require_POST
def switch_organization(request: Request) -> HttpResponse:
    """Act for another of one's organizations."""
    request.session[SESSION_KEY] = request.POST.get("organization", "")
    return redirect("home")


@signed_in_page
def home(request: Request) -> HttpResponse:
    """Where a person belongs after signing in."""
    organization = request.actor.organization
    if organization is None:
        return redirect("admin:index" if request.user.is_staff else "create_organization")
    return redirect("buyer_home" if organization.is_buyer else "portal_home")
