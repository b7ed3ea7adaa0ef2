"""Rendering: a whole page, or the named fragment HTMX asked for; and keyset pages of rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
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


@dataclass(frozen=True)
class Sort:
    """An order of a list by one column that is never null (annotate a stand-in for null).

    `read` turns the column's text in a cursor back into a value and raises ValueError for junk.
    """

    column: str
    descending: bool = False
    read: Callable[[str], Any] = str


def sorted_page(
    queryset: QuerySet[Row], sort: Sort, after: str = "", size: int = PAGE_SIZE
) -> Page[Row]:
    """One keyset page in the order of `sort`, rows of the same value by row number.

    `after` is the cursor of the page before; junk is ignored. One query at any depth.
    """
    sign, edge = ("-", "lt") if sort.descending else ("", "gt")
    number, _, text = after.partition("~")
    if number.isdigit() and len(number) < 19:
        try:
            value = sort.read(text)
        except ValueError:
            after = ""
        else:
            beyond = Q(**{f"{sort.column}__{edge}": value})
            same = Q(**{sort.column: value, f"pk__{edge}": int(number)})
            queryset = queryset.filter(beyond | same)
    else:
        after = ""
    rows = list(queryset.order_by(f"{sign}{sort.column}", f"{sign}pk")[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    cursor = f"{rows[-1].pk}~{_cursor_text(getattr(rows[-1], sort.column))}" if more else ""
    return Page(rows, cursor, is_first=not after)


def _cursor_text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


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
