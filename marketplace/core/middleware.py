"""Request id, and domain errors as pages."""

import re
import sys
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from rest_framework.permissions import SAFE_METHODS

from marketplace.core.api.errors import plain_problem
from marketplace.core.errors import DomainError
from marketplace.core.ids import new_public_id
from marketplace.core.outages import Outage, outage_of
from marketplace.core.redis_away import waiting_once
from marketplace.core.request_id import set_request_id

_SECRET = re.compile("password|code|secret|credential")
_SAFE_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")


class RequestIdMiddleware:
    """Accepts a well-formed X-Request-ID, else makes one; answers with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _SAFE_ID.match(given) else new_public_id("req")
        set_request_id(request_id)
        with waiting_once():
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


API = "/api/"


def missing(request: HttpRequest) -> HttpResponse:
    """404 as a page, or as a problem for a program."""
    if request.path.startswith(API):
        return plain_problem(404, "not_found", "There is nothing here that you can see.")
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 as a page, or as a problem for a program; the id finds the log line. What comes back by
    itself is said to, with the time after which to try again."""
    # Django calls this while it handles the error.
    if outage := outage_of(sys.exc_info()[1]):
        return _away(request, outage)
    if request.path.startswith(API):
        return plain_problem(500, "error", "Something broke on our side. It is written down.")
    return render(request, "500.html", status=500)


def _away(request: HttpRequest, outage: Outage) -> HttpResponse:
    answer: HttpResponse
    is_program = request.path.startswith(API)
    words = outage.sentence(writes=request.method not in SAFE_METHODS, is_program=is_program)
    if is_program:
        answer = plain_problem(outage.status, outage.code, f"{outage.title}. {words}")
    else:
        context = {
            "outage": outage,
            "sentence": words,
            "path": request.get_full_path() if request.method in ("GET", "POST") else "/",
            "typed": _typed(request),
            "had_files": bool(request.FILES),
        }
        answer = HttpResponse(render_to_string("503.html", context), status=outage.status)
    answer["Retry-After"] = str(outage.retry_after)
    return answer


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a posted form, so that they can be sent again as they are; none where one is a
    secret, which does not go back over the line."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    return [] if any(_SECRET.search(name) for name, _ in fields) else fields


class SentenceMiddleware:
    """A DomainError that no view turned into its own page becomes a page with its sentence.

    Pages of signed-in people are private: no shared or browser cache keeps them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A NUL byte fails inside PostgreSQL as a 500; no honest form or link contains one.
        if "\x00" in request.get_full_path() or "%00" in request.get_full_path():
            return missing(request)
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"
        return response

    def process_view(self, request: HttpRequest, view: Any, *args: Any) -> None:
        """Take NUL bytes out of a posted form, for the same reason."""
        # A program posts no form: the API's serializers tell it, and a webhook's body is signed.
        if getattr(view, "csrf_exempt", False):
            return
        posted = request.POST
        if any("\x00" in value for _, values in posted.lists() for value in values):
            clean = posted.copy()
            for name, values in posted.lists():
                clean.setlist(name, [value.replace("\x00", "") for value in values])
            request.POST = clean  # type: ignore[assignment]

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer with the sentence, or None for errors that are not the user's."""
        if not isinstance(error, DomainError):
            return None
        template = {404: "404.html", 403: "403.html"}.get(error.status, "problem.html")
        answer = render(request, template, {"sentence": error.sentence}, status=error.status)
        for name, value in getattr(error, "headers", {}).items():
            answer[name] = value
        return answer
