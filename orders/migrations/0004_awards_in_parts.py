"""An order keeps setup, documents, alternates and terms; several may come of one award.

SQLite builds the table anew, which drops its triggers: they are removed before and installed after.
"""

import django.db.models.expressions
from django.db import migrations, models

from orders import snapshot_rules


def install(apps, schema_editor):
    snapshot_rules.install(schema_editor.connection)


def remove(apps, schema_editor):
    snapshot_rules.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_saved_views'),
        ('orders', '0003_approvals'),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.RemoveConstraint(
            model_name='order',
            name='order_totals_add_up',
        ),
        migrations.RemoveConstraint(
            model_name='order',
            name='order_amounts_not_negative',
        ),
        migrations.RemoveConstraint(
            model_name='order',
            name='order_one_live_a_quote',
        ),
        migrations.RemoveConstraint(
            model_name='order',
            name='order_one_waiting_a_request',
        ),
        migrations.AddField(
            model_name='order',
            name='charges_minor',
            field=models.BigIntegerField(default=0, help_text='documents and inspections'),
        ),
        migrations.AddField(
            model_name='order',
            name='exceptions',
            field=models.TextField(blank=True, max_length=4000),
        ),
        migrations.AddField(
            model_name='order',
            name='setup_minor',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='order',
            name='terms',
            field=models.JSONField(blank=True, default=dict, help_text='lead_time_from, milestones as proposed, exchange {rate, source, date}'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='alternate',
            field=models.CharField(blank=True, help_text='why it is made otherwise than asked', max_length=500),
        ),
        migrations.AddField(
            model_name='orderline',
            name='charges',
            field=models.JSONField(default=list, help_text='[{name, amount_minor}]'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='setup_minor',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='orderline',
            name='tooling_owner',
            field=models.CharField(blank=True, help_text='buyer or manufacturer', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('total_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('goods_minor'), '+', models.F('setup_minor')), '+', models.F('tooling_minor')), '+', models.F('charges_minor')), '+', models.F('freight_minor')))), name='order_totals_add_up'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('charges_minor__gte', 0), ('freight_minor__gte', 0), ('goods_minor__gt', 0), ('setup_minor__gte', 0), ('tooling_minor__gte', 0)), name='order_amounts_not_negative'),
        ),
        migrations.RunPython(install, remove),
    ]
