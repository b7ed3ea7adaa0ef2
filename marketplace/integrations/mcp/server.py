"""The server of the protocol, by the protocol's own SDK. Heavy: only `manage.py mcp` imports it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

from marketplace.integrations.mcp.caller import Caller, Refused
from marketplace.integrations.mcp.tools import INSTRUCTIONS, proposing_tools, reading_tools

HARMLESS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True)


def server_for(api: Caller, name: str) -> MCPServer[Any]:
    """A server whose tools call the API as `api`."""
    server: MCPServer[Any] = MCPServer(name, instructions=INSTRUCTIONS, log_level="WARNING")
    for tool in (*reading_tools(api), *proposing_tools(api)):
        server.tool(annotations=HARMLESS)(_speaking(tool))
    return server


def _speaking(tool: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A refusal reaches the assistant as the sentence the API gave."""

    @wraps(tool)
    def told(*args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            return tool(*args, **kwargs)
        except Refused as refusal:
            raise ToolError(str(refusal)) from None

    return told
