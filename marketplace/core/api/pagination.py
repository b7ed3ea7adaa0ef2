"""Cursor pages in a stable order, newest first."""

import re
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.settings import api_settings


class KeysetPagination(CursorPagination):
    """`next` and `previous` links; `page_size` 1 to 100. No counts: they cost more than a page."""

    ordering = "-pk"
    page_size_query_param = "page_size"
    page_size: int = api_settings.PAGE_SIZE or 25
    max_page_size = 100

    def get_page_size(self, request: Request) -> int:
        """How many rows were asked for. Raises ValidationError for a number that cannot be."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not re.fullmatch("[0-9]{1,3}", asked) or not 1 <= int(asked) <= self.max_page_size:
            raise ValidationError({self.page_size_query_param: PAGE_SIZE})
        return int(asked)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The cursor, and the number of rows with its bounds."""
        found: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        found[0]["description"] = "as in the links `next` and `previous`"
        found[1]["description"] = "how many rows a page has"
        found[1]["schema"] |= {
            "minimum": 1,
            "maximum": self.max_page_size,
            "default": self.page_size,
        }
        return found

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


PAGE_SIZE = f"A page has 1 to {KeysetPagination.max_page_size} rows."
CURSOR = "This cursor is not one of ours. Use the `next` and `previous` links as they are."


class TermPagination(KeysetPagination):
    """Pages of the taxonomy, in its own order."""

    ordering = "position"
    page_size = 100


class WholeList(KeysetPagination):
    """The shape of a page for a short list that is never cut: there is nothing to ask for."""

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """None."""
        return []
