"""A person's own data: a copy of it, and the end of the account."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.decorators import recently_signed_in, signed_in_page
from accounts.http import Request
from marketplace.core.errors import DomainError
from marketplace.core.pages import render_page
from marketplace.core.templatetags.formats import plain_day
from marketplace.operations import queries
from marketplace.operations.actions import deletion, exports


@signed_in_page
def privacy(request: Request) -> HttpResponse:
    """What can be asked, what was asked, and what stays."""
    return render_page(
        request,
        "operations/account/privacy.html",
        {
            **queries.privacy_board(request.actor),
            "kept_days": settings.EXPORT_KEPT_DAYS,
            "grace_days": settings.DELETION_GRACE_DAYS,
        },
    )


@signed_in_page
@require_POST
@recently_signed_in
def ask_data_export(request: Request) -> HttpResponse:
    """Ask for the copy."""
    exports.ask_data_export(actor=request.actor)
    messages.success(request, "We are making the copy. You get a mail when it is ready.")
    return redirect("privacy")


@signed_in_page
@require_POST
@recently_signed_in
def ask_deletion(request: Request) -> HttpResponse:
    """Ask to be deleted."""
    try:
        asked = deletion.ask_deletion(actor=request.actor)
    except DomainError as error:
        messages.error(request, error.sentence)
    else:
        day = plain_day(asked.due_at)
        messages.success(request, f"Your account is deleted on {day}. Until then you can cancel.")
    return redirect("privacy")


@signed_in_page
@require_POST
def cancel_deletion(request: Request) -> HttpResponse:
    """Keep the account."""
    deletion.cancel_deletion(actor=request.actor)
    messages.success(request, "Your account stays.")
    return redirect("privacy")
