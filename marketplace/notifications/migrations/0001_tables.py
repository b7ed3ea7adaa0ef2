"""The tables of notifications: the inbox and preferences."""

import django.db.models.deletion
import django.utils.timezone
import marketplace.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    # Databases made before the history was drawn together have these.
    replaces = [
        ('notifications', '0001_initial'),
        ('notifications', '0002_preferences'),
        ('notifications', '0003_digest_and_kinds'),
    ]

    dependencies = [
        ('accounts', '0001_tables'),
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_on', models.DateField(help_text='local day of the last one', null=True)),
                ('claimed_until', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='digest', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='ntf', unique=True)),
                ('event_id', models.CharField(help_text='public id of the fact', max_length=40)),
                ('kind', models.CharField(max_length=60)),
                ('title', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('link', models.CharField(help_text='path on this site', max_length=300)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('mailed_at', models.DateTimeField(blank=True, null=True)),
                ('in_digest', models.BooleanField(default=False, help_text='waits for, or came in, a digest')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organization')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('read_at', None)), fields=['user'], name='notification_unread'), models.Index(fields=['user', '-id'], name='notification_inbox'), models.Index(condition=models.Q(('in_digest', True), ('mailed_at', None), ('read_at', None)), fields=['user'], name='notification_for_digest')],
                'constraints': [models.UniqueConstraint(fields=('user', 'event_id', 'kind'), name='notification_once_per_fact')],
            },
        ),
        migrations.CreateModel(
            name='NotificationPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(choices=[('requests', 'Requests and quotes'), ('orders', 'Orders'), ('money', 'Payments and payouts'), ('company', 'Company and team'), ('security', 'Security and privacy')], max_length=12)),
                ('kind', models.CharField(blank=True, max_length=60)),
                ('mail', models.CharField(choices=[('now', 'At once'), ('digest', 'Daily digest'), ('off', 'Not by mail')], default='now', max_length=8)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notification_preferences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('user', 'group', 'kind'), name='preference_once_a_kind')],
            },
        ),
    ]
