"""The landing page and what every visitor may meet."""

from django.conf import settings
from django.http import HttpResponse

from accounts.decorators import public_page
from accounts.http import Request
from marketplace.core.errors import NotFound
from marketplace.core.pages import render_page
from marketplace.pages import queries


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
def csrf_failure(request: Request, reason: str = "") -> HttpResponse:
    """A form from an old page: a sentence instead of a bare refusal."""
    sentence = (
        "This page was open too long or cookies are blocked, so the form could not be sent. Go "
        "back, reload the page and send it again."
    )
    return render_page(request, "403.html", {"sentence": sentence}, status=403)
