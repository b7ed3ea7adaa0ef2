"""Waiting for a worker and leaving for Stripe, with HTMX and without JavaScript."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect

from accounts.http import Request
from marketplace.core.pages import render_page

# HTMX asks every second or two; this is for browsers that run no scripts.
RELOAD_SECONDS = 4


def render_progress(
    request: Request, template: str, context: dict[str, Any], *, waiting: bool
) -> HttpResponse:
    """A page with a `progress` fragment that asks again by itself while `waiting`."""
    answer = render_page(request, template, {**context, "waiting": waiting}, fragment="progress")
    if waiting and not request.headers.get("HX-Request"):
        answer["Refresh"] = str(RELOAD_SECONDS)
    return answer


def leave_for(request: Request, url: str) -> HttpResponse:
    """Send the browser to another site: HTMX follows a header, everything else a 303."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=200)
        answer["HX-Redirect"] = url
        return answer
    redirect = HttpResponseRedirect(url)
    redirect.status_code = 303
    return redirect
