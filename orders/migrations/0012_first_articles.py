"""First article reports, and what a line asks for of inspection and papers.

SQLite builds the line's table anew, which drops its triggers: removed before, installed after.
"""

import django.db.models.deletion
import django.utils.timezone
import marketplace.core.ids
from django.db import migrations, models

from orders import snapshot_rules


def install(apps, schema_editor):
    snapshot_rules.install(schema_editor.connection)


def remove(apps, schema_editor):
    snapshot_rules.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0004_rooms'),
        ('orders', '0011_shipments'),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name='orderline',
            name='documents',
            field=models.JSONField(blank=True, default=list, help_text='[{code, name}] asked for'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='inspection_level',
            field=models.CharField(blank=True, help_text='code of the taxonomy', max_length=40),
        ),
        migrations.AddField(
            model_name='orderline',
            name='inspection_name',
            field=models.CharField(blank=True, max_length=140),
        ),
        migrations.AlterField(
            model_name='orderdocument',
            name='kind',
            field=models.CharField(choices=[('purchase_order', 'Purchase order'), ('confirmation', 'Order confirmation'), ('delivery_note', 'Delivery note'), ('packing_list', 'Packing list'), ('first_article', 'First article inspection report'), ('conformance', 'Certificate of conformance'), ('evidence', 'Evidence pack')], max_length=16),
        ),
        migrations.CreateModel(
            name='FirstArticle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='fai', unique=True)),
                ('revision', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='draft', editable=False, max_length=10)),
                ('serial', models.CharField(blank=True, help_text='serial or lot number', max_length=60)),
                ('note', models.TextField(blank=True, max_length=2000)),
                ('parts', models.JSONField(default=list, help_text='form 1: part, name, serial')),
                ('materials', models.JSONField(default=list, help_text='form 2: name, specification, supplier, certificate')),
                ('characteristics', models.JSONField(default=list, help_text='form 3')),
                ('reason', models.TextField(blank=True, help_text='why it was rejected', max_length=2000)),
                ('remarks', models.JSONField(default=dict, help_text='number of a characteristic -> why')),
                ('inspector', models.CharField(blank=True, max_length=120)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('files', models.ManyToManyField(blank=True, related_name='+', to='files.storedfile')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='first_articles', to='orders.orderline')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='first_articles', to='orders.order')),
            ],
            options={
                'ordering': ['line__position', '-revision'],
                'constraints': [models.UniqueConstraint(fields=('line', 'revision'), name='first_article_once')],
            },
        ),
        migrations.RunPython(install, remove),
    ]
