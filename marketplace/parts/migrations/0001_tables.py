"""The tables of parts: parts and their revisions."""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import marketplace.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    # Databases made before the history was drawn together have these.
    replaces = [
        ('parts', '0001_initial'),
        ('parts', '0002_library'),
        ('parts', '0003_search_and_columns'),
    ]

    dependencies = [
        ('accounts', '0001_tables'),
        ('accounts', '__first__'),
        ('files', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=40)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organization')),
            ],
            options={
                'ordering': ['key'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'key'), name='tag_once')],
            },
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='prt', unique=True)),
                ('number', models.CharField(max_length=60)),
                ('number_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(models.F('number'), models.Value('_'), models.Value('-')), models.Value(' '), models.Value('-'))), output_field=models.CharField(max_length=60))),
                ('name', models.CharField(max_length=140)),
                ('customer_number', models.CharField(blank=True, help_text="what the buyer's own customer calls the part", max_length=60)),
                ('notes', models.TextField(blank=True, max_length=2000)),
                ('search', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Concat('number', models.Value(' '), 'name', models.Value(' '), 'customer_number', models.Value(' '), 'notes', output_field=models.TextField())), output_field=models.TextField())),
                ('external_id', models.CharField(blank=True, max_length=80)),
                ('metadata', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('archived_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='accounts.organization')),
                ('tags', models.ManyToManyField(blank=True, related_name='parts', to='parts.tag')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['organization', '-id'], name='part_of_buyer'), models.Index(fields=['organization', 'number_key'], name='part_by_number_key'), models.Index(fields=['organization', 'external_id'], name='part_by_external_id')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'number'), name='part_number_once')],
            },
        ),
        migrations.CreateModel(
            name='PartRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='rev', unique=True)),
                ('label', models.CharField(default='A', max_length=10)),
                ('state', models.CharField(choices=[('pending', 'Being read'), ('ready', 'Read'), ('failed', 'Could not be read')], default='pending', editable=False, max_length=8)),
                ('units_given', models.CharField(blank=True, help_text='mm, cm, m or in', max_length=4)),
                ('facts', models.JSONField(default=dict, help_text='what reading the file found, millimeters')),
                ('failure', models.CharField(blank=True, max_length=400)),
                ('drawing_facts', models.JSONField(default=dict, help_text='what reading the drawing found')),
                ('drawing_failure', models.CharField(blank=True, max_length=400)),
                ('format', models.CharField(blank=True, editable=False, max_length=12)),
                ('warning_count', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('shape_key', models.CharField(blank=True, db_index=True, editable=False, max_length=80)),
                ('model_sha256', models.CharField(blank=True, db_index=True, editable=False, max_length=64)),
                ('twin_kept', models.BooleanField(default=False, help_text='the buyer wants this part beside another of the same shape')),
                ('locked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('drawing_file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('model_file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='parts.part')),
                ('preview', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('taken_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='parts.partrevision')),
                ('thumbnail', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(fields=('part', 'label'), name='part_revision_label_once'), models.CheckConstraint(condition=models.Q(('model_file__isnull', False), ('drawing_file__isnull', False), _connector='OR'), name='part_revision_has_a_file')],
            },
        ),
        migrations.CreateModel(
            name='FindingAcceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='fac', unique=True)),
                ('process', models.CharField(help_text='code of the process', max_length=40)),
                ('rule', models.CharField(max_length=60)),
                ('measured', models.CharField(blank=True, max_length=120)),
                ('note', models.CharField(max_length=400)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acceptances', to='parts.partrevision')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('revision', 'process', 'rule'), name='finding_accepted_once')],
            },
        ),
        migrations.CreateModel(
            name='DrawingPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pages', to='parts.partrevision')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('revision', 'number'), name='drawing_page_once')],
            },
        ),
        migrations.CreateModel(
            name='RevisionUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('rfq', 'Request'), ('quote', 'Quote'), ('order', 'Order')], max_length=8)),
                ('thing', models.CharField(help_text='public id of the request, quote or order', max_length=40)),
                ('label', models.CharField(max_length=140)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='parts.partrevision')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(fields=('revision', 'kind', 'thing'), name='revision_used_once')],
            },
        ),
        migrations.CreateModel(
            name='UploadBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='bat', unique=True)),
                ('visit_label', models.CharField(blank=True, editable=False, max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organization')),
            ],
            options={
                'verbose_name_plural': 'upload batches',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['organization', '-id'], name='batch_of_buyer')],
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='upl', unique=True)),
                ('path', models.CharField(help_text='name, with the folders it came in', max_length=240)),
                ('size', models.PositiveBigIntegerField(help_text='bytes')),
                ('sha256', models.CharField(blank=True, help_text='as announced; checked at the end', max_length=64)),
                ('resume_key', models.CharField(blank=True, max_length=100)),
                ('received', models.PositiveBigIntegerField(default=0, editable=False, help_text='bytes')),
                ('chunks', models.JSONField(default=list, editable=False)),
                ('state', models.CharField(choices=[('receiving', 'Arriving'), ('received', 'Being checked'), ('stored', 'Stored'), ('refused', 'Not taken'), ('expired', 'Never finished')], default='receiving', editable=False, max_length=10)),
                ('sentence', models.CharField(blank=True, max_length=400)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('archive', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='members', to='parts.upload')),
                ('part', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='parts.part')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uploads', to='parts.uploadbatch')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'receiving')), fields=['created_at'], name='upload_under_way')],
                'constraints': [models.CheckConstraint(condition=models.Q(('received__lte', models.F('size'))), name='upload_within_its_size'), models.UniqueConstraint(condition=models.Q(('archive__isnull', False)), fields=('archive', 'path'), name='archive_member_once')],
            },
        ),
        migrations.AddField(
            model_name='part',
            name='current',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parts.partrevision'),
        ),
    ]
