"""Processes, materials, finishes and certifications; exchange rates of one published day."""

from typing import Any

from django.db import migrations

from marketplace.directory.rate_files import DATA, read_rates
from marketplace.directory.taxonomy import load_taxonomy


def load(apps: Any, schema_editor: Any) -> None:
    load_taxonomy(apps)
    rates = read_rates(DATA.read_bytes())
    apps.get_model("directory", "ExchangeRate").objects.bulk_create(
        apps.get_model("directory", "ExchangeRate")(
            currency=currency, rate=rate, date=rates.date, source=rates.source
        )
        for currency, rate in sorted(rates.per_euro.items())
    )


class Migration(migrations.Migration):
    # As in 0001_tables.
    replaces = [("directory", "0009_scorecards")]
    dependencies = [("directory", "0001_tables")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
