"""Who calls the API: an organization's token, or a signed-in person's page."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.queries import actor_for, actor_for_token


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer mkt_...`"""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """(user, actor) of the token, None without one. Raises AuthenticationFailed."""
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        actor = actor_for_token(secret.strip())
        if actor is None:
            raise AuthenticationFailed("This token is unknown, expired or revoked.")
        request._request.actor = actor  # type: ignore[attr-defined]
        return actor.user, actor

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class PageSessionAuthentication(SessionAuthentication):
    """The session of a signed-in person, with its CSRF check."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found is None or isinstance(found[0], AnonymousUser):
            return None
        chosen = request._request.session.get("organization", "")
        actor = actor_for(found[0], chosen)
        request._request.actor = actor  # type: ignore[attr-defined]
        return found[0], actor
