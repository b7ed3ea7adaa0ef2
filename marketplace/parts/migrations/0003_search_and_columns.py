"""Search of the library: a trigram index where the database has one. Columns of rows that were read
before there were columns."""

from django.db import migrations

INDEX = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX part_search ON parts_part USING gin (search gin_trgm_ops)",
)


def make_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in INDEX:
            schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS part_search")


def fill_columns(apps, schema_editor):
    revisions = apps.get_model("parts", "PartRevision").objects.select_related("model_file")
    for revision in revisions.order_by("pk").iterator(500):
        revision.format = str(revision.facts.get("format") or "")[:12]
        revision.warning_count = len(revision.facts.get("warnings") or [])
        revision.model_sha256 = revision.model_file.sha256 if revision.model_file else ""
        revision.save(update_fields=["format", "warning_count", "model_sha256"])


class Migration(migrations.Migration):
    dependencies = [("parts", "0002_library")]
    operations = [
        migrations.RunPython(fill_columns, migrations.RunPython.noop),
        migrations.RunPython(make_index, drop_index),
    ]
