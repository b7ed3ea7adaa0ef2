"""How far the events of each account at Stripe were read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_rules")]
    operations = [
        migrations.CreateModel(
            name="EventCursor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "account",
                    models.CharField(
                        blank=True,
                        help_text="empty: the platform's own",
                        max_length=80,
                        unique=True,
                    ),
                ),
                ("read_until", models.DateTimeField()),
            ],
        ),
    ]
