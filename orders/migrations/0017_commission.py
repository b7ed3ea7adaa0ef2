"""Commission rules, and what the platform keeps of each order.

Orders made before keep the general rate, which was the only one. SQLite builds the order's table
anew, which drops its triggers: removed before, installed after.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import marketplace.core.ids
from orders import snapshot_rules


def install(apps, schema_editor):
    snapshot_rules.install(schema_editor.connection)


def remove(apps, schema_editor):
    snapshot_rules.remove(schema_editor.connection)


def keep_the_general_rate(apps, schema_editor):
    apps.get_model("orders", "Order").objects.update(commission_bps=settings.COMMISSION_BPS)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_saved_views'),
        ('directory', '0009_scorecards'),
        ('orders', '0016_claims'),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name='order',
            name='commission_bps',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='order',
            name='commission_fixed_minor',
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='order',
            name='commission_minimum_minor',
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='order',
            name='commission_rule',
            field=models.CharField(blank=True, editable=False, max_length=40),
        ),
        migrations.CreateModel(
            name='CommissionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='com', unique=True)),
                ('name', models.CharField(max_length=80)),
                ('currency', models.CharField(blank=True, choices=[('EUR', 'EUR'), ('USD', 'USD'), ('GBP', 'GBP')], help_text='needed beside an amount', max_length=3)),
                ('from_minor', models.BigIntegerField(blank=True, help_text='totals of at least this', null=True)),
                ('below_minor', models.BigIntegerField(blank=True, help_text='and below this', null=True)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, help_text='its last day', null=True)),
                ('bps', models.PositiveSmallIntegerField(help_text='1 bps is 0.01 %')),
                ('fixed_minor', models.BigIntegerField(default=0)),
                ('minimum_minor', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('buyer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('manufacturer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('process', models.ForeignKey(blank=True, help_text='fits when every line of the contract is made by it', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.process')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('bps__lte', 10000), ('fixed_minor__gte', 0), ('minimum_minor__gte', 0)), name='commission_amounts'), models.CheckConstraint(condition=models.Q(models.Q(('currency', ''), _negated=True), models.Q(('below_minor__isnull', True), ('fixed_minor', 0), ('from_minor__isnull', True), ('minimum_minor', 0)), _connector='OR'), name='commission_amounts_have_a_currency'), models.CheckConstraint(condition=models.Q(('from_minor__isnull', True), ('below_minor__isnull', True), ('below_minor__gt', models.F('from_minor')), _connector='OR'), name='commission_band'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='commission_period')],
            },
        ),
        migrations.RunPython(keep_the_general_rate, migrations.RunPython.noop),
        migrations.RunPython(install, remove),
    ]
