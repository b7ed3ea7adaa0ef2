"""The VAT on top of the instalment that is to be paid next.

SQLite builds the order's table anew, which drops its triggers: removed before, installed after.
"""

from django.db import migrations, models

from orders import snapshot_rules


def install(apps, schema_editor):
    snapshot_rules.install(schema_editor.connection)


def remove(apps, schema_editor):
    snapshot_rules.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0019_account'),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name='order',
            name='instalment_tax_minor',
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.RunPython(install, remove),
    ]
