"""The tables of core: facts, deliveries and what the kernel keeps."""

import django.db.models.deletion
import django.utils.timezone
import marketplace.core.encryption
import marketplace.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    # Databases made before the history was drawn together have these.
    replaces = [
        ('core', '0001_initial'),
        ('core', '0002_sightings'),
        ('core', '0003_sightings_from_lists'),
        ('core', '0004_remove_event_visible_to'),
        ('core', '0005_number_series'),
        ('core', '0006_kept_answers'),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='NumberSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name_plural': 'number series',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='evt', unique=True)),
                ('type', models.CharField(max_length=60)),
                ('subject', models.CharField(help_text='public id of the thing it happened to', max_length=40)),
                ('thread', models.CharField(help_text='public id of the story it belongs to', max_length=40)),
                ('actor_label', models.CharField(max_length=200)),
                ('actor_id', models.CharField(blank=True, max_length=40)),
                ('sentence', models.CharField(max_length=400)),
                ('data', models.JSONField(default=dict)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['thread', '-id'], name='event_thread'), models.Index(fields=['subject', '-id'], name='event_subject'), models.Index(fields=['type', '-id'], name='event_type')],
            },
        ),
        migrations.CreateModel(
            name='KeptAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('caller', models.CharField(help_text='organization and credential, public ids', max_length=90)),
                ('key', models.CharField(max_length=100)),
                ('fingerprint', models.CharField(help_text='SHA-256 of path, query and body', max_length=64)),
                ('rights', models.TextField(blank=True, help_text='permissions of the call that was answered')),
                ('status', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('content_type', models.CharField(blank=True, max_length=100)),
                ('body', marketplace.core.encryption.EncryptedTextField(blank=True)),
                ('is_secret', models.BooleanField(default=False, help_text='shown once: the body is not kept')),
                ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(fields=('caller', 'key'), name='kept_answer_once_per_key')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handler', models.CharField(max_length=120)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('running', 'Running'), ('delivered', 'Delivered'), ('dead', 'Failed for good')], default='pending', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_error', models.TextField(blank=True)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='core.event')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('status__in', ['pending', 'running'])), fields=['due_at'], name='delivery_owed')],
                'constraints': [models.UniqueConstraint(fields=('event', 'handler'), name='delivery_once_per_handler'), models.CheckConstraint(condition=models.Q(models.Q(('delivered_at__isnull', False), ('status', 'delivered')), models.Q(models.Q(('status', 'delivered'), _negated=True), ('delivered_at__isnull', True)), _connector='OR'), name='delivery_time_paired')],
            },
        ),
        migrations.CreateModel(
            name='Sighting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization', models.CharField(help_text='public id', max_length=40)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sightings', to='core.event')),
            ],
            options={
                'ordering': ['-event_id'],
                'indexes': [models.Index(fields=['organization', '-id'], name='sighting_audit')],
                'constraints': [models.UniqueConstraint(fields=('event', 'organization'), name='sighting_once')],
            },
        ),
    ]
