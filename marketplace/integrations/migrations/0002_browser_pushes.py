"""Browsers that are nudged when their person has news."""

import django.db.models.deletion
import django.utils.timezone
import marketplace.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('integrations', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BrowserPush',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='psh', unique=True)),
                ('endpoint', models.CharField(help_text='of the push service', max_length=500, unique=True)),
                ('device', models.CharField(blank=True, help_text='browser and system, in words', max_length=80)),
                ('told', models.PositiveBigIntegerField(default=0, help_text='number of the newest notification it was nudged for')),
                ('failures', models.PositiveSmallIntegerField(default=0, help_text='in a row')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, help_text='not before')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='browser_pushes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'browser pushes',
                'ordering': ['-pk'],
            },
        ),
    ]
