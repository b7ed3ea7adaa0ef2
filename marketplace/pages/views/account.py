"""The first steps, for members of either side."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.decorators import member_page
from accounts.http import Request
from marketplace.core.pages import render_page
from marketplace.pages import onboarding
from marketplace.pages.actions import checklist


@member_page
def first_steps(request: Request) -> HttpResponse:
    """What leads a new organization to its first result; the first page after it was created."""
    return render_page(
        request,
        "pages/account/first_steps.html",
        {"checklists": onboarding.checklists_of(request.actor)},
    )


@member_page
@require_POST
def hide_checklist(request: Request) -> HttpResponse:
    """Put the list away."""
    checklist.hide_checklist(actor=request.actor, side=request.POST.get("side", ""))
    messages.success(request, "Hidden. You find the first steps in the settings.")
    return redirect("home")


@member_page
@require_POST
def show_checklist(request: Request) -> HttpResponse:
    """Take the list out again."""
    checklist.show_checklist(actor=request.actor, side=request.POST.get("side", ""))
    return redirect("first_steps")
