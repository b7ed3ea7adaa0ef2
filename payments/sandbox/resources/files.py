"""/v1/files: what is sent along as evidence. Name, size and digest are kept, not the content."""

from __future__ import annotations

from typing import Any

from ..context import Context
from ..errors import invalid_param, missing_param
from ..forms import text
from ..store import Body, new_id

CREATE = ("purpose", "file")
_LARGEST = 5_000_000


def create(ctx: Context, params: dict[str, Any]) -> Body:
    """POST /v1/files: a PDF, JPEG or PNG of at most 5 MB for a dispute."""
    if text(params, "purpose") != "dispute_evidence":
        raise invalid_param("purpose", "The sandbox takes files for dispute_evidence only.")
    given = params.get("file")
    if not isinstance(given, dict):
        raise missing_param("file")
    name, kind, size = given["name"], given["type"], int(given["size"])
    if not kind or size > _LARGEST:
        raise invalid_param("file", "Evidence is a PDF, JPEG or PNG file of at most 5 MB.")
    body: Body = {
        "id": new_id("file_1"),
        "object": "file",
        "created": ctx.now(),
        "expires_at": None,
        "filename": name,
        "links": None,
        "purpose": "dispute_evidence",
        "size": size,
        "title": None,
        "type": kind,
        "url": None,
    }
    return ctx.save(body)


def retrieve(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/files/{id}."""
    return ctx.find("file", object_id)
