"""The ledger is append-only and cannot be overdrawn, on both databases; standard rates of VAT."""

from typing import Any

from django.db import migrations

from payments import ledger_rules
from payments.tax_data import load_rates


def install(apps: Any, schema_editor: Any) -> None:
    ledger_rules.install(schema_editor.connection)
    load_rates(apps)


def remove(apps: Any, schema_editor: Any) -> None:
    ledger_rules.remove(schema_editor.connection)


class Migration(migrations.Migration):
    # As in 0001_tables.
    replaces = [("payments", "0013_vat_of_orders")]
    dependencies = [("payments", "0001_tables")]
    operations = [migrations.RunPython(install, remove)]
