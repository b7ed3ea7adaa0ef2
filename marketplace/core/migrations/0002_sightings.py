from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Sighting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", models.CharField(help_text="public id", max_length=40)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sightings",
                        to="core.event",
                    ),
                ),
            ],
            options={"ordering": ["-event_id"]},
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(fields=["organization", "-id"], name="sighting_audit"),
        ),
        migrations.AddConstraint(
            model_name="sighting",
            constraint=models.UniqueConstraint(
                fields=("event", "organization"), name="sighting_once"
            ),
        ),
    ]
