"""Steps: what tests do first, written again for the next test that does the same.

A step changes rows of a story as well as adding some (tests/story.py says what a story is). It is
really done once a run after the same story and read afterwards; then its inserts, changes and
removals, mails, files and the payment sandbox's file are written again, for all workers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, field, is_dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.db import connection, models
from django.utils import timezone

from tests.replay import (
    Change,
    Rows,
    content_of,
    files_now,
    inside_test_transaction,
    read_rows,
    today,
)
from tests.rows import Question, rows_of, sequences
from tests.shelf import SHELF
from tests.story import SANDBOX, CannotSay, Story, compared, story
from tests.watch import UNKNOWN, watch

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def step(make: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Let `make` do its work once after the same story, then write what it changed again.

    It may do anything with rows of the story; what it does must depend on nothing else, and nothing
    in it on the numbers of rows or the time of day, as the secret of a mailed link does. Its result
    is made of rows, read anew, and of plain values.
    """
    own = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def again(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        here = story()
        if here.depth:
            return make(*args, **kwargs)
        name = _state_after(here, own, args, kwargs)
        if name and (kept_step := SHELF.take(name)) and kept_step.is_keepable:
            return kept_step.do_again(here, name)
        followed = None
        with here.inside():
            if name and not SHELF.take(name):
                result, followed = _followed(here, lambda: make(*args, **kwargs))
            else:
                result = make(*args, **kwargs)
        if followed and SHELF.put(name, followed) and followed.is_keepable:
            here.add(name, followed.rows.numbered, followed.rows.told)
        else:
            here.is_known = False
        return _fresh(result)

    return again


@dataclass
class Step:
    """What a step wrote, and how to find its result."""

    rows: Rows = field(default_factory=Rows)
    recipe: Any = None
    # Whether it can be done again by writing rows.
    is_keepable: bool = True

    def do_again(self, here: Story, name: str) -> Any:
        """Write the rows; the result as the step would give it."""
        self.rows.write()
        here.add(name, self.rows.numbered, self.rows.told)
        return _made(here, self.recipe)


def _state_after(here: Story, own: str, args: Any, kwargs: Any) -> str:
    """The name of the state that the call leads to; "" when nobody knows where it begins."""
    if not inside_test_transaction() or connection.queries_logged or not here.goes_on():
        return ""
    if not _rules_step_aside():
        return ""
    try:
        said = (here.say(args), here.say(kwargs))
    except CannotSay:
        return ""
    # A port of another length does not fit into the sandbox's file.
    length = len(here.beside.base) if here.beside else 0
    return here.after((own, *said, length, today()))


@functools.cache
def _rules_step_aside() -> bool:
    """Whether this role of the database may write rows past its triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        return bool(cursor.fetchone() == ("on",))


def _followed(here: Story, make: Callable[[], Result]) -> tuple[Result, Step]:
    """Do it; the result, and what it wrote and changed."""
    began, before, files, mails = timezone.now(), sequences(), files_now(), len(mail.outbox)
    earlier, cached = _state(here), _cached()
    watch().written.clear()
    result = make()
    written = set(watch().written)
    try:
        rows = read_rows([], before, began, here, list(_changes(here, earlier, written, before)))
        grown = Story(rows=[*here.rows, *rows.numbered], beside=here.beside)
        grown.places = {row: place for place, row in enumerate(grown.rows)}
        recipe = _recipe(grown, result)
        if _cached() != cached:
            raise CannotSay("the cache")
    except CannotSay:
        return result, Step(is_keepable=False)
    rows.files = {path: content_of(path) for path in files_now() - files}
    rows.mails = [copy(letter) for letter in mail.outbox[mails:]]
    if here.beside is not None:
        rows.base = here.beside.base
        rows.beside = here.beside.read() if here.beside.version() != here.version else b""
    return result, Step(rows, recipe)


def _cached() -> set[bytes]:
    """The names of what is in the cache."""
    return set(cache._cache.get_client().keys("*"))  # type: ignore[attr-defined]


def _state(here: Story) -> dict[str, dict[int, dict[str, Any]]]:
    """The rows of the story as they are, by table and number."""
    by_table: dict[str, list[int]] = {}
    for table, number in here.rows:
        by_table.setdefault(table, []).append(number)
    return _rows_numbered(by_table)


def _changes(
    here: Story,
    earlier: dict[str, dict[int, dict[str, Any]]],
    written: set[str],
    before: dict[str, tuple[str, int]],
) -> Iterable[Change]:
    """How rows of the story differ from what they were. Raises CannotSay when others were
    written."""
    after = sequences()
    # All tables of the story: triggers write where no statement says so.
    now = _rows_numbered({table: list(rows) for table, rows in earlier.items()})
    for table in sorted({*written, *earlier}):
        if table in earlier:
            for number, old in earlier[table].items():
                new = now[table].get(number)
                place, model = here.places[table, number], models_by_table()[table]
                if new is None:
                    yield Change(model, place, {})
                elif values := {name: new[name] for name in new if new[name] != old[name]}:
                    yield Change(model, place, values)
        elif (
            table == UNKNOWN
            or table not in before
            or (before[table] == after[table] and _has_rows(table))
        ):
            raise CannotSay(table)


def _has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT EXISTS(SELECT 1 FROM "{table}")')  # noqa: S608
        return bool(cursor.fetchone()[0])


def _rows_numbered(by_table: dict[str, list[int]]) -> dict[str, dict[int, dict[str, Any]]]:
    """These rows by table and number, as far as they are there."""
    asked = [
        Question(models_by_table()[table], "= ANY(%s)", numbers)
        for table, numbers in by_table.items()
    ]
    return {
        question.model._meta.db_table: {row[question.model._meta.pk.column]: row for row in found}
        for question, found in zip(asked, rows_of(asked), strict=True)
    }


@functools.cache
def models_by_table() -> dict[str, type[models.Model]]:
    """Every table's model, those between two models too."""
    return {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
    }


def _fresh(result: Any) -> Any:
    """The result with its rows read again: as it is given when the step was not really made."""
    if isinstance(result, models.Model):
        return type(result)._base_manager.filter(pk=result.pk).first() or result
    if is_dataclass(result) and not isinstance(result, type):
        return type(result)(*(_fresh(getattr(result, each.name)) for each in compared(result)))
    return [_fresh(one) for one in result] if isinstance(result, list) else result


def _recipe(here: Story, result: Any) -> Any:
    """How to find the result again after the same story. Raises CannotSay."""
    if isinstance(result, models.Model):
        said = here.say(result)
        return (*said, type(result)) if said[0] == "row" else ("reference", said[1], type(result))
    if is_dataclass(result) and not isinstance(result, type):
        parts = [_recipe(here, getattr(result, each.name)) for each in compared(result)]
        return ("parts", parts, type(result))
    if isinstance(result, list):
        return ("list", [_recipe(here, one) for one in result])
    here.say(result)
    if isinstance(result, str) and here.beside is not None:
        return ("address", result.replace(here.beside.base, SANDBOX))
    return ("value", result)


def _made(here: Story, recipe: Any) -> Any:
    match recipe:
        case ("row", place, model):
            return model._base_manager.get(pk=here.rows[place][1])
        case ("reference", pk, model):
            return model._base_manager.get(pk=pk)
        case ("parts", parts, kind):
            return kind(*(_made(here, part) for part in parts))
        case ("list", items):
            return [_made(here, item) for item in items]
        case ("address", text):
            return text.replace(SANDBOX, here.beside.base if here.beside else SANDBOX)
        case (_, value):
            return value
