"""Organization and token pages, for members of either side."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actions import organization as organization_actions
from accounts.callers import ORGANIZATION_KEY
from accounts.decorators import member_page, signed_in_page
from accounts.forms import DetailsForm, OrganizationForm
from accounts.http import Request
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
            request.session[ORGANIZATION_KEY] = created.public_id
            return redirect("first_steps")
    status = 422 if form.errors else 200
    return render_page(
        request, "accounts/account/create_organization.html", {"form": form}, status=status
    )


@member_page
def organization_settings(request: Request) -> HttpResponse:
    """Details of the acting organization; a form that was refused comes back as it was typed."""
    # Without the instance when it is posted: a refused value must not show as the company's name.
    posted = request.method == "POST"
    form = DetailsForm(request.POST) if posted else DetailsForm(instance=request.actor.company)
    if posted and form.is_valid():
        try:
            organization_actions.change_organization(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "The organization's details are saved.")
            return redirect("organization_settings")
    return render_page(
        request,
        "accounts/account/organization_settings.html",
        {"form": form, "may_manage": request.actor.may(Permission.MANAGE_ORGANIZATION)},
        status=422 if form.errors else 200,
    )


@signed_in_page
@require_POST
def switch_organization(request: Request) -> HttpResponse:
    """Act for another of one's organizations."""
    request.session[ORGANIZATION_KEY] = request.POST.get("organization", "")
    return redirect("home")


@signed_in_page
def home(request: Request) -> HttpResponse:
    """Where a person belongs after signing in."""
    organization = request.actor.organization
    if organization is None:
        return redirect("admin:index" if request.user.is_staff else "create_organization")
    return redirect("buyer_home" if organization.is_buyer else "portal_home")
