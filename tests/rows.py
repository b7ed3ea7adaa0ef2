"""What stands in PostgreSQL's tables, read in few questions, for steps that are written again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models

# Every table with row numbers, and the sequence that gives them.
SEQUENCES = """
    SELECT owner.relname, sequence.relname, sequence.oid
    FROM pg_class sequence
    JOIN pg_depend ON pg_depend.objid = sequence.oid AND pg_depend.deptype IN ('a', 'i')
    JOIN pg_class owner ON owner.oid = pg_depend.refobjid
    WHERE sequence.relkind = 'S' AND pg_depend.classid = 'pg_class'::regclass
"""


def sequences() -> dict[str, tuple[str, int]]:
    """By table: the sequence of its row numbers, and the last one it gave."""
    known = _known_sequences()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(pg_sequence_last_value(each), 0)"
            " FROM unnest(%s::oid[]) WITH ORDINALITY AS known(each, place) ORDER BY place",
            [[number for _, _, number in known]],
        )
        last = [row[0] for row in cursor.fetchall()]
    return {table: (name, given) for (table, name, _), given in zip(known, last, strict=True)}


@cache
def _known_sequences() -> list[tuple[str, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(SEQUENCES)
        return list(cursor.fetchall())


@dataclass(frozen=True)
class Question:
    """Rows of a model whose number fulfils the condition ("> %s")."""

    model: type[models.Model]
    condition: str
    value: Any

    def sql(self) -> str:
        """Every column but those that the database generates."""
        quoted = connection.ops.quote_name
        names = [f.column for f in self.model._meta.concrete_fields if not f.generated]
        columns, pk = ", ".join(map(quoted, names)), quoted(self.model._meta.pk.column)
        table = quoted(self.model._meta.db_table)
        return f"SELECT {columns} FROM {table} WHERE {pk} {self.condition} ORDER BY {pk}"  # noqa: S608


def rows_of(questions: Sequence[Question]) -> list[list[dict[str, Any]]]:
    """The rows that answer each question; they are all asked at once."""
    found: list[list[dict[str, Any]]] = []
    if not questions:
        return found
    with connection.cursor() as cursor:
        sql = ";".join(question.sql() for question in questions)
        cursor.execute(sql, [question.value for question in questions])
        for _ in questions:
            names = [column.name for column in cursor.description]
            found.append([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])
            cursor.nextset()
    return found
