"""The API's front door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.roles import Permission

if TYPE_CHECKING:
    from rest_framework.views import APIView


class HasOrganization(BasePermission):
    """A caller acts for an organization. Reading needs VIEW; writing is the actions' word."""

    message = "This caller acts for no organization."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """False for a stranger. Raises NotAllowed for a reader whose role or scopes lack VIEW."""
        actor: Any = request.auth
        if not request.user.is_authenticated or actor is None or actor.organization is None:
            return False
        if request.method in SAFE_METHODS:
            actor.check(Permission.VIEW)
        return True
