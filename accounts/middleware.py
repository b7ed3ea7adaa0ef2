"""request.actor on every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.queries import actor_for

SESSION_KEY = "organization"


class ActorMiddleware:
    """Adds a lazy `request.actor`; a page that never asks costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: actor_for(request.user, request.session.get(SESSION_KEY, ""))  # type: ignore[arg-type]
        )
        return self.get_response(request)
