"""A manufacturer's own profile."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.decorators import portal_page
from accounts.http import Request
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.pages import render_page
from marketplace.directory import queries
from marketplace.directory.actions.manufacturer import save_profile
from marketplace.directory.forms import ProfileForm


@portal_page
def portal_profile(request: Request) -> HttpResponse:
    """Show and change the profile; the first save asks for verification."""
    profile = queries.manufacturer_of(request.actor)
    form = ProfileForm(request.POST or None, instance=profile)
    if request.method == "POST" and form.is_valid():
        try:
            save_profile(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "Your profile is saved.")
            return redirect("portal_profile")
    return render_page(
        request,
        "directory/portal/portal_profile.html",
        {"form": form, "profile": profile},
        status=422 if form.errors else 200,
    )
