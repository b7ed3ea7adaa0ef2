"""The landing page and what every visitor may meet."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.decorators import public_page
from accounts.http import Request
from marketplace.core.errors import NotFound
from marketplace.core.pages import render_page
from marketplace.pages import analytics, queries


@public_page
def landing(request: Request) -> HttpResponse:
    """What this is, for buyers and for manufacturers."""
    return render_page(
        request, "pages/public/landing.html", {"manufacturers": queries.landing_manufacturers()}
    )


@public_page
def gallery(request: Request) -> HttpResponse:
    """Every component in its variants; for staff, and for developers with DEBUG on."""
    if not (settings.DEBUG or request.user.is_staff):
        raise NotFound()
    return render_page(request, "pages/public/gallery.html", {})


@public_page
@require_POST
def choose_analytics(request: Request) -> HttpResponse:
    """Keep a visitor's yes or no, and take the cookies of those who measured away with a no."""
    if not analytics.is_offered():
        raise NotFound()
    chosen = analytics.YES if request.POST.get("choice") == analytics.YES else analytics.NO
    back = request.POST.get("back", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = redirect(back if is_ours else "landing")
    response.set_cookie(
        analytics.COOKIE,
        chosen,
        max_age=settings.ANALYTICS_CHOICE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    if chosen == analytics.NO:
        for name in request.COOKIES:
            if name == "_ga" or name.startswith("_ga_"):
                response.delete_cookie(name)
    return response


@public_page
def csrf_failure(request: Request, reason: str = "") -> HttpResponse:
    """A form from an old page: a sentence instead of a bare refusal."""
    sentence = (
        "This page was open too long or cookies are blocked, so the form could not be sent. Go "
        "back, reload the page and send it again."
    )
    return render_page(request, "403.html", {"sentence": sentence}, status=403)
