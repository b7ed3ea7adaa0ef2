from django.db import migrations


def from_lists(apps, schema_editor):
    """Who may see a fact becomes rows."""
    event = apps.get_model("core", "Event")
    sighting = apps.get_model("core", "Sighting")
    rows = event.objects.values_list("pk", "visible_to").iterator(chunk_size=2000)
    batch = []
    for pk, visible_to in rows:
        batch += [sighting(event_id=pk, organization=o) for o in sorted(set(visible_to))]
        if len(batch) > 2000:
            sighting.objects.bulk_create(batch)
            batch = []
    sighting.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("core", "0002_sightings")]

    operations = [migrations.RunPython(from_lists, migrations.RunPython.noop)]
