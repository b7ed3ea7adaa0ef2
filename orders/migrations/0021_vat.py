"""The rate of VAT on top of what is paid for an order.

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
        ('orders', '0020_instalment_tax'),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name='order',
            name='vat_bps',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.RunPython(install, remove),
    ]
