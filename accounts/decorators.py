"""Doors: every view says for whom it is. A guard test walks the URLs and fails on one without."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts.callers import GUEST_KEY
from accounts.http import Request
from accounts.sessions import signed_in_recently
from marketplace.core.errors import NotFound
from marketplace.core.kept import keep_typed

View = Callable[..., HttpResponseBase]

GUEST_IS_OUT = (
    "You are out: the link was opened in another browser, replaced by a new one, or has ended. "
    "Open the newest link in your mail to go on."
)


def public_page(view: View) -> View:
    """Anybody, signed in or not."""
    view.audience = "public"  # type: ignore[attr-defined]
    return view


def _leave(request: Request, page: str) -> HttpResponse:
    """To a page that asks who this is and leads back here; what was typed is kept meanwhile.

    HTMX is told to go there as a whole page.
    """
    response = redirect_to_login(keep_typed(request), page)
    if not request.headers.get("HX-Request"):
        return response
    return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})


def _door(
    audience: str, refuse: Callable[[Request], HttpResponse | None], *, guests: bool = False
) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if guests and request.actor.is_guest:
                return view(request, *args, **kwargs)
            if not request.user.is_authenticated:
                if guests and request.session.pop(GUEST_KEY, None):
                    messages.warning(request, GUEST_IS_OUT)
                return _leave(request, reverse("account_login"))
            return refuse(request) or view(request, *args, **kwargs)

        guarded.audience = audience  # type: ignore[attr-defined]
        return guarded

    return decorate


def _needs_organization(request: Request) -> HttpResponse | None:
    if request.actor.organization is None:
        return redirect("create_organization")
    return None


def _needs_buyer(request: Request) -> HttpResponse | None:
    answer = _needs_organization(request)
    if answer is None and not request.actor.company.is_buyer:
        raise NotFound()
    return answer


def _needs_manufacturer(request: Request) -> HttpResponse | None:
    answer = _needs_organization(request)
    if answer is None and not request.actor.company.is_manufacturer:
        raise NotFound()
    return answer


def _needs_staff(request: Request) -> HttpResponse | None:
    if not request.user.is_staff:
        raise NotFound()
    return None


# A signed-in person, with or without an organization.
signed_in_page = _door("signed_in", lambda request: None)
# A member of any organization.
member_page = _door("member", _needs_organization)
# A member of an organization that buys.
buyer_page = _door("buyer", _needs_buyer)
# A member of an organization that makes parts.
portal_page = _door("portal", _needs_manufacturer)
# The same, and whoever came by a link to quote without an account.
quoting_page = _door("portal", _needs_manufacturer, guests=True)
# Staff of the platform.
staff_page = _door("staff", _needs_staff)


def recently_signed_in(view: View) -> View:
    """A dangerous act: asks a person who signed in a while ago to show again that it is them.

    Stands below the door: `@member_page`, `@require_POST`, `@recently_signed_in`. A GET returns to
    its page. For a POST the page that held the form (the Referer) is returned to; it brings back
    what was typed with `kept_typed(request, reverse("the_view_posted_to"))`.
    """

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if signed_in_recently(request):
            return view(request, *args, **kwargs)
        methods = get_adapter(request).get_reauthentication_methods(request.user)
        if methods:  # password, code or passkey, whichever the person has
            return _leave(request, methods[0]["url"])
        # Whoever has none came through another site's sign-in, and repeats that.
        logout(request)
        return _leave(request, reverse("account_login"))

    return guarded
