"""Which page is measured by others, and whether its visitor allowed it.

Measured are a few public pages, for visitors who are not signed in and said yes. Never a page with
somebody's parts, never one whose address is a secret, never one with a password on it. Without an
id in the settings none of this exists.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "analytics"
YES, NO = "yes", "no"
# By the names of their addresses, which is also all that a page tells of itself.
MEASURED = frozenset({"landing", "manufacturers", "manufacturer_detail", "status"})


def is_offered() -> bool:
    """Whether this installation measures anything at all."""
    return bool(settings.GOOGLE_ANALYTICS_ID or settings.MIXPANEL_TOKEN)


def _names() -> list[str]:
    """Who measures, as the banner says it."""
    by = {"Google Analytics": settings.GOOGLE_ANALYTICS_ID, "Mixpanel": settings.MIXPANEL_TOKEN}
    return [name for name, is_on in by.items() if is_on]


def choice(request: HttpRequest) -> str:
    """What the visitor chose: YES, NO, or "" while nothing was chosen."""
    kept = request.COOKIES.get(COOKIE, "")
    return kept if kept in (YES, NO) else ""


def _could_be_measured(request: HttpRequest) -> bool:
    match = request.resolver_match
    return bool(
        is_offered()
        and match is not None
        and match.url_name in MEASURED
        and not request.user.is_authenticated
    )


def analytics(request: HttpRequest) -> dict[str, Any]:
    """For layouts: `analytics`, with the visitor's choice, whether to ask for it here, and the ids
    where the page is measured. Empty where nothing is offered."""
    if not is_offered():
        return {"analytics": {}}
    could, chosen = _could_be_measured(request), choice(request)
    is_measured = could and chosen == YES
    return {
        "analytics": {
            "choice": chosen,
            "asks": could and not chosen,
            "by": " and ".join(_names()),
            "is_measured": is_measured,
            "page": request.resolver_match.url_name if request.resolver_match else "",
            "google": settings.GOOGLE_ANALYTICS_ID if is_measured else "",
            "mixpanel": settings.MIXPANEL_TOKEN if is_measured else "",
        }
    }


class AnalyticsMiddleware:
    """Lets a page that is measured, and no other, load from those who measure."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if choice(request) == YES and _could_be_measured(request):
            sources: dict[str, list[str]] = {}
            for name, is_on in (
                ("google", settings.GOOGLE_ANALYTICS_ID),
                ("mixpanel", settings.MIXPANEL_TOKEN),
            ):
                for directive, hosts in settings.ANALYTICS_SOURCES[name].items() if is_on else ():
                    sources.setdefault(directive, []).extend(hosts)
            response._csp_update = sources  # type: ignore[attr-defined]
        return response
