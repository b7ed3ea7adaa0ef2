"""Orders whose VAT was found before know its rate."""

from typing import Any

from django.db import migrations


def note_rates(apps: Any, schema_editor: Any) -> None:
    order = apps.get_model("orders", "Order")
    taxed = apps.get_model("payments", "OrderTax").objects.filter(rate_bps__gt=0)
    for pk, rate in taxed.values_list("order_id", "rate_bps"):
        order.objects.filter(pk=pk).update(vat_bps=rate)


class Migration(migrations.Migration):
    dependencies = [("payments", "0012_vat_rates"), ("orders", "0021_vat")]
    operations = [migrations.RunPython(note_rates, migrations.RunPython.noop)]
