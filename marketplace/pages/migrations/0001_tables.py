"""The tables of pages: what is chosen on home pages."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    # Databases made before the history was drawn together have these.
    replaces = [
        ('pages', '0001_hidden_checklists'),
    ]

    dependencies = [
        ('accounts', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='HiddenChecklist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('buyer', 'Buyer'), ('manufacturer', 'Manufacturer'), ('staff', 'Staff'), ('system', 'System')], max_length=12)),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hidden_checklists', to='accounts.membership')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('membership', 'side'), name='checklist_hidden_once')],
            },
        ),
    ]
