"""Orders from before: what was paid, what was decided about it, and what travelled."""

from django.db import migrations


def write_down(apps, schema_editor):
    order_model = apps.get_model("orders", "Order")
    decision = apps.get_model("orders", "MoneyDecision")
    ends = {"accepted": ("release", "acceptance"), "closed": ("release", "acceptance")}
    ends["cancelled"] = ("refund", "cancellation")
    # An order has a day to ship by once it is paid.
    for order in order_model.objects.filter(ship_by__isnull=False).iterator(chunk_size=500):
        order_model.objects.filter(pk=order.pk).update(funded_minor=order.total_minor)
        if order.state in ends:
            kind, because = ends[order.state]
            decision.objects.create(
                public_id=order.public_id.replace("ord_", "mon_", 1),
                order=order,
                kind=kind,
                because=because,
                subject=order.public_id,
                amount_minor=order.total_minor,
                created_at=order.state_changed_at,
            )
    line = apps.get_model("orders", "ShipmentLine")
    for shipment in apps.get_model("orders", "Shipment").objects.iterator(chunk_size=500):
        for part in shipment.order.lines.all():
            line.objects.create(shipment=shipment, line=part, quantity=part.quantity)


def keep(apps, schema_editor):
    """What was written down goes with its tables."""


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_money_and_documents")]
    operations = [migrations.RunPython(write_down, keep)]
