"""An order may be on account. The new column may be empty, so no engine builds the table anew."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0018_instalments'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='account_days',
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
        ),
    ]
