"""Rendering: a whole page, or the named fragment HTMX asked for; and keyset pages of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

Row = TypeVar("Row", bound=Model)
PAGE_SIZE = 25


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """The template, or only its partial `fragment` when HTMX asks for it."""
    if fragment and request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        template = f"{template}#{fragment}"
    return render(request, template, context, status=status)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one keyset page. `next_after` is the cursor of the next page, "" at the end."""

    rows: Sequence[Row]
    next_after: str
    is_first: bool

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def keyset_page(queryset: QuerySet[Row], after: str = "", size: int = PAGE_SIZE) -> Page[Row]:
    """The `size` newest rows below the cursor `after` (a row number as text; junk is ignored).

    One query at any depth: no COUNT, no OFFSET.
    """
    if after.isdigit() and len(after) < 19:
        queryset = queryset.filter(pk__lt=int(after))
    rows = list(queryset.order_by("-pk")[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, str(rows[-1].pk) if more else "", is_first=not after)
