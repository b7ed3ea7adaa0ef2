"""Change orders, the edition of an order, and lines that a change order dropped.

SQLite builds the tables of orders and lines anew, which drops their triggers: removed before,
installed after, where they let what was agreed become other as a change order in force says.
"""

import django.db.models.deletion
import django.utils.timezone
import marketplace.core.ids
from django.conf import settings
from django.db import migrations, models

from orders import snapshot_rules


def install(apps, schema_editor):
    snapshot_rules.install(schema_editor.connection)


def remove(apps, schema_editor):
    snapshot_rules.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0013_inspections'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.CreateModel(
            name='ChangeApproval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ChangeOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='chg', unique=True)),
                ('number', models.PositiveSmallIntegerField(help_text='1, 2, 3 of its order')),
                ('state', models.CharField(choices=[('awaiting_approval', 'Waiting for approval'), ('open', 'Waiting for an answer'), ('accepted', 'Accepted, to be paid'), ('in_force', 'In force'), ('declined', 'Declined'), ('withdrawn', 'Taken back'), ('expired', 'Expired'), ('lapsed', 'Lapsed')], default='open', editable=False, max_length=20)),
                ('proposed_by', models.CharField(choices=[('buyer', 'Buyer'), ('manufacturer', 'Manufacturer'), ('staff', 'Staff'), ('system', 'System')], max_length=12)),
                ('reason', models.TextField(max_length=2000)),
                ('before', models.JSONField()),
                ('after', models.JSONField()),
                ('total_before_minor', models.BigIntegerField()),
                ('total_after_minor', models.BigIntegerField()),
                ('answer', models.TextField(blank=True, editable=False, max_length=2000)),
                ('answer_by', models.DateTimeField()),
                ('shown_at', models.DateTimeField(editable=False, null=True)),
                ('pay_by', models.DateTimeField(editable=False, help_text='of the supplement', null=True)),
                ('edition', models.PositiveSmallIntegerField(editable=False, help_text='of the order, which it brought about', null=True)),
                ('approvals_needed', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('approval_reason', models.CharField(blank=True, editable=False, max_length=400)),
                ('approvers', models.JSONField(default=list, editable=False, help_text='public ids; empty: anyone whose role may approve')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='orderline',
            name='order_line_positive',
        ),
        migrations.AddField(
            model_name='order',
            name='edition',
            field=models.PositiveSmallIntegerField(default=1, editable=False),
        ),
        migrations.AlterField(
            model_name='firstarticle',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('superseded', 'Of an earlier revision')], default='draft', editable=False, max_length=10),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 0), ('total_minor__gte', 0), ('unit_price__gt', 0)), name='order_line_positive'),
        ),
        migrations.AddField(
            model_name='changeapproval',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='changeorder',
            name='accepted_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='changeorder',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='orders.order'),
        ),
        migrations.AddField(
            model_name='changeorder',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='changeapproval',
            name='change',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='orders.changeorder'),
        ),
        migrations.AddConstraint(
            model_name='changeorder',
            constraint=models.UniqueConstraint(fields=('order', 'number'), name='change_number_once'),
        ),
        migrations.AddConstraint(
            model_name='changeorder',
            constraint=models.UniqueConstraint(fields=('order', 'edition'), name='change_edition_once'),
        ),
        migrations.AddConstraint(
            model_name='changeorder',
            constraint=models.UniqueConstraint(condition=models.Q(('shown_at__isnull', False), ('state__in', ['awaiting_approval', 'open', 'accepted'])), fields=('order',), name='change_one_alive'),
        ),
        migrations.AddConstraint(
            model_name='changeorder',
            constraint=models.UniqueConstraint(condition=models.Q(('shown_at__isnull', True), ('state', 'awaiting_approval')), fields=('order',), name='change_one_hidden'),
        ),
        migrations.AddConstraint(
            model_name='changeorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('edition__gte', 2), ('state__in', ['open', 'accepted', 'in_force'])), models.Q(models.Q(('state', 'in_force'), _negated=True), ('edition__isnull', True)), _connector='OR'), name='change_in_force_has_edition'),
        ),
        migrations.AddConstraint(
            model_name='changeorder',
            constraint=models.CheckConstraint(condition=models.Q(('total_after_minor__gt', 0), ('total_before_minor__gt', 0)), name='change_totals_positive'),
        ),
        migrations.AddConstraint(
            model_name='changeapproval',
            constraint=models.UniqueConstraint(fields=('change', 'person'), name='change_approved_once'),
        ),
        migrations.RunPython(install, remove),
    ]
