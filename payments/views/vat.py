"""A buyer's VAT: its id, and certificates that free it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actions import company
from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.pages import render_page
from marketplace.files.links import link_to
from payments.actions import tax
from payments.forms import ExemptionForm, VatIdForm
from payments.tax_queries import exemptions_of, get_exemption, today


def _page(
    request: Request, *, vat: VatIdForm | None = None, exemption: ExemptionForm | None = None
) -> HttpResponse:
    context = {
        "vat": vat or VatIdForm(None, organization=request.actor.company),
        "form": exemption or ExemptionForm(),
        "rows": list(exemptions_of(request.actor)[: tax.MOST_EXEMPTIONS * 2]),
        "today": today(),
        "may_manage": "manage_organization" in request.actor.permissions,
        "is_verified_elsewhere": request.actor.company.is_manufacturer,
    }
    status = 422 if vat or exemption else 200
    return render_page(request, "payments/buyer/buyer_vat.html", context, status=status)


@buyer_page
def buyer_vat(request: Request) -> HttpResponse:
    """Both, on one page."""
    return _page(request)


@buyer_page
@require_POST
def state_vat_id(request: Request) -> HttpResponse:
    """The VAT id counts for orders whose first payment is asked for from now on."""
    request.actor.check(Permission.MANAGE_ORGANIZATION)
    form = VatIdForm(request.POST, organization=request.actor.company)
    if form.is_valid():
        try:
            company.state_vat_id(actor=request.actor, vat_id=form.cleaned_data["vat_id"])
        except DomainError as error:
            if error.status in (403, 404):
                raise
            add_errors(form, error)
        else:
            messages.success(request, "Saved. It counts from your next order on.")
            return redirect("buyer_vat")
    return _page(request, vat=form)


@buyer_page
@require_POST
def hand_in_exemption(request: Request) -> HttpResponse:
    """A certificate with its file."""
    request.actor.check(Permission.MANAGE_ORGANIZATION)
    form = ExemptionForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            tax.hand_in_exemption(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            add_errors(form, error)
        else:
            messages.success(request, "Handed in. It counts once we have checked it.")
            return redirect("buyer_vat")
    return _page(request, exemption=form)


@buyer_page
def exemption_file(request: Request, certificate: str) -> HttpResponse:
    """The file of a certificate."""
    found = get_exemption(request.actor, certificate)
    return redirect(link_to(found.file, request.actor))


@buyer_page
@require_POST
def withdraw_exemption(request: Request, certificate: str) -> HttpResponse:
    """Take a certificate back."""
    try:
        tax.withdraw_exemption(actor=request.actor, public_id=certificate)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, error.sentence)
    else:
        messages.success(request, "Taken back. Orders it counted for stay as they are.")
    return redirect("buyer_vat")
