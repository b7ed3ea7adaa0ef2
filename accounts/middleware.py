"""How long a session lasts, who acts in it, and what they must do first."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from accounts.actions.sessions import see_session
from accounts.addresses import client_address
from accounts.callers import actor_in_session
from accounts.queries import lacks_second_factor
from accounts.sessions import has_run_out
from marketplace.core.api.errors import plain_problem

TOUCHED_KEY = "touched"
TOUCH_EVERY_SECONDS = 60
API = "/api/"
# What a person without a required second factor can reach: setting one up, and leaving.
SET_UP = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "account_logout",
}


class SessionLifeMiddleware:
    """A session in use lives on: its hour starts again, at most once a minute. After
    SESSION_MAX_AGE it ends all the same.

    Saving at every request would cost each page a write for an accuracy nobody needs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not request.session.is_empty():
            if has_run_out(request):
                self._end(request)
            else:
                self._touch(request)
        return self.get_response(request)

    def _end(self, request: HttpRequest) -> None:
        hours = settings.SESSION_MAX_AGE // 3600
        request.session_ran_out = f"{hours} hours after signing in"  # type: ignore[attr-defined]
        logout(request)
        messages.info(request, f"You signed in {hours} hours ago. Sign in again to go on.")

    def _touch(self, request: HttpRequest) -> None:
        now = int(time.time())
        if now - request.session.get(TOUCHED_KEY, 0) < TOUCH_EVERY_SECONDS:
            return
        # A page that looks for news by itself is not a person at work.
        if request.headers.get("X-Live"):
            return
        request.session[TOUCHED_KEY] = now
        if USER_KEY in request.session and request.user.is_authenticated:
            see_session(
                user_id=request.user.pk,
                session_key=request.session.session_key or "",
                address=client_address(request),
                user_agent=request.headers.get("User-Agent", ""),
            )


class ActorMiddleware:
    """Adds a lazy `request.actor`; a page that never asks costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: actor_in_session(request.user, request.session)  # type: ignore[arg-type]
        )
        return self.get_response(request)


class SecondFactorMiddleware:
    """Whoever must have a second factor and has none reaches only the pages that set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """The set-up page (403 for a program) instead of the view, or None to go on."""
        if USER_KEY not in request.session or not request.user.is_authenticated:
            return None
        match = request.resolver_match
        if match is not None and match.url_name in SET_UP:
            return None
        reason = lacks_second_factor(request.actor)  # type: ignore[attr-defined]
        if not reason:
            return None
        if request.path.startswith(API):
            return plain_problem(403, "second_factor_required", f"{reason} Set one up first.")
        return redirect("mfa_index")
