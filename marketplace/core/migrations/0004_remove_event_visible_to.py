from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0003_sightings_from_lists")]

    operations = [migrations.RemoveField(model_name="event", name="visible_to")]
