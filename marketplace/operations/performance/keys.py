"""Foreign keys of the models that no index begins with."""

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, Model

from marketplace.operations.performance.findings import Finding, Level, judged


def foreign_keys() -> Finding:
    """Every key can be followed back, and a row deleted, without reading a whole table."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    found = []
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy or model._meta.db_table not in there:
            continue
        covered = first_columns(model._meta.db_table)
        found += [
            f"{model._meta.db_table}.{column}"
            for column in key_columns(model)
            if column not in covered
        ]
    return judged(
        "foreign_keys",
        "Foreign keys",
        "Every foreign key has an index.",
        "{count} foreign keys have no index: add db_index or an index that begins with them.",
        sorted(found),
        Level.FAILS,
    )


def key_columns(model: type[Model]) -> list[str]:
    """The columns of a model's own foreign keys."""
    return [each.column for each in model._meta.local_fields if isinstance(each, ForeignKey)]


def first_columns(table: str) -> set[str]:
    """The columns that an index or a primary key of the table begins with."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table)
    return {
        each["columns"][0]
        for each in constraints.values()
        if each["columns"] and (each["index"] or each["primary_key"] or each["unique"])
    }
