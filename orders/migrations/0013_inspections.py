
import django.db.models.deletion
import django.utils.timezone
import marketplace.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0004_rooms'),
        ('orders', '0012_first_articles'),
    ]

    operations = [
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='ins', unique=True)),
                ('lot', models.CharField(blank=True, max_length=40)),
                ('lot_size', models.PositiveIntegerField()),
                ('plan', models.CharField(choices=[('sampling', 'Sampling, ISO 2859-1 level II'), ('full', '100 % inspection')], max_length=8)),
                ('aql', models.CharField(blank=True, max_length=4)),
                ('letter', models.CharField(blank=True, max_length=1)),
                ('sample_size', models.PositiveIntegerField()),
                ('accept', models.PositiveIntegerField(help_text='defects that still pass')),
                ('defects', models.PositiveIntegerField()),
                ('inspector', models.CharField(max_length=120)),
                ('inspected_on', models.DateField()),
                ('note', models.TextField(blank=True, max_length=2000)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='orders.orderline')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='orders.order')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('defects__lte', models.F('sample_size')), ('lot_size__gt', 0), ('sample_size__gt', 0), ('sample_size__lte', models.F('lot_size'))), name='inspection_figures')],
            },
        ),
        migrations.CreateModel(
            name='OrderCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='ocr', unique=True)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=140)),
                ('number', models.CharField(blank=True, max_length=60)),
                ('quantity', models.PositiveIntegerField()),
                ('lot', models.CharField(blank=True, max_length=40)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='orders.orderline')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='orders.order')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='certificate_positive')],
            },
        ),
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('person', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='orders.orderline')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='orders.order')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('line', 'code'), name='waived_once')],
            },
        ),
    ]
