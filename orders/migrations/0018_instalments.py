"""What instalments still ask for. Orders that run were paid as a whole, so that is nothing.

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
        ('accounts', '0005_saved_views'),
        ('orders', '0017_commission'),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name='order',
            name='instalment_due_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='instalment_minor',
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='order',
            name='unpaid_minor',
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('instalment_minor__gte', 0), ('unpaid_minor__gte', 0)), name='order_unpaid_not_negative'),
        ),
        migrations.RunPython(install, remove),
    ]
