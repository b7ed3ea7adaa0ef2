"""`manage.py mcp`: the API for an assistant, over standard input and output."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.integrations.mcp.caller import Caller


class Command(BaseCommand):
    """Serves until its input ends. Reads and proposes; never writes."""

    help = "serve the Model Context Protocol over stdio with the token in MCP_TOKEN"
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where it is switched off or has no token."""
        if not settings.MCP_ENABLED:
            raise CommandError("The server for assistants is off. Set MCP_ENABLED=on to use it.")
        if not settings.MCP_TOKEN:
            raise CommandError(
                "MCP_TOKEN is empty: it takes an API token, from Settings → API tokens."
            )
        from marketplace.integrations.mcp.server import server_for

        api = Caller(settings.SITE_URL, settings.MCP_TOKEN)
        server_for(api, settings.SITE_NAME).run("stdio")
