"""Judgments of delivered pieces, problems and how they end, settlements, holding.

SQLite builds the order's table anew, which drops its triggers: removed before, installed after.
"""

import django.db.models.deletion
import django.utils.timezone
import marketplace.core.ids
from django.db import migrations, models

from orders import snapshot_rules


def install(apps, schema_editor):
    snapshot_rules.install(schema_editor.connection)


def remove(apps, schema_editor):
    snapshot_rules.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0004_rooms'),
        ('orders', '0007_old_orders'),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name='order',
            name='acceptance_reminded',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='order',
            name='held_by',
            field=models.CharField(blank=True, default='', editable=False, max_length=12),
        ),
        migrations.CreateModel(
            name='Nonconformance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='ncr', unique=True)),
                ('reference', marketplace.core.ids.ReferenceField(editable=False, max_length=20, prefix='NCR', unique=True)),
                ('quantity', models.PositiveIntegerField(default=0, help_text='pieces, 0 without a line')),
                ('state', models.CharField(choices=[('open', 'Open'), ('answered', 'Offer made'), ('agreed', 'Being put right'), ('remedied', 'Put right'), ('escalated', 'With the platform'), ('resolved', 'Resolved'), ('withdrawn', 'Withdrawn')], default='open', editable=False, max_length=12)),
                ('raised_by', models.CharField(choices=[('buyer', 'Buyer'), ('manufacturer', 'Manufacturer'), ('staff', 'Staff'), ('system', 'System')], max_length=12)),
                ('kind', models.CharField(choices=[('nonconforming', 'Not as drawn or specified'), ('damaged', 'Damaged on arrival'), ('missing', 'Pieces missing'), ('wrong', 'Wrong parts'), ('late', 'Late or not delivered'), ('documents', 'Documents missing or wrong'), ('other', 'Something else')], max_length=14)),
                ('description', models.TextField(max_length=4000)),
                ('held_minor', models.BigIntegerField(default=0)),
                ('respond_by', models.DateTimeField(editable=False, null=True)),
                ('reminded', models.BooleanField(default=False, editable=False)),
                ('offer_disposition', models.CharField(blank=True, choices=[('use_as_is', 'Use as is'), ('rework', 'Rework'), ('repair', 'Repair'), ('replace', 'Replace'), ('return', 'Return for refund'), ('scrap', 'Scrap'), ('refund', 'Refund')], max_length=10)),
                ('offer_refund_minor', models.BigIntegerField(default=0)),
                ('offer_note', models.TextField(blank=True, max_length=2000)),
                ('remedy_days', models.PositiveSmallIntegerField(default=0, help_text='days the remedy takes')),
                ('rma_number', models.CharField(blank=True, help_text='stands on what goes back', max_length=20)),
                ('remedy_note', models.TextField(blank=True, max_length=2000)),
                ('refunded_minor', models.BigIntegerField(default=0, editable=False)),
                ('decision', models.TextField(blank=True, help_text='of the platform, in words', max_length=2000)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nonconformances', to='orders.order')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='NonconformanceFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('buyer', 'Buyer'), ('manufacturer', 'Manufacturer'), ('staff', 'Staff'), ('system', 'System')], max_length=12)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('nonconformance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='orders.nonconformance')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='set', unique=True)),
                ('state', models.CharField(choices=[('open', 'Waiting for an answer'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired')], default='open', editable=False, max_length=12)),
                ('proposed_by', models.CharField(choices=[('buyer', 'Buyer'), ('manufacturer', 'Manufacturer'), ('staff', 'Staff'), ('system', 'System')], max_length=12)),
                ('owed_minor', models.BigIntegerField()),
                ('reason', models.TextField(max_length=2000)),
                ('answer', models.TextField(blank=True, editable=False, max_length=2000)),
                ('answer_by', models.DateTimeField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='orders.order')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Judgment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('accepted', models.PositiveIntegerField()),
                ('rejected', models.PositiveIntegerField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgments', to='orders.orderline')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgments', to='orders.order')),
            ],
            options={
                'ordering': ['line__position'],
                'constraints': [models.UniqueConstraint(fields=('line',), name='judgment_once_a_line')],
            },
        ),
        migrations.AddIndex(
            model_name='nonconformance',
            index=models.Index(condition=models.Q(('respond_by__isnull', False)), fields=['respond_by'], name='nonconformance_waiting'),
        ),
        migrations.AddConstraint(
            model_name='nonconformance',
            constraint=models.CheckConstraint(condition=models.Q(('held_minor__gte', 0), ('offer_refund_minor__gte', 0), ('offer_refund_minor__lte', models.F('held_minor')), ('refunded_minor__gte', 0), ('refunded_minor__lte', models.F('held_minor'))), name='nonconformance_amounts'),
        ),
        migrations.AddConstraint(
            model_name='nonconformance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('line__isnull', True), ('quantity', 0)), models.Q(('line__isnull', False), ('quantity__gt', 0)), _connector='OR'), name='nonconformance_pieces_have_a_line'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('order',), name='settlement_one_open'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('owed_minor__gte', 0)), name='settlement_not_negative'),
        ),
        migrations.RunPython(install, remove),
    ]
