"""Organization and token pages, for members of either side."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts import queries
from accounts.actions import organization as organization_actions
from accounts.actions import tokens as token_actions
from accounts.decorators import member_page, signed_in_page
from accounts.forms import ApiTokenForm, DetailsForm, OrganizationForm
from accounts.http import Request
from accounts.middleware import SESSION_KEY
from accounts.roles import Permission
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


def _settings_page(
    request: Request,
    *,
    form: DetailsForm | None = None,
    token_form: ApiTokenForm | None = None,
    new_token: str = "",
) -> HttpResponse:
    """Details and tokens; a form that was refused comes back as it was typed."""
    actor = request.actor
    form = form or DetailsForm(instance=actor.company)
    token_form = token_form or ApiTokenForm()
    context = {
        "form": form,
        "tokens": queries.api_tokens_of(actor)[:50],
        "token_form": token_form,
        "new_token": new_token,
        "may_manage": actor.may(Permission.MANAGE_ORGANIZATION),
    }
    refused = form.errors or token_form.errors
    return render_page(
        request,
        "accounts/account/organization_settings.html",
        context,
        status=422 if refused else 200,
    )


@member_page
def organization_settings(request: Request) -> HttpResponse:
    """Details and API tokens of the acting organization."""
    if request.method != "POST":
        return _settings_page(request)
    form = DetailsForm(request.POST)
    if form.is_valid():
        try:
            organization_actions.change_organization(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "The organization's details are saved.")
            return redirect("organization_settings")
    return _settings_page(request, form=form)


@member_page
@require_POST
def create_api_token(request: Request) -> HttpResponse:
    """Make a token and show its secret in this one answer; nothing keeps it."""
    form = ApiTokenForm(request.POST)
    if form.is_valid():
        try:
            _, secret = token_actions.create_api_token(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            return _settings_page(request, new_token=secret)
    return _settings_page(request, token_form=form)


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
