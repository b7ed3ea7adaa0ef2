"""The tables of operations: people's own data."""

import django.db.models.deletion
import django.utils.timezone
import marketplace.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    # Databases made before the history was drawn together have these.
    replaces = [
        ('operations', '0001_personal_data'),
    ]

    dependencies = [
        ('accounts', '__first__'),
        ('files', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='DataExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='exp', unique=True)),
                ('state', models.CharField(choices=[('requested', 'Being made'), ('ready', 'Ready'), ('expired', 'Expired'), ('failed', 'Could not be made')], default='requested', editable=False, max_length=10)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('expires_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='files.storedfile')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='data_exports', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'requested')), fields=('user',), name='export_one_in_the_making')],
            },
        ),
        migrations.CreateModel(
            name='DeletionRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='del', unique=True)),
                ('state', models.CharField(choices=[('requested', 'Waiting'), ('cancelled', 'Cancelled'), ('stopped', 'Stopped'), ('done', 'Done')], default='requested', editable=False, max_length=10)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('due_at', models.DateTimeField()),
                ('stop_reason', models.CharField(blank=True, editable=False, max_length=400)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deletion_requests', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'requested')), fields=['due_at'], name='deletion_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'requested')), fields=('user',), name='deletion_one_waiting')],
            },
        ),
    ]
