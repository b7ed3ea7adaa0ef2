"""Cursor pages in a stable order, newest first."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class KeysetPagination(CursorPagination):
    """`next` and `previous` links; `page_size` up to 100. No counts: they cost more than a page."""

    ordering = "-pk"
    page_size_query_param = "page_size"
    max_page_size = 100

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The cursor of the request. Raises ValidationError for one that we did not make."""
        encoded = request.query_params.get(self.cursor_query_param)
        if encoded is None:
            return None
        try:
            cursor = super().decode_cursor(request)
        except Exception as error:
            raise ValidationError({"cursor": CURSOR}) from error
        # A position is a row number; anything else would fail inside the database.
        position: Any = cursor.position if cursor else None
        if position is not None and not (position.isascii() and position.isdigit()):
            raise ValidationError({"cursor": CURSOR})
        return cursor

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A page as OpenAPI 3.1 writes it: the first one has no `previous`, the last no `next`."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }


CURSOR = "This cursor is not one of ours. Use the `next` and `previous` links as they are."


class TermPagination(KeysetPagination):
    """Pages of the taxonomy, in its own order."""

    ordering = "position"
    page_size = 100
