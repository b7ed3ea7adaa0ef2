"""Claims after the acceptance, shipments for a problem, judgments in parts, packs of one side.

The new column of an order may be empty and has no default, so SQLite adds it in place and the
triggers that protect the contract stay.
"""

from datetime import timedelta

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import marketplace.core.ids
from django.db import migrations, models


# What `DISPUTE_WINDOW_DAYS` was when this ran first.
WINDOW = timedelta(days=21)


def begin_windows(apps, schema_editor):
    """Orders that are accepted already: the window began when the order was accepted."""
    orders, facts = apps.get_model("orders", "Order"), apps.get_model("core", "Event")
    accepted = facts.objects.filter(type="order_accepted").order_by("pk")
    for thread, at in accepted.values_list("thread", "at").iterator():
        orders.objects.filter(public_id=thread, state__in=["accepted", "closed"]).update(
            claim_by=at + WINDOW
        )


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0004_rooms'),
        ('orders', '0015_milestones'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClaimRefund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='crf', unique=True)),
                ('amount_minor', models.BigIntegerField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AlterModelOptions(
            name='judgment',
            options={'ordering': ['line__position', 'pk']},
        ),
        migrations.RemoveConstraint(
            model_name='judgment',
            name='judgment_once_a_line',
        ),
        migrations.RemoveConstraint(
            model_name='nonconformance',
            name='nonconformance_amounts',
        ),
        migrations.RemoveConstraint(
            model_name='orderdocument',
            name='order_document_once',
        ),
        migrations.AddField(
            model_name='nonconformance',
            name='after_acceptance',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='nonconformance',
            name='claimed_minor',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='order',
            name='claim_by',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='orderdocument',
            name='audience',
            field=models.CharField(blank=True, choices=[('buyer', 'Buyer'), ('manufacturer', 'Manufacturer'), ('staff', 'Staff'), ('system', 'System')], default='', max_length=12),
        ),
        migrations.AddField(
            model_name='shipment',
            name='problem',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shipments', to='orders.nonconformance'),
        ),
        migrations.AddField(
            model_name='shipment',
            name='purpose',
            field=models.CharField(choices=[('order', 'Ordered pieces'), ('replacement', 'Replacement or rework'), ('return', 'Return to the manufacturer')], default='order', max_length=12),
        ),
        migrations.AlterField(
            model_name='shipment',
            name='delivery_source',
            field=models.CharField(blank=True, choices=[('buyer', 'confirmed by the buyer'), ('carrier', 'reported by the carrier'), ('maker', 'confirmed by the manufacturer'), ('staff', 'confirmed by the platform')], max_length=8),
        ),
        migrations.AddConstraint(
            model_name='judgment',
            constraint=models.CheckConstraint(condition=models.Q(('accepted__gt', 0), ('rejected__gt', 0), _connector='OR'), name='judgment_of_pieces'),
        ),
        migrations.AddConstraint(
            model_name='nonconformance',
            constraint=models.CheckConstraint(condition=models.Q(('claimed_minor__gte', 0), ('held_minor__gte', 0), ('offer_refund_minor__gte', 0), ('offer_refund_minor__lte', django.db.models.expressions.CombinedExpression(models.F('held_minor'), '+', models.F('claimed_minor'))), ('refunded_minor__gte', 0), ('refunded_minor__lte', django.db.models.expressions.CombinedExpression(models.F('held_minor'), '+', models.F('claimed_minor')))), name='nonconformance_amounts'),
        ),
        migrations.AddConstraint(
            model_name='nonconformance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('after_acceptance', True), ('held_minor', 0)), models.Q(('after_acceptance', False), ('claimed_minor', 0)), _connector='OR'), name='nonconformance_holds_or_claims'),
        ),
        migrations.AddConstraint(
            model_name='orderdocument',
            constraint=models.UniqueConstraint(fields=('order', 'kind', 'subject', 'audience', 'revision'), name='order_document_once'),
        ),
        migrations.AddConstraint(
            model_name='shipment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('problem', None), ('purpose', 'order')), models.Q(('problem__isnull', False), ('purpose__in', ['replacement', 'return'])), _connector='OR'), name='shipment_for_a_problem'),
        ),
        migrations.AddField(
            model_name='claimrefund',
            name='nonconformance',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='claim_refund', to='orders.nonconformance'),
        ),
        migrations.AddConstraint(
            model_name='claimrefund',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='claim_refund_positive'),
        ),
        migrations.RunPython(begin_windows, migrations.RunPython.noop),
    ]
