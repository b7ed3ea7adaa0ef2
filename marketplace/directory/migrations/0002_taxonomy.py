"""Brings in processes, materials, finishes, certifications and published figures."""

from typing import Any

from django.db import migrations

from marketplace.directory.taxonomy import load_taxonomy


def load(apps: Any, schema_editor: Any) -> None:
    load_taxonomy(apps)


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
