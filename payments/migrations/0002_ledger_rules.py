"""The ledger is append-only and cannot be overdrawn, on PostgreSQL and on SQLite."""

from django.db import migrations

from payments import ledger_rules


def install(apps, schema_editor):
    ledger_rules.install(schema_editor.connection)


def remove(apps, schema_editor):
    ledger_rules.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
