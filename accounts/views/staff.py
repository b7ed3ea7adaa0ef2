"""Staff act for a customer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actions.visits import end_staff_visit
from accounts.actions.visits import start_staff_visit as start
from accounts.actor import Actor
from accounts.callers import VISIT_KEY
from accounts.decorators import recently_signed_in, staff_page
from accounts.forms import StaffVisitForm
from accounts.http import Request
from accounts.queries import organization_for_staff
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import render_page


@staff_page
@recently_signed_in
def start_staff_visit(request: Request, organization: str) -> HttpResponse:
    """Say why and for how long; then every page is the customer's."""
    found = organization_for_staff(Actor.staff(request.user), organization)  # type: ignore[arg-type]
    form = StaffVisitForm(kept_typed(request) or request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            visit = start(
                actor=Actor.staff(request.user),  # type: ignore[arg-type]
                organization_id=organization,
                **form.cleaned_data,
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            request.session[VISIT_KEY] = visit.public_id
            return redirect("home")
    return render_page(
        request,
        "accounts/staff/start_staff_visit.html",
        {"form": form, "organization": found},
        status=422 if form.errors else 200,
    )


@staff_page
@require_POST
def stop_staff_visit(request: Request) -> HttpResponse:
    """Back to being staff."""
    end_staff_visit(actor=request.actor)
    request.session.pop(VISIT_KEY, None)
    messages.success(request, "You no longer act for the customer.")
    return redirect("admin:index")
