"""Search of the library: a trigram index where the database has one."""

from typing import Any

from django.db import migrations

INDEX = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX part_search ON parts_part USING gin (search gin_trgm_ops)",
)


def make_index(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in INDEX:
            schema_editor.execute(statement)


def drop_index(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS part_search")


class Migration(migrations.Migration):
    # As in 0001_tables.
    replaces = [("parts", "0004_references")]
    dependencies = [("parts", "0001_tables")]
    operations = [migrations.RunPython(make_index, drop_index)]
