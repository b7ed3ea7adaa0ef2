"""A manufacturer's own profile, its company facts and its standing."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.decorators import portal_page
from accounts.http import Request
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.pages import render_page
from marketplace.directory import queries
from marketplace.directory.actions.manufacturer import save_company, save_profile
from marketplace.directory.actions.verification import answer_question as answer_action
from marketplace.directory.actions.verification import apply_manufacturer as apply_action
from marketplace.directory.forms import AnswerForm, CompanyForm, ProfileForm
from marketplace.directory.models import Manufacturer
from marketplace.directory.rules import can_change_facts, may_read_rate_card


def standing_of(
    request: Request, profile: Manufacturer | None, answer: AnswerForm | None = None
) -> dict[str, Any]:
    """What the head of each profile page says: state, what is missing, what staff asked."""
    return {
        "profile": profile,
        "lacks": queries.lacks_of(request.actor, profile),
        "answer_form": answer or AnswerForm(),
        "reads_rates": may_read_rate_card(request.actor),
    }


def _profile_page(
    request: Request, form: ProfileForm | None = None, answer: AnswerForm | None = None
) -> HttpResponse:
    profile = queries.manufacturer_of(request.actor)
    form = form or ProfileForm(instance=profile)
    refused = form.errors or (answer and answer.errors)
    return render_page(
        request,
        "directory/portal/portal_profile.html",
        {"form": form, **standing_of(request, profile, answer)},
        status=422 if refused else 200,
    )


@portal_page
def portal_profile(request: Request) -> HttpResponse:
    """Show and change the profile."""
    if request.method != "POST":
        return _profile_page(request)
    form = ProfileForm(request.POST, instance=queries.manufacturer_of(request.actor))
    if form.is_valid():
        try:
            save_profile(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "Your profile is saved.")
            return redirect("portal_profile")
    return _profile_page(request, form)


@portal_page
def portal_company(request: Request) -> HttpResponse:
    """What the company is in law: name, register, tax, year."""
    profile = queries.manufacturer_of(request.actor)
    form = CompanyForm(
        request.POST if request.method == "POST" else None,
        organization=request.actor.company,
        founded_year=profile.founded_year if profile else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_company(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "The company's facts are saved.")
            return redirect("portal_company")
    return render_page(
        request,
        "directory/portal/portal_company.html",
        {
            "form": form,
            "organization": request.actor.company,
            "editable": can_change_facts(profile),
            **standing_of(request, profile),
        },
        status=422 if form.errors else 200,
    )


@portal_page
@require_POST
def apply_manufacturer(request: Request) -> HttpResponse:
    """Ask staff to verify the company."""
    try:
        apply_action(actor=request.actor)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, error.sentence)
    else:
        messages.success(request, "Your application is on its way. We answer by mail.")
    return redirect("portal_profile")


@portal_page
@require_POST
def answer_question(request: Request) -> HttpResponse:
    """Answer what staff asked; a refused answer comes back as it was typed."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            answer_action(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "Your answer is sent. We look at your application again.")
            return redirect("portal_profile")
    return _profile_page(request, answer=form)
