"""The tables of integrations: webhooks to others."""

import django.db.models.deletion
import django.utils.timezone
import marketplace.core.encryption
import marketplace.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    # Databases made before the history was drawn together have these.
    replaces = [
        ('integrations', '0001_initial'),
    ]

    dependencies = [
        ('accounts', '0001_tables'),
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='whe', unique=True)),
                ('url', models.CharField(max_length=500)),
                ('description', models.CharField(blank=True, max_length=120)),
                ('facts', models.JSONField(default=list, help_text='names of facts; empty: every published one')),
                ('version', models.CharField(default='2026-11-28', editable=False, max_length=10)),
                ('state', models.CharField(choices=[('active', 'Active'), ('paused', 'Paused'), ('gone', 'Gone')], default='active', editable=False, max_length=10)),
                ('secret', marketplace.core.encryption.EncryptedTextField(editable=False)),
                ('old_secret', marketplace.core.encryption.EncryptedTextField(blank=True, default='', editable=False)),
                ('old_secret_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('failing_since', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhook_endpoints', to='accounts.organization')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='WebhookMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='msg', unique=True)),
                ('event_id', models.CharField(help_text='public id of the fact', max_length=40)),
                ('type', models.CharField(max_length=60)),
                ('body', models.TextField()),
                ('status', models.CharField(choices=[('pending', 'On its way'), ('sending', 'Being sent'), ('delivered', 'Delivered'), ('failed', 'Failed for good')], default='pending', max_length=10)),
                ('tries', models.PositiveSmallIntegerField(default=0, help_text='since it was last asked for')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='integrations.webhookendpoint')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('status__in', ['pending', 'sending'])), fields=['due_at'], name='webhook_message_owed'), models.Index(fields=['created_at'], name='webhook_message_age')],
                'constraints': [models.UniqueConstraint(fields=('endpoint', 'event_id'), name='webhook_message_once')],
            },
        ),
        migrations.CreateModel(
            name='WebhookTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('headers', models.JSONField(default=dict)),
                ('status', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('answer', models.TextField(blank=True)),
                ('fault', models.CharField(blank=True, max_length=300)),
                ('milliseconds', models.PositiveIntegerField(default=0)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='log', to='integrations.webhookmessage')),
            ],
            options={
                'verbose_name_plural': 'webhook tries',
                'ordering': ['-pk'],
            },
        ),
    ]
