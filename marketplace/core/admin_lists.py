"""Lists of the admin at a million rows: how many there are, what a filter offers, what is found.

The admin site gives these to every list there is, those of packages too.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib.admin import AllValuesFieldListFilter, FieldListFilter, ModelAdmin
from django.contrib.admin.utils import lookup_spawns_duplicates
from django.core.paginator import Paginator
from django.db import connections, models
from django.db.models import Field, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

# Up to here rows are counted; a list of more is narrowed by searching, not by leafing.
MOST_COUNTED = 10_000
# Pages that can be reached: the database walks over every row before the page it is asked for.
MOST_PAGES = 500
# What bears one name, such as the payments of an order: more are narrowed by a filter.
MOST_NAMED = 1_000
# What the first sign of a search field means; see ModelAdmin.search_fields.
TEXTS = {"^": "__istartswith", "@": "__search"}


class EstimatingPaginator(Paginator):
    """Counts up to MOST_COUNTED rows; of a whole longer table, PostgreSQL's own estimate."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, as far as somebody would count them."""
        if not isinstance(self.object_list, QuerySet):
            return len(self.object_list)
        counted = self.object_list.order_by()[: MOST_COUNTED + 1].count()
        if counted <= MOST_COUNTED:
            return counted
        return max(counted, _estimate(self.object_list))

    @property
    def num_pages(self) -> int:
        """The pages that can be reached."""
        return min(int(super().num_pages), MOST_PAGES)

    @property
    def said(self) -> str:
        """The number in words: exact as far as it was counted."""
        if self.count <= MOST_COUNTED:
            return f"{self.count:,}"
        if self.count == MOST_COUNTED + 1:
            return f"more than {MOST_COUNTED:,}"
        return f"about {self.count:,}"


def _estimate(rows: QuerySet[Any]) -> int:
    """The database's own guess of a table's rows; 0 for a narrowed list and on SQLite."""
    connection = connections[rows.db]
    if connection.vendor != "postgresql" or rows.query.where or rows.query.distinct:
        return 0
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(rows.model._meta.db_table)
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
        return int(cursor.fetchone()[0])


class SeenValuesFilter(AllValuesFieldListFilter):
    """The values of the newest rows, and the one that was chosen: looking for all reads the whole
    table."""

    def __init__(self, field: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(field, *args, **kwargs)
        model: type[models.Model] = field.model
        newest = model._default_manager.order_by("-pk").values_list(field.name, flat=True)
        seen = set(newest[:MOST_COUNTED]) | {*(self.lookup_val or ())}
        self.lookup_choices = sorted(  # type: ignore[assignment]
            seen, key=lambda value: (value is None, value)
        )


def _has_only_its_rows(field: Field) -> bool:
    """Whether nothing but the rows says which values a field has."""
    is_text = isinstance(field, models.CharField | models.TextField)
    return is_text and not field.flatchoices and not field.is_relation


FieldListFilter.register(_has_only_its_rows, SeenValuesFilter, take_priority=True)


def find(
    desk: ModelAdmin[Any], request: HttpRequest, rows: QuerySet[Any], term: str
) -> tuple[QuerySet[Any], bool]:
    """The rows that are named exactly so, else those that have every word in their texts; and
    whether a row may come twice.

    The stock search asks for all of it in one condition over several tables and regardless of
    case, for which the database reads every row. Here each name is looked up by itself, as typed
    and in the cases that references and public ids have.
    """
    fields = desk.get_search_fields(request)
    names = [name for field in fields if (name := _exact(field))]
    texts = [_text(field) for field in fields if not _exact(field)]
    term = term.strip()
    if not term or not fields:
        return rows, False
    found: set[Any] = set()
    for name in names:
        # A number is not asked for what is no number.
        with suppress(ValueError):
            named = rows.filter(**{f"{name}__in": {term, term.upper(), term.lower()}})
            found |= set(named.order_by().values_list("pk", flat=True)[:MOST_NAMED])
    if found:
        return rows.filter(pk__in=found), False
    if not texts:
        return rows.none(), False
    for word in term.split():
        rows = rows.filter(Q.create([(text, word) for text in texts], connector=Q.OR))
    return rows, any(lookup_spawns_duplicates(desk.opts, text) for text in texts)


def _exact(field: str) -> str:
    """The name that a search field compares as a whole, "" for one that looks into a text."""
    if field.endswith("__exact"):
        return field.removesuffix("__exact")
    return field[1:] if field.startswith("=") else ""


def _text(field: str) -> str:
    """The lookup of a search field that looks into a text."""
    if field[0] in TEXTS:
        return f"{field[1:]}{TEXTS[field[0]]}"
    return field if field.endswith("with") else f"{field}__icontains"
