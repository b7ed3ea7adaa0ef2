"""A person's own security page, and the organization's rule for signing in."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts import queries
from accounts.actions import security as security_actions
from accounts.actions import sessions as session_actions
from accounts.decorators import member_page, recently_signed_in, signed_in_page
from accounts.devices import device_of
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.pages import render_page


@signed_in_page
def security(request: Request) -> HttpResponse:
    """Password, second factor, and the devices that are signed in."""
    factors = queries.second_factors_of(request.actor)
    context = {
        "factors": factors,
        "sessions": [
            {
                "row": session,
                "device": device_of(session.user_agent),
                "is_this": session.session_key == request.session.session_key,
            }
            for session in queries.sessions_of(request.actor)
        ],
    }
    return render_page(request, "accounts/account/security.html", context)


@signed_in_page
@require_POST
def end_session(request: Request, session: int) -> HttpResponse:
    """End one session at once. The one in hand is left by signing out."""
    this = next((s for s in queries.sessions_of(request.actor) if s.pk == session), None)
    if this is not None and this.session_key == request.session.session_key:
        return redirect("account_logout")
    ended = session_actions.end_session(actor=request.actor, session_id=session)
    messages.success(request, f"The session is ended: {device_of(ended.user_agent)}.")
    return redirect("security")


@signed_in_page
@require_POST
def end_other_sessions(request: Request) -> HttpResponse:
    """End every session but this one."""
    ended = session_actions.end_sessions(
        user=request.user,  # type: ignore[arg-type]
        but=request.session.session_key,
        reason="on the security page",
    )
    words = {0: "There was no other session.", 1: "The other session is ended."}
    messages.success(request, words.get(ended, f"{ended} other sessions are ended."))
    return redirect("security")


@member_page
def sign_in_rules(request: Request) -> HttpResponseBase:
    """Whether the organization requires a second factor of its members; a switch for admins."""
    request.actor.check(Permission.MANAGE_ORGANIZATION)
    if request.method == "POST":
        return _change_sign_in_rules(request)
    return _sign_in_rules_page(request)


@recently_signed_in
def _change_sign_in_rules(request: Request) -> HttpResponse:
    required = request.POST.get("required") == "yes"
    try:
        security_actions.require_second_factor(actor=request.actor, required=required)
    except DomainError as error:
        return _sign_in_rules_page(request, sentence=error.sentence, status=error.status)
    messages.success(
        request,
        "Every member needs a second factor from now on."
        if required
        else "The second factor is every member's own choice again.",
    )
    return redirect("organization_sign_in_rules")


def _sign_in_rules_page(request: Request, *, sentence: str = "", status: int = 200) -> HttpResponse:
    context = {
        "organization": request.actor.company,
        "without": queries.members_without_second_factor(request.actor),
        "sentence": sentence,
    }
    return render_page(
        request, "accounts/account/organization_sign_in_rules.html", context, status=status
    )
