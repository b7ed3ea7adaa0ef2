"""The API's front door."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class HasOrganization(BasePermission):
    """A caller acts for an organization; what it may do is decided by the actions' rules."""

    message = "This caller acts for no organization."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_authenticated and request.auth.organization)
