"""request.actor on every request."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.queries import actor_in_session

TOUCHED_KEY = "touched"
TOUCH_EVERY_SECONDS = 60


class IdleSessionMiddleware:
    """A session in use lives on: its hour starts again, at most once a minute.

    Saving at every request would cost each page a write for an accuracy nobody needs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not request.session.is_empty():
            now = int(time.time())
            if now - request.session.get(TOUCHED_KEY, 0) >= TOUCH_EVERY_SECONDS:
                request.session[TOUCHED_KEY] = now
        return self.get_response(request)


class ActorMiddleware:
    """Adds a lazy `request.actor`; a page that never asks costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: actor_in_session(request.user, request.session)  # type: ignore[arg-type]
        )
        return self.get_response(request)
