"""How a person is called."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.actions.people import change_profile
from accounts.decorators import signed_in_page
from accounts.forms import ProfileForm
from accounts.http import Request
from accounts.queries import memberships_of
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.pages import render_page


@signed_in_page
def profile_settings(request: Request) -> HttpResponse:
    """Name, address to sign in with, and the organizations one belongs to."""
    person = request.user
    known = {"name": person.name}  # type: ignore[union-attr]
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            change_profile(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "Your profile is saved.")
            return redirect("profile_settings")
    return render_page(
        request,
        "accounts/account/profile_settings.html",
        {"form": form, "memberships": memberships_of(request.actor)},
        status=422 if form.errors else 200,
    )
