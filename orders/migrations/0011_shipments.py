"""Shipments by number, with packages, lots and what the carrier says."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


def number(apps, schema_editor):
    """The shipments there are, by their row within the order; what arrived was confirmed by the
    buyer, the only way there was."""
    shipment = apps.get_model("orders", "Shipment")
    last, at = None, 0
    for row in shipment.objects.order_by("order_id", "pk").iterator(chunk_size=500):
        at = at + 1 if row.order_id == last else 1
        last = row.order_id
        arrived = {"status": "delivered", "delivery_source": "buyer"} if row.delivered_at else {}
        shipment.objects.filter(pk=row.pk).update(number=at, **arrived)


def keep(apps, schema_editor):
    """The numbers go with their column."""


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0010_blanket_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='Package',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('count', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)])),
                ('weight_kg', models.DecimalField(decimal_places=3, max_digits=9)),
                ('length_mm', models.PositiveIntegerField()),
                ('width_mm', models.PositiveIntegerField()),
                ('height_mm', models.PositiveIntegerField()),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AlterModelOptions(
            name='shipmentline',
            options={'ordering': ['line__position', 'pk']},
        ),
        migrations.RemoveConstraint(
            model_name='shipmentline',
            name='shipment_line_once',
        ),
        migrations.AddField(
            model_name='shipment',
            name='carrier_name',
            field=models.CharField(blank=True, help_text='of another carrier', max_length=80),
        ),
        migrations.AddField(
            model_name='shipment',
            name='delivery_source',
            field=models.CharField(blank=True, choices=[('buyer', 'confirmed by the buyer'), ('carrier', 'reported by the carrier'), ('staff', 'confirmed by the platform')], max_length=8),
        ),
        migrations.AddField(
            model_name='shipment',
            name='number',
            field=models.PositiveSmallIntegerField(default=1, help_text='1, 2, 3 of its order'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='shipment',
            name='status',
            field=models.CharField(choices=[('handed_over', 'Handed over'), ('in_transit', 'On its way'), ('out_for_delivery', 'Out for delivery'), ('delayed', 'Delayed'), ('lost', 'Lost'), ('returned', 'Returned to the manufacturer'), ('delivered', 'Delivered')], default='handed_over', max_length=16),
        ),
        migrations.AddField(
            model_name='shipment',
            name='status_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='shipment',
            name='status_note',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='shipment',
            name='tracking_link',
            field=models.CharField(blank=True, help_text='of another carrier', max_length=300),
        ),
        migrations.AddField(
            model_name='shipmentline',
            name='lot',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name='shipment',
            name='carrier',
            field=models.CharField(choices=[('dhl', 'DHL'), ('dhl_express', 'DHL Express'), ('ups', 'UPS'), ('fedex', 'FedEx'), ('tnt', 'TNT'), ('dpd', 'DPD'), ('gls', 'GLS'), ('hermes', 'Hermes'), ('usps', 'USPS'), ('royal_mail', 'Royal Mail'), ('la_poste', 'La Poste'), ('schenker', 'DB Schenker'), ('kuehne_nagel', 'Kuehne+Nagel'), ('dsv', 'DSV'), ('other', 'Other carrier')], max_length=16),
        ),
        migrations.AddIndex(
            model_name='shipment',
            index=models.Index(fields=['tracking_number'], name='shipment_by_tracking'),
        ),
        migrations.RunPython(number, keep),
        migrations.AddConstraint(
            model_name='shipment',
            constraint=models.UniqueConstraint(fields=('order', 'number'), name='shipment_number_once'),
        ),
        migrations.AddConstraint(
            model_name='shipmentline',
            constraint=models.UniqueConstraint(fields=('shipment', 'line', 'lot'), name='shipment_line_once'),
        ),
        migrations.AddField(
            model_name='package',
            name='shipment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='orders.shipment'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.CheckConstraint(condition=models.Q(('count__gt', 0), ('height_mm__gt', 0), ('length_mm__gt', 0), ('weight_kg__gt', 0), ('width_mm__gt', 0)), name='package_positive'),
        ),
    ]
