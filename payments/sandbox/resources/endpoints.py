"""/v1/events and /v1/webhook_endpoints: what happened, and who is told."""

from __future__ import annotations

from typing import Any

from ..context import API_VERSION, Context
from ..errors import missing_param
from ..forms import string_map, text
from ..store import Body, new_id

CREATE = ("api_version", "connect", "description", "enabled_events", "metadata", "url")
UPDATE = ("description", "disabled", "enabled_events", "metadata", "url")


def retrieve_event(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/events/{id}."""
    return ctx.find("event", object_id)


def _endpoint(ctx: Context, url: str, events: list[str], secret: str) -> Body:
    return {
        "id": new_id("we_1"),
        "object": "webhook_endpoint",
        "api_version": API_VERSION,
        "application": None,
        "created": ctx.now(),
        "description": None,
        "enabled_events": events,
        "livemode": False,
        "metadata": {},
        "secret": secret,
        "status": "enabled",
        "url": url,
    }


def ensure_default(ctx: Context, url: str, secret: str) -> Body:
    """Point the endpoint of the command line to its address of this start."""
    for body in ctx.store.all("webhook_endpoint"):
        if body["metadata"].get("sandbox") == "command line":
            body.update(url=url, secret=secret)
            return ctx.save(body)
    body = _endpoint(ctx, url, ["*"], secret)
    body["metadata"] = {"sandbox": "command line"}
    return ctx.save(body)


def create(ctx: Context, params: dict[str, Any]) -> Body:
    """POST /v1/webhook_endpoints; the secret is shown in this answer only."""
    events = params.get("enabled_events")
    if not isinstance(events, list) or not events:
        raise missing_param("enabled_events")
    body = _endpoint(ctx, text(params, "url"), events, new_id("whsec_", 32))
    body["description"] = params.get("description")
    body["metadata"] = string_map(params)
    ctx.save(body)
    return body


def shown(body: Body) -> Body:
    """Return an endpoint without its secret."""
    return {name: value for name, value in body.items() if name != "secret"}


def retrieve(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/webhook_endpoints/{id}."""
    return shown(ctx.find("webhook_endpoint", object_id))


def update(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """POST /v1/webhook_endpoints/{id}."""
    body = ctx.find("webhook_endpoint", object_id)
    for name in ("url", "description", "enabled_events"):
        if name in params:
            body[name] = params[name]
    if "disabled" in params:
        body["status"] = "disabled" if params["disabled"] == "true" else "enabled"
    return shown(ctx.save(body))
