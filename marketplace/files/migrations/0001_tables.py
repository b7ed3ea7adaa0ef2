"""The tables of files: the file room."""

import django.db.models.deletion
import django.utils.timezone
import marketplace.core.ids
import marketplace.files.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    # Databases made before the history was drawn together have these.
    replaces = [
        ('files', '0001_initial'),
        ('files', '0002_personal_files'),
        ('files', '0003_pages_of_drawings'),
        ('files', '0004_rooms'),
    ]

    dependencies = [
        ('accounts', '0001_tables'),
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='fil', unique=True)),
                ('kind', models.CharField(choices=[('model', '3D model'), ('drawing', 'Drawing'), ('page', 'Page of a drawing'), ('preview', '3D preview'), ('thumbnail', 'Thumbnail'), ('photo', 'Photo'), ('document', 'Document'), ('certificate', 'Certificate'), ('export', "Copy of a person's data")], max_length=12)),
                ('name', models.CharField(max_length=200)),
                ('content_type', models.CharField(max_length=80)),
                ('size', models.PositiveBigIntegerField(help_text='bytes')),
                ('sha256', models.CharField(max_length=64)),
                ('content', models.FileField(max_length=120, upload_to=marketplace.files.models.random_key)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('organization__isnull', False), ('kind', 'export'), _connector='OR'), name='file_has_an_owner')],
            },
        ),
        migrations.CreateModel(
            name='FileAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('room', models.CharField(blank=True, max_length=40)),
                ('guest_name', models.CharField(blank=True, max_length=140)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('organization', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.organization')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='accesses', to='files.storedfile')),
            ],
            options={
                'verbose_name_plural': 'file accesses',
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('room', ''), _negated=True), fields=['room', '-id'], name='access_of_room')],
            },
        ),
        migrations.CreateModel(
            name='RoomRevocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('room', models.CharField(max_length=40)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organization')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(fields=('room', 'organization'), name='room_revoked_once')],
            },
        ),
    ]
