"""The history of backups."""

import django.utils.timezone
import marketplace.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('operations', '0002_organization_archives'),
    ]

    operations = [
        migrations.CreateModel(
            name='BackupRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='bak', unique=True)),
                ('name', models.CharField(help_text='its folder', max_length=40, unique=True)),
                ('state', models.CharField(choices=[('running', 'Being written'), ('done', 'Done'), ('failed', 'Failed'), ('removed', 'Removed after its days')], default='running', editable=False, max_length=10)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('size', models.PositiveBigIntegerField(default=0, help_text='bytes of the sealed database and lists')),
                ('added', models.PositiveBigIntegerField(default=0, help_text='bytes of sealed files that no earlier backup had')),
                ('rows', models.PositiveBigIntegerField(default=0, help_text='of all tables')),
                ('files', models.PositiveBigIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('verification', models.JSONField(blank=True, default=list)),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['state', '-started_at'], name='backup_newest')],
            },
        ),
    ]
