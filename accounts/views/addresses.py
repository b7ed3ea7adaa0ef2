"""Where the organization receives goods."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts import queries
from accounts.actions import addresses as actions
from accounts.decorators import member_page
from accounts.http import Request
from accounts.roles import Permission
from accounts.team_forms import AddressForm
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.pages import render_page


def _page(request: Request, form: AddressForm | None = None, status: int = 200) -> HttpResponse:
    actor = request.actor
    context = {
        "addresses": list(queries.addresses_of(actor)),
        "form": form or AddressForm(),
        "may_manage": actor.may(Permission.MANAGE_ORGANIZATION),
    }
    return render_page(request, "accounts/account/addresses.html", context, status=status)


@member_page
def addresses(request: Request) -> HttpResponse:
    """All addresses; the POST adds one."""
    if request.method != "POST":
        return _page(request)
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            added = actions.add_address(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            if error.status == 404:
                raise
            add_errors(form, error)
            return _page(request, form, error.status)
        messages.success(request, f"{added.label} is saved.")
        return redirect("addresses")
    return _page(request, form, 422)


@member_page
def change_address(request: Request, address: str) -> HttpResponse:
    """Edit one address."""
    request.actor.check(Permission.MANAGE_ORGANIZATION)
    found = queries.get_address(request.actor, address)
    form = AddressForm(request.POST or None, instance=found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.change_address(actor=request.actor, public_id=address, **form.cleaned_data)
            except DomainError as error:
                if error.status == 404:
                    raise
                add_errors(form, error)
            else:
                messages.success(request, "The address is saved.")
                return redirect("addresses")
    context = {"address": queries.get_address(request.actor, address), "form": form}
    return render_page(request, "accounts/account/change_address.html", context, status=status)


@member_page
@require_POST
def remove_address(request: Request, address: str) -> HttpResponse:
    """Delete one address."""
    actions.remove_address(actor=request.actor, public_id=address)
    messages.success(request, "The address is deleted. Requests and orders keep what they say.")
    return redirect("addresses")
