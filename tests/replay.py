"""What making a person wrote into PostgreSQL, written again for the next test.

A shop comes about by five real actions and some fifty queries, thousands of times a run. Each
worker does it once for each name; afterwards it writes the same rows in two queries, with row
numbers of their own and the moments of now, in their order. tests/test_replay.py holds the two
against each other, table by table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from itertools import repeat
from pathlib import Path
from typing import Any, ParamSpec

from django.apps import apps
from django.conf import UserSettingsHolder, settings
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection, models
from django.utils import timezone

# Each test has its own values of these, and no row depends on them.
BESIDE = {"MEDIA_ROOT", "STRIPE_API_HOST"}
# Every table with row numbers: the sequence that gives them, and the last one it gave.
SEQUENCES = """
    SELECT owner.relname, sequence.relname, coalesce(pg_sequence_last_value(sequence.oid), 0)
    FROM pg_class sequence
    JOIN pg_depend ON pg_depend.objid = sequence.oid AND pg_depend.deptype IN ('a', 'i')
    JOIN pg_class owner ON owner.oid = pg_depend.refobjid
    WHERE sequence.relkind = 'S' AND pg_depend.classid = 'pg_class'::regclass
"""
Parameters = ParamSpec("Parameters")


@dataclass(frozen=True)
class Number:
    """The number of a row that is written with others: its place among those of its table."""

    table: str
    place: int


@dataclass
class Rows:
    """What to write again, and what to give back.

    `sequences` are named once for each row they number; `holes` are the values that differ each
    time, in the order of the statement: numbers of rows, and moments by their age.
    """

    sequences: list[tuple[str, str]] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    holes: list[Number | timedelta] = field(default_factory=list)
    things: list[tuple[models.Model, list[Number | timedelta | None]]] = field(default_factory=list)
    files: dict[Path, bytes] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)

    def write(self) -> list[models.Model]:
        """Write the rows, the files and the mails; the things as they are read from their rows."""
        now, numbers = timezone.now(), self._take_numbers()

        def fill(hole: Number | timedelta) -> int | datetime:
            return numbers[hole.table][hole.place] if isinstance(hole, Number) else now - hole

        with connection.cursor() as cursor:
            cursor.execute(";".join(self.statements), [fill(hole) for hole in self.holes])
        for path, content in self.files.items():
            target = Path(settings.MEDIA_ROOT) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        mail.outbox.extend(copy(letter) for letter in self.mails)
        return [
            same_row(thing, [hole if hole is None else fill(hole) for hole in holes])
            for thing, holes in self.things
        ]

    def _take_numbers(self) -> dict[str, list[int]]:
        asked = ", ".join(f"nextval('{sequence}')" for _, sequence in self.sequences)
        numbers: dict[str, list[int]] = {}
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {asked}")
            for (table, _), number in zip(self.sequences, cursor.fetchone(), strict=True):
                numbers.setdefault(table, []).append(number)
        return numbers


def same_row(thing: Any, others: Sequence[Any] | None = None) -> Any:
    """The instance as if read from the database again; `others` are values that replace its own."""
    names = [field.attname for field in thing._meta.concrete_fields]
    values = [
        deepcopy(getattr(thing, name)) if other is None else other
        for name, other in zip(names, others or repeat(None), strict=False)
    ]
    return type(thing).from_db(thing._state.db, names, values)


def inside_test_transaction() -> bool:
    """Whether the test is one transaction, of which no other connection sees anything."""
    return any(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks[:1])


def kept(make: Callable[Parameters, Sequence[Any]]) -> Callable[Parameters, Sequence[Any]]:
    """Let `make` do its work once for the same arguments, then write its rows again.

    It may only add rows, and what it does must not depend on rows that others added. It gives back
    the rows that matter to its caller, as model instances.
    """
    known: dict[tuple[str, ...], Rows] = {}

    @wraps(make)
    def again(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Sequence[Any]:
        if connection.vendor != "postgresql":
            return make(*args, **kwargs)
        key = (repr(args), repr(sorted(kwargs.items())), str(timezone.localdate()), _own_settings())
        if key in known:
            return known[key].write()
        began, before, files, mails = timezone.now(), _sequences(), _files(), len(mail.outbox)
        things = make(*args, **kwargs)
        # Elsewhere others may write at the same time, and their rows are not ours.
        if inside_test_transaction():
            rows = _read(things, before, began)
            rows.files = {path: _content(path) for path in _files() - files}
            rows.mails = [copy(letter) for letter in mail.outbox[mails:]]
            known[key] = rows
        return things

    return again


def _own_settings() -> str:
    """What the test has set: with other settings other rows would be written."""
    holder, found = settings._wrapped, {}
    while isinstance(holder, UserSettingsHolder):
        own = {name: value for name, value in vars(holder).items() if name.isupper()}
        found = {**own, **found}
        holder = holder.default_settings
    return repr(sorted((name, repr(found[name])) for name in found.keys() - BESIDE))


def _files() -> set[Path]:
    root = Path(settings.MEDIA_ROOT)
    return {path.relative_to(root) for path in root.rglob("*") if path.is_file()}


def _content(path: Path) -> bytes:
    return (Path(settings.MEDIA_ROOT) / path).read_bytes()


def _sequences() -> dict[str, tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(SEQUENCES)
        return {table: (sequence, last) for table, sequence, last in cursor.fetchall()}


def _read(
    things: Sequence[models.Model], before: dict[str, tuple[str, int]], began: datetime
) -> Rows:
    """The rows that were written since `began`, when the sequences stood as `before`."""
    now, after, rows = timezone.now(), _sequences(), Rows()
    written: dict[type[models.Model], list[dict[str, Any]]] = {}
    numbers: dict[tuple[str, Any], Number] = {}
    for model in apps.get_models(include_auto_created=True):
        table, key = model._meta.db_table, model._meta.pk.column
        if model._meta.proxy or table not in before or before[table] == after[table]:
            continue
        found = _rows_since(model, before[table][1])
        if found:
            written[model] = found
        for place, row in enumerate(found):
            numbers[table, row[key]] = Number(table, place)
            rows.sequences.append((table, before[table][0]))

    cells = (value for found in written.values() for row in found for value in row.values())
    moments = {value for value in cells if isinstance(value, datetime) and began <= value <= now}
    # One after the other as they were, but close: what is written now was not before the test.
    ages = {
        moment: timedelta(microseconds=place)
        for place, moment in enumerate(sorted(moments, reverse=True))
    }

    def hole_of(field: models.Field[Any, Any], value: Any) -> Number | timedelta | None:
        """What stands instead of a value that differs each time; None for one that does not."""
        if isinstance(value, datetime):
            return ages.get(value, now - value)
        target = field.related_model if field.is_relation else field.model
        if field.is_relation or field.primary_key:
            return numbers.get((target._meta.db_table, value))
        return None

    for model, found in written.items():
        fields = {field.column: field for field in model._meta.concrete_fields}
        lines = []
        for row in found:
            holes = [hole_of(fields[column], value) for column, value in row.items()]
            rows.holes += [hole for hole in holes if hole is not None]
            lines.append(_line(list(row.values()), holes))
        columns = ", ".join(connection.ops.quote_name(name) for name in found[0])
        table = connection.ops.quote_name(model._meta.db_table)
        rows.statements.append(f"INSERT INTO {table} ({columns}) VALUES {', '.join(lines)}")  # noqa: S608
    for thing in things:
        pristine = type(thing)._base_manager.get(pk=thing.pk)
        holes = [
            hole_of(field, getattr(pristine, field.attname))
            for field in pristine._meta.concrete_fields
        ]
        rows.things.append((pristine, holes))
    return rows


def _line(values: list[Any], holes: list[Number | timedelta | None]) -> str:
    """A row as SQL says it, with a hole for what differs each time."""
    cells = [
        str(connection.ops.compose_sql("%s", [value])).replace("%", "%%") if hole is None else "%s"
        for value, hole in zip(values, holes, strict=True)
    ]
    return f"({', '.join(cells)})"


def _rows_since(model: type[models.Model], last: int) -> list[dict[str, Any]]:
    """The rows numbered after `last`, without what the database generates itself."""
    names = [field.column for field in model._meta.concrete_fields if not field.generated]
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    table, pk = model._meta.db_table, connection.ops.quote_name(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {columns} FROM "{table}" WHERE {pk} > %s ORDER BY {pk}',  # noqa: S608
            [last],
        )
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
