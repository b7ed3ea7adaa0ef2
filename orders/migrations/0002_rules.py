"""The contract is immutable, on PostgreSQL and on SQLite."""

from typing import Any

from django.db import migrations

from orders import snapshot_rules


def install(apps: Any, schema_editor: Any) -> None:
    snapshot_rules.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    snapshot_rules.remove(schema_editor.connection)


class Migration(migrations.Migration):
    # As in 0001_tables.
    replaces = [("orders", "0022_references")]
    dependencies = [("orders", "0001_tables")]
    operations = [migrations.RunPython(install, remove)]
