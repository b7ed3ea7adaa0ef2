"""What the contract says about held money, numbered documents, what travels in a shipment.

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
        ('orders', '0005_purchase_orders'),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name='order',
            name='funded_minor',
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='order',
            name='left_state',
            field=models.CharField(blank=True, choices=[('awaiting_approval', 'Waiting for approval'), ('awaiting_payment', 'Waiting for payment'), ('placed', 'Placed'), ('confirmed', 'Confirmed'), ('in_production', 'In production'), ('first_article_review', 'First article in review'), ('quality_check', 'Quality check'), ('ready_to_ship', 'Ready to ship'), ('partly_shipped', 'Partly shipped'), ('shipped', 'Shipped'), ('delivered', 'Delivered'), ('accepted', 'Accepted'), ('closed', 'Closed'), ('on_hold', 'On hold'), ('disputed', 'Disputed'), ('cancelled', 'Cancelled')], default='', editable=False, max_length=24),
        ),
        migrations.AlterField(
            model_name='order',
            name='state',
            field=models.CharField(choices=[('awaiting_approval', 'Waiting for approval'), ('awaiting_payment', 'Waiting for payment'), ('placed', 'Placed'), ('confirmed', 'Confirmed'), ('in_production', 'In production'), ('first_article_review', 'First article in review'), ('quality_check', 'Quality check'), ('ready_to_ship', 'Ready to ship'), ('partly_shipped', 'Partly shipped'), ('shipped', 'Shipped'), ('delivered', 'Delivered'), ('accepted', 'Accepted'), ('closed', 'Closed'), ('on_hold', 'On hold'), ('disputed', 'Disputed'), ('cancelled', 'Cancelled')], default='awaiting_payment', editable=False, max_length=24),
        ),
        migrations.CreateModel(
            name='MoneyDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='mon', unique=True)),
                ('kind', models.CharField(choices=[('release', 'To the manufacturer'), ('refund', 'Back to the buyer')], max_length=8)),
                ('because', models.CharField(choices=[('milestone', 'Milestone approved'), ('acceptance', 'Goods accepted'), ('nonconformance', 'Problem settled'), ('change', 'Order changed'), ('cancellation', 'Order cancelled'), ('decision', 'Decided by the platform')], max_length=16)),
                ('subject', models.CharField(help_text='public id of what decided it', max_length=40)),
                ('amount_minor', models.BigIntegerField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='money_decisions', to='orders.order')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('order', 'because', 'subject', 'kind'), name='money_decided_once'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='money_decision_positive')],
            },
        ),
        migrations.CreateModel(
            name='OrderDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='doc', unique=True)),
                ('kind', models.CharField(choices=[('purchase_order', 'Purchase order'), ('confirmation', 'Order confirmation'), ('delivery_note', 'Delivery note'), ('packing_list', 'Packing list'), ('conformance', 'Certificate of conformance'), ('evidence', 'Evidence pack')], max_length=16)),
                ('subject', models.CharField(blank=True, max_length=40)),
                ('revision', models.PositiveSmallIntegerField(default=1)),
                ('number', models.CharField(max_length=60)),
                ('content', models.JSONField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='orders.order')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('order', 'kind', 'subject', 'revision'), name='order_document_once')],
            },
        ),
        migrations.CreateModel(
            name='ShipmentLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField()),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shipped', to='orders.orderline')),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='orders.shipment')),
            ],
            options={
                'ordering': ['line__position'],
                'constraints': [models.UniqueConstraint(fields=('shipment', 'line'), name='shipment_line_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='shipment_line_positive')],
            },
        ),
        migrations.RunPython(install, remove),
    ]
