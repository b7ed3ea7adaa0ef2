"""The tables of messaging: questions and answers."""

import django.db.models.deletion
import django.utils.timezone
import marketplace.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    # Databases made before the history was drawn together have these.
    replaces = [
        ('messaging', '0001_questions_and_answers'),
        ('messaging', '0002_attachments'),
    ]

    dependencies = [
        ('accounts', '0001_tables'),
        ('accounts', '__first__'),
        ('files', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='thr', unique=True)),
                ('subject', models.CharField(help_text='public id of what it is about', max_length=40)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('asker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(fields=('subject', 'asker'), name='thread_once_a_side')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(blank=True, help_text='public id of a line', max_length=40)),
                ('x_mm', models.FloatField(blank=True, null=True)),
                ('y_mm', models.FloatField(blank=True, null=True)),
                ('z_mm', models.FloatField(blank=True, null=True)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='msg', unique=True)),
                ('guest_name', models.CharField(blank=True, max_length=140)),
                ('text', models.TextField(max_length=4000)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='messaging.thread')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['thread', '-id'], name='message_of_thread')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='messaging.message')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ReadMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(blank=True, max_length=40)),
                ('newest', models.PositiveBigIntegerField(default=0, help_text='row number')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='messaging.thread')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('thread__isnull', False)), fields=('user', 'thread'), name='read_mark_of_thread'), models.UniqueConstraint(condition=models.Q(('thread__isnull', True)), fields=('user', 'subject'), name='read_mark_of_answers')],
            },
        ),
        migrations.CreateModel(
            name='PublishedAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(blank=True, help_text='public id of a line', max_length=40)),
                ('x_mm', models.FloatField(blank=True, null=True)),
                ('y_mm', models.FloatField(blank=True, null=True)),
                ('z_mm', models.FloatField(blank=True, null=True)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='ans', unique=True)),
                ('subject', models.CharField(help_text='public id of what it is about', max_length=40)),
                ('question', models.TextField(max_length=4000)),
                ('answer', models.TextField(max_length=4000)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='published', to='messaging.message')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['subject', '-id'], name='answer_of_subject')],
            },
        ),
    ]
