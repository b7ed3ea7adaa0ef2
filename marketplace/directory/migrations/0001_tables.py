"""The tables of directory: manufacturers and the taxonomy."""

import django.db.models.deletion
import django.utils.timezone
import marketplace.core.ids
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    # Databases made before the history was drawn together have these.
    replaces = [
        ('directory', '0001_initial'),
        ('directory', '0002_taxonomy'),
        ('directory', '0003_verification'),
        ('directory', '0004_known_certificates'),
        ('directory', '0005_certificate_ids'),
        ('directory', '0006_supplier_lists'),
        ('directory', '0007_rate_card'),
        ('directory', '0008_exchange_rates'),
    ]

    dependencies = [
        ('accounts', '0001_tables'),
        ('files', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Certification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=140)),
                ('source', models.CharField(default='general_knowledge', max_length=120)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
                ('kind', models.CharField(blank=True, max_length=60)),
                ('scope', models.CharField(blank=True, max_length=140)),
            ],
            options={
                'ordering': ['position'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='InspectionLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=140)),
                ('source', models.CharField(default='general_knowledge', max_length=120)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['position'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Material',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=140)),
                ('source', models.CharField(default='general_knowledge', max_length=120)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
                ('family', models.CharField(max_length=40)),
                ('density_g_cm3', models.DecimalField(decimal_places=3, max_digits=6, null=True)),
            ],
            options={
                'ordering': ['position'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PublishedFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(db_index=True, max_length=40)),
                ('subject', models.CharField(blank=True, max_length=140)),
                ('data', models.JSONField()),
                ('source', models.CharField(default='general_knowledge', max_length=120)),
            ],
            options={
                'ordering': ['kind', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='QualityDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=140)),
                ('source', models.CharField(default='general_knowledge', max_length=120)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['position'],
                'abstract': False,
            },
        ),
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
        migrations.CreateModel(
            name='Process',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=140)),
                ('source', models.CharField(default='general_knowledge', max_length=120)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
                ('default_tolerance', models.CharField(blank=True, max_length=200)),
                ('pricing_drivers', models.JSONField(default=list)),
                ('materials', models.ManyToManyField(related_name='processes', to='directory.material')),
            ],
            options={
                'verbose_name_plural': 'processes',
                'ordering': ['position'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Manufacturer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='mfr', unique=True)),
                ('slug', models.SlugField(max_length=140, unique=True)),
                ('state', models.CharField(choices=[('draft', 'Not applied yet'), ('applied', 'Waiting for verification'), ('asked', 'Question to answer'), ('verified', 'Verified'), ('refused', 'Refused'), ('suspended', 'Suspended'), ('closed', 'Closed')], default='draft', editable=False, max_length=12)),
                ('headline', models.CharField(max_length=140)),
                ('description', models.TextField(blank=True, max_length=4000)),
                ('envelope_x_mm', models.PositiveIntegerField(default=500)),
                ('envelope_y_mm', models.PositiveIntegerField(default=500)),
                ('envelope_z_mm', models.PositiveIntegerField(default=500)),
                ('lead_time_days', models.PositiveSmallIntegerField(default=15, help_text='typical working days to ship')),
                ('employees', models.PositiveIntegerField(blank=True, null=True)),
                ('founded_year', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('applied_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('staff_word', models.TextField(blank=True, editable=False, max_length=1000)),
                ('answer', models.TextField(blank=True, editable=False, max_length=2000)),
                ('payouts_enabled', models.BooleanField(default=False, editable=False)),
                ('rating_sum', models.PositiveIntegerField(default=0, editable=False)),
                ('rating_count', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('organization', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='manufacturer', to='accounts.organization')),
                ('materials', models.ManyToManyField(related_name='manufacturers', to='directory.material')),
                ('processes', models.ManyToManyField(related_name='manufacturers', to='directory.process')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['state', '-id'], name='manufacturer_listed')],
            },
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
            ],
            options={
                'verbose_name': 'application',
                'verbose_name_plural': 'applications waiting for verification',
                'ordering': ['applied_at', 'pk'],
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('directory.manufacturer',),
        ),
        migrations.CreateModel(
            name='Finish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=140)),
                ('source', models.CharField(default='general_knowledge', max_length=120)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
                ('applies_to', models.CharField(blank=True, max_length=140)),
                ('processes', models.ManyToManyField(related_name='finishes', to='directory.process')),
            ],
            options={
                'verbose_name_plural': 'finishes',
                'ordering': ['position'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RateCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='rtc', unique=True)),
                ('currency', models.CharField(choices=[('EUR', 'EUR'), ('USD', 'USD'), ('GBP', 'GBP')], max_length=3)),
                ('minimum_charge_minor', models.BigIntegerField(default=0, help_text='least that pieces and setup of one line bring, minor units')),
                ('margin_percent', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=5)),
                ('markup_percent', models.DecimalField(decimal_places=2, default=Decimal('0'), help_text='added to bought material', max_digits=5)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('manufacturer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='rate_card', to='directory.manufacturer')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('margin_percent__gte', 0), ('markup_percent__gte', 0), ('minimum_charge_minor__gte', 0)), name='rate_card_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='CardRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('item', models.CharField(max_length=60)),
                ('value', models.DecimalField(decimal_places=4, max_digits=14)),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rates', to='directory.ratecard')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('card', 'kind', 'item'), name='card_rate_once'), models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='card_rate_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Scorecard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_orders', models.PositiveIntegerField(default=0, help_text='orders with a promised day in the period that shipped or are late')),
                ('on_time_orders', models.PositiveIntegerField(default=0, help_text='of them, shipped on or before the promised day')),
                ('decided_orders', models.PositiveIntegerField(default=0, help_text='orders whose goods the buyer decided on')),
                ('delivered_pieces', models.PositiveIntegerField(default=0, help_text='pieces of them')),
                ('accepted_pieces', models.PositiveIntegerField(default=0, help_text='of them, accepted')),
                ('shipped_orders', models.PositiveIntegerField(default=0, help_text='orders that shipped')),
                ('disputed_orders', models.PositiveIntegerField(default=0, help_text='of them, disputed')),
                ('asked', models.PositiveIntegerField(default=0, help_text='requests it was asked in that it answered or that closed')),
                ('answered', models.PositiveIntegerField(default=0, help_text='of them, answered with a quote or a no')),
                ('quoted', models.PositiveIntegerField(default=0, help_text='of them, answered with a quote')),
                ('response_hours', models.DecimalField(blank=True, decimal_places=1, help_text='median hours from the invitation to the first quote or the no', max_digits=8, null=True)),
                ('criteria_count', models.PositiveIntegerField(default=0, help_text='published reviews with criteria')),
                ('quality_sum', models.PositiveIntegerField(default=0, help_text='stars')),
                ('on_time_sum', models.PositiveIntegerField(default=0, help_text='stars')),
                ('communication_sum', models.PositiveIntegerField(default=0, help_text='stars')),
                ('computed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('manufacturer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='scorecard', to='directory.manufacturer')),
            ],
        ),
        migrations.CreateModel(
            name='SupplierList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='sup', unique=True)),
                ('name', models.CharField(max_length=80)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('manufacturers', models.ManyToManyField(related_name='+', to='directory.manufacturer')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supplier_lists', to='accounts.organization')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'name'), name='supplier_list_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='crt', unique=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting for our check'), ('checked', 'Checked'), ('refused', 'Refused'), ('expired', 'Expired'), ('withdrawn', 'Withdrawn')], default='waiting', editable=False, max_length=10)),
                ('number', models.CharField(max_length=80)),
                ('body', models.CharField(help_text='who issued it', max_length=120)),
                ('scope', models.CharField(blank=True, max_length=200)),
                ('facility', models.CharField(blank=True, help_text='the site it covers', max_length=160)),
                ('issued_on', models.DateField(blank=True, null=True)),
                ('expires_on', models.DateField(help_text='last day it is valid')),
                ('refusal', models.CharField(blank=True, editable=False, max_length=400)),
                ('reminded_days', models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='successors', to='directory.certificate')),
                ('certification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='directory.certification')),
                ('manufacturer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='certificates', to='directory.manufacturer')),
            ],
            options={
                'ordering': ['certification__position', 'pk'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'checked'])), fields=['expires_on'], name='certificate_expiring'), models.Index(condition=models.Q(('state', 'waiting')), fields=['created_at'], name='certificate_to_check')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'checked'])), fields=('manufacturer', 'certification', 'number', 'expires_on'), name='certificate_once_alive'), models.CheckConstraint(condition=models.Q(('issued_on__isnull', True), ('expires_on__gte', models.F('issued_on')), _connector='OR'), name='certificate_ends_after_issue')],
            },
        ),
    ]
