"""Leaving for a page of Stripe, with HTMX and without JavaScript."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect


def leave_for(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to another site: HTMX follows a header, everything else a 303."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=200)
        answer["HX-Redirect"] = url
        return answer
    redirect = HttpResponseRedirect(url)
    redirect.status_code = 303
    return redirect
