"""Lists of the admin at a million rows: how many there are, and what a filter offers.

The admin site gives these to every list there is, those of packages too.
"""

from typing import Any

from django.contrib.admin import AllValuesFieldListFilter, FieldListFilter
from django.core.paginator import Paginator
from django.db import connections, models
from django.db.models import Field, QuerySet
from django.utils.functional import cached_property

# Up to here rows are counted; a list of more is narrowed by searching, not by leafing.
MOST_COUNTED = 10_000
# Pages that can be reached: the database walks over every row before the page it is asked for.
MOST_PAGES = 500


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
