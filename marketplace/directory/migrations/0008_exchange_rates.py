"""Exchange rates, with those of one published day to start with."""

from typing import Any

import django.utils.timezone
from django.db import migrations, models

from marketplace.directory.rate_files import DATA, read_rates


def load(apps: Any, schema_editor: Any) -> None:
    rates = read_rates(DATA.read_bytes())
    apps.get_model("directory", "ExchangeRate").objects.bulk_create(
        apps.get_model("directory", "ExchangeRate")(
            currency=currency, rate=rate, date=rates.date, source=rates.source
        )
        for currency, rate in sorted(rates.per_euro.items())
    )


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0007_rate_card'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExchangeRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(choices=[('EUR', 'EUR'), ('USD', 'USD'), ('GBP', 'GBP')], max_length=3)),
                ('rate', models.DecimalField(decimal_places=6, max_digits=14)),
                ('date', models.DateField()),
                ('source', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['-date', 'currency'],
                'constraints': [models.UniqueConstraint(fields=('date', 'currency'), name='exchange_rate_once_a_day'), models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='exchange_rate_is_positive')],
            },
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
