"""Brings in the standard rates of VAT."""

from typing import Any

from django.db import migrations

from payments.tax_data import load_rates


def load(apps: Any, schema_editor: Any) -> None:
    load_rates(apps)


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_tax")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
