"""Who calls the API: an organization's token, or a signed-in person's page."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.actions.tokens import PREFIX, TEST_PREFIX
from accounts.callers import actor_for_bearer, actor_in_session


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer` with an API token (`mkt_...`) or an access token (JWT)."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """(user, actor) of the token, None without one. Raises AuthenticationFailed."""
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        actor = actor_for_bearer(secret.strip())
        if actor is None:
            raise AuthenticationFailed(_why_not(secret.strip()))
        request._request.actor = actor  # type: ignore[attr-defined]
        return actor.user, actor

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _why_not(secret: str) -> str:
    is_test = secret.startswith(TEST_PREFIX)
    if is_test and settings.TWIN_URL:
        return f"This is a token of the test twin. Call it at {settings.TWIN_URL}/api/v1/ instead."
    if settings.TWIN_OF and not is_test and secret.startswith(PREFIX):
        return f"This is the test twin. Your token belongs to {settings.TWIN_OF}/api/v1/."
    return "This token is unknown, expired or revoked."


class PageSessionAuthentication(SessionAuthentication):
    """The session of a signed-in person, with its CSRF check."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found is None or isinstance(found[0], AnonymousUser):
            return None
        actor = actor_in_session(found[0], request._request.session)
        request._request.actor = actor  # type: ignore[attr-defined]
        return found[0], actor
