"""What making a person wrote into PostgreSQL, written again for the next test.

A shop comes about by five real actions and some fifty queries, thousands of times a run. It is done
once a run for each name; afterwards the same rows are written in two queries, with row numbers of
their own and the moments of now, in their order (`kept`). tests/steps.py does the same with what
tests do next. tests/test_replay.py holds both against the real actions, table by table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from itertools import repeat
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.conf import UserSettingsHolder, settings
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection, models, transaction
from django.utils import timezone

from tests.rows import Question, rows_of, sequences
from tests.shelf import SHELF
from tests.story import CannotSay, Story, story

# Each test has its own values of these, and no row depends on them.
BESIDE = {"MEDIA_ROOT", "STRIPE_API_HOST"}
# Tables that migrations fill, besides the taxonomy.
REFERENCE = {"django_content_type", "auth_permission", "payments_taxrate", "orders_commissionrule"}
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Number:
    """The number of a row that is written with others: its place among those of its table."""

    table: str
    place: int


@dataclass(frozen=True)
class Earlier:
    """The number of a row that an earlier step of the story wrote."""

    place: int


@dataclass(frozen=True)
class Then:
    """A moment of an earlier step of the story."""

    place: int


Hole = Number | Earlier | Then | timedelta


@dataclass
class Rows:
    """What to write again, and what to give back.

    `sequences` are named once for each row they number; `holes` are the values that differ each
    time, in the order of the statement: numbers of rows, and moments, new ones by their age.
    """

    sequences: list[tuple[str, str]] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    things: list[tuple[models.Model, list[Hole | None]]] = field(default_factory=list)
    ages: list[timedelta] = field(default_factory=list)
    files: dict[Path, bytes] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    # Of the last time: the rows that were written, and the moments.
    numbered: list[tuple[str, int]] = field(default_factory=list)
    told: list[datetime] = field(default_factory=list)
    # Of the payment sandbox: its address when it was read, and its content when it has changed.
    base: str = ""
    beside: bytes = b""

    def write(self) -> list[models.Model]:
        """Write the rows, the files and the mails; the things as they are read from their rows."""
        now, numbers, here = timezone.now(), self._take_numbers(), story()
        self.told = [now - age for age in self.ages]

        def fill(hole: Hole) -> int | datetime:
            if isinstance(hole, Number):
                return numbers[hole.table][hole.place]
            if isinstance(hole, Earlier):
                return here.rows[hole.place][1]
            return here.moments[hole.place] if isinstance(hole, Then) else now - hole

        sql = ";".join(self.statements)
        if here.beside is not None and self.base:
            sql = sql.replace(self.base, here.beside.base)
        if sql:
            with connection.cursor() as cursor:
                # The database's rules were kept when the rows were written for the first time.
                cursor.execute(
                    f"SET LOCAL session_replication_role = replica; {sql};"
                    " SET LOCAL session_replication_role = origin",
                    [fill(hole) for hole in self.holes],
                )
        if here.beside is not None and self.beside:
            here.beside.write(self.beside.replace(self.base.encode(), here.beside.base.encode()))
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
        self.numbered = []
        if not self.sequences:
            return {}
        asked = ", ".join(f"nextval('{sequence}')" for _, sequence in self.sequences)
        numbers: dict[str, list[int]] = {}
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {asked}")
            for (table, _), number in zip(self.sequences, cursor.fetchone(), strict=True):
                numbers.setdefault(table, []).append(number)
                self.numbered.append((table, number))
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
    own = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def again(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Sequence[Any]:
        if connection.vendor != "postgresql":
            return make(*args, **kwargs)
        here = story()
        goes_on = here.depth == 0 and here.goes_on()
        key = (own, repr(args), repr(sorted(kwargs.items())), today())
        name = f"kept {key!r}"
        with here.inside():
            rows: Rows | None = SHELF.take(name)
            if rows is not None:
                things = rows.write()
            elif inside_test_transaction():
                things, rows = _done(lambda: make(*args, **kwargs))
                goes_on = SHELF.put(name, rows) and goes_on
            elif connection.in_atomic_block:
                return make(*args, **kwargs)
            else:
                SHELF.put(name, _tried(lambda: make(*args, **kwargs)))
                return SHELF.take(name).write()
        if goes_on:
            here.add(here.after(key), rows.numbered, rows.told)
        else:
            here.is_known = False
        return things

    return again


def today() -> tuple[str, str]:
    """What else decides what is written."""
    return str(timezone.localdate()), _own_settings()


def _done(make: Callable[[], Sequence[Any]]) -> tuple[Sequence[Any], Rows]:
    """Do it, and read what it wrote."""
    began, before, files, mails = timezone.now(), sequences(), files_now(), len(mail.outbox)
    things = make()
    rows = read_rows(things, before, began)
    rows.files = {path: content_of(path) for path in files_now() - files}
    rows.mails = [copy(letter) for letter in mail.outbox[mails:]]
    return things, rows


def _tried(make: Callable[[], Sequence[Any]]) -> Rows:
    """What it writes, taken back again: outside of a test's transaction others may write too, and
    their rows are not ours."""
    mails = len(mail.outbox)
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _, rows = _done(make)
        transaction.set_rollback(True)
    del mail.outbox[mails:]
    return rows


def _own_settings() -> str:
    """What the test has set: with other settings other rows would be written."""
    holder, found = settings._wrapped, {}
    while isinstance(holder, UserSettingsHolder):
        own = {name: value for name, value in vars(holder).items() if name.isupper()}
        found = {**own, **found}
        holder = holder.default_settings
    return repr(sorted((name, repr(found[name])) for name in found.keys() - BESIDE))


def files_now() -> set[Path]:
    root = Path(settings.MEDIA_ROOT)
    return {path.relative_to(root) for path in root.rglob("*") if path.is_file()}


def content_of(path: Path) -> bytes:
    return (Path(settings.MEDIA_ROOT) / path).read_bytes()


def read_rows(
    things: Sequence[models.Model],
    before: dict[str, tuple[str, int]],
    began: datetime,
    here: Story | None = None,
    changed: Sequence[Change] = (),
) -> Rows:
    """The rows that were written since `began`, when the sequences stood as `before`, and what was
    `changed` of those of the story. Raises CannotSay when something points elsewhere."""
    now, after, rows = timezone.now(), sequences(), Rows()
    written: dict[type[models.Model], list[dict[str, Any]]] = {}
    numbers: dict[tuple[str, Any], Number] = {}
    grown = [
        model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        and (table := model._meta.db_table) in before
        and before[table] != after[table]
    ]
    asked = [Question(model, "> %s", before[model._meta.db_table][1]) for model in grown]
    for model, found in zip(grown, rows_of(asked), strict=True):
        table, key = model._meta.db_table, model._meta.pk.column
        if found:
            written[model] = found
        for place, row in enumerate(found):
            numbers[table, row[key]] = Number(table, place)
            rows.sequences.append((table, before[table][0]))
            rows.numbered.append((table, row[key]))

    cells = [value for found in written.values() for row in found for value in row.values()]
    cells += [value for change in changed for value in change.values.values()]
    moments = {value for value in cells if isinstance(value, datetime) and began <= value <= now}
    rows.told = sorted(moments, reverse=True)
    # One after the other as they were, but close: what is written now was not before the test.
    ages = {moment: timedelta(microseconds=place) for place, moment in enumerate(rows.told)}
    rows.ages = list(ages.values())
    then = {moment: Then(place) for place, moment in enumerate(here.moments if here else ())}

    def hole_of(field: models.Field[Any, Any], value: Any) -> Hole | None:
        """What stands instead of a value that differs each time; None for one that does not."""
        if isinstance(value, datetime):
            known = ages.get(value, then.get(value))
            return now - value if known is None else known
        if value is None or not (field.is_relation or field.primary_key):
            return None
        target = field.related_model if field.is_relation else field.model
        table = target._meta.db_table
        if (table, value) in numbers:
            return numbers[table, value]
        if here and (table, value) in here.places:
            return Earlier(here.places[table, value])
        if here and isinstance(value, int) and not is_reference(target):
            raise CannotSay(f"{field} {value}")
        return None

    for change in changed:
        fields = {field.column: field for field in change.model._meta.concrete_fields}
        holes = [hole_of(fields[column], value) for column, value in change.values.items()]
        rows.holes += [hole for hole in [*holes, Earlier(change.place)] if hole is not None]
        rows.statements.append(change.statement(holes))

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


def _line(values: list[Any], holes: list[Hole | None]) -> str:
    """A row as SQL says it, with a hole for what differs each time."""
    return f"({', '.join(_cells(values, holes))})"


def _cells(values: Iterable[Any], holes: Iterable[Hole | None]) -> list[str]:
    return [
        str(connection.ops.compose_sql("%s", [value])).replace("%", "%%") if hole is None else "%s"
        for value, hole in zip(values, holes, strict=True)
    ]


@dataclass(frozen=True)
class Change:
    """What became of a row of the story: new values by column, or none when it is gone."""

    model: type[models.Model]
    place: int
    values: dict[str, Any]

    def statement(self, holes: list[Hole | None]) -> str:
        """SQL that does it, with a hole for what differs each time and one for the row."""
        name = connection.ops.quote_name
        table, pk = name(self.model._meta.db_table), name(self.model._meta.pk.column)
        if not self.values:
            return f"DELETE FROM {table} WHERE {pk} = %s"  # noqa: S608
        cells = _cells(self.values.values(), holes)
        pairs = ", ".join(f"{name(c)} = {v}" for c, v in zip(self.values, cells, strict=True))
        return f"UPDATE {table} SET {pairs} WHERE {pk} = %s"  # noqa: S608


def is_reference(model: type[models.Model]) -> bool:
    """Whether migrations bring its rows, the same ones to every test."""
    return model.__module__.endswith(".taxonomy") or model._meta.db_table in REFERENCE
