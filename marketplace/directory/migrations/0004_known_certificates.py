"""Gives the certificates that are there an id; staff entered them, so they are checked."""

from typing import Any

from django.db import migrations
from django.db.models import F

from marketplace.core.ids import new_public_id


def fill(apps: Any, schema_editor: Any) -> None:
    certificates = apps.get_model("directory", "Certificate").objects
    for pk in certificates.values_list("pk", flat=True):
        certificates.filter(pk=pk).update(public_id=new_public_id("crt"), state="checked")
    # Who waits already has waited since the profile was saved first.
    apps.get_model("directory", "Manufacturer").objects.update(applied_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_verification")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
