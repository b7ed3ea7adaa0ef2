"""A manufacturer's certificates."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.decorators import portal_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.pages import render_page
from marketplace.directory import queries
from marketplace.directory.actions import certificates as actions
from marketplace.directory.forms import CertificateForm
from marketplace.directory.models import Certificate
from marketplace.directory.views.portal import standing_of
from marketplace.files.links import link_to

CARRIED = ("certification", "number", "body", "scope", "facility")


@portal_page
def portal_certificates(request: Request) -> HttpResponse:
    """The certificates with their state; a few dozen at most."""
    rows = [
        (certificate, link_to(certificate.file, request.actor))
        for certificate in queries.certificates_of(request.actor)
    ]
    profile = queries.manufacturer_of(request.actor)
    return render_page(
        request,
        "directory/portal/portal_certificates.html",
        {"rows": rows, **standing_of(request, profile)},
    )


def _form_page(request: Request, form: CertificateForm, old: Certificate | None) -> HttpResponse:
    return render_page(
        request,
        "directory/portal/add_certificate.html",
        {"form": form, "old": old},
        status=422 if form.errors else 200,
    )


def _add(request: Request, old: Certificate | None) -> HttpResponse:
    request.actor.check(Permission.EDIT_PROFILE)
    if request.method != "POST":
        known = {name: getattr(old, name) for name in CARRIED} if old else {}
        return _form_page(request, CertificateForm(initial=known), old)
    form = CertificateForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.add_certificate(
                actor=request.actor, replaces=old.public_id if old else "", **form.cleaned_data
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "The certificate is saved. It counts once we checked it.")
            return redirect("portal_certificates")
    return _form_page(request, form, old)


@portal_page
def add_certificate(request: Request) -> HttpResponse:
    """A new certificate."""
    if queries.manufacturer_of(request.actor) is None:
        messages.info(request, "Describe what you make first; certificates belong to a profile.")
        return redirect("portal_profile")
    return _add(request, None)


@portal_page
def replace_certificate(request: Request, certificate: str) -> HttpResponse:
    """The successor of a certificate, filled in from it."""
    return _add(request, queries.get_certificate(request.actor, certificate))


@portal_page
@require_POST
def withdraw_certificate(request: Request, certificate: str) -> HttpResponse:
    """Take a certificate out of the profile."""
    actions.withdraw_certificate(actor=request.actor, public_id=certificate)
    messages.success(request, "The certificate is withdrawn.")
    return redirect("portal_certificates")
