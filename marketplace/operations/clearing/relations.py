"""Which table points at which, read from the models, so that a new one is covered at once.

A row that points at a row of the demo goes with it, whether its key cascades or protects; a key
that is set to null is emptied and its row stays.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import SET_DEFAULT, SET_NULL, Field, Model

from accounts.models import Organization, User

Table = type[Model]
EMPTIED = (SET_NULL, SET_DEFAULT)


def tables() -> list[Table]:
    """Every table of the database once; proxies have none of their own."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def keys_of(model: Table) -> Iterator[Any]:
    """The foreign keys of a table, those to one row included."""
    for field in model._meta.concrete_fields:
        if field.is_relation and field.related_model is not None:
            yield field


def target_of(field: Field) -> Table:
    """The table a key points at."""
    related: Any = field.related_model
    return related._meta.concrete_model


def is_emptied(field: Any) -> bool:
    """True when the key is emptied where what it points at goes."""
    return field.remote_field.on_delete in EMPTIED


def is_part(field: Any) -> bool:
    """True when the row is a part of what the key points at, and goes with it in every case."""
    return not is_emptied(field) and field.remote_field.on_delete.__name__ == "CASCADE"


@cache
def pointing_at() -> dict[Table, list[tuple[Table, Any]]]:
    """Table -> the keys of other tables (and its own) that point at it."""
    found: dict[Table, list[tuple[Table, Any]]] = {}
    for model in tables():
        for field in keys_of(model):
            found.setdefault(target_of(field), []).append((model, field))
    return found


@cache
def hanging_on(*roots: Table) -> frozenset[Table]:
    """Every table with a row that goes, or can go, with one of `roots`; the roots too."""
    reached, waiting = set(roots), list(roots)
    while waiting:
        for model, field in pointing_at().get(waiting.pop(), ()):
            if not is_emptied(field) and model not in reached:
                reached.add(model)
                waiting.append(model)
    return frozenset(reached)


def owned() -> frozenset[Table]:
    """The tables whose rows belong to an organization, at whatever distance."""
    return hanging_on(Organization)


def reachable() -> frozenset[Table]:
    """The tables whose rows belong to a person or an organization."""
    return hanging_on(Organization, User)
