"""How the OpenAPI document describes the token."""

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.TokenAuthentication"
    name = "organizationToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """A bearer token made on the organization's settings page."""
        return {"type": "http", "scheme": "bearer"}


class PageSessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.PageSessionAuthentication"
    name = "pageSession"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """The session cookie of a signed-in person."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
