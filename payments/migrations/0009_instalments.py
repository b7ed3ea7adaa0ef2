"""An order is paid in instalments, each with a receipt, and in ways that take days."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import marketplace.core.ids


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_saved_views'),
        ('files', '0004_rooms'),
        ('orders', '0018_instalments'),
        ('payments', '0008_account_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='paymentrequest',
            name='due_when',
            field=models.CharField(choices=[('order', 'with the order'), ('confirmed', 'when the manufacturer confirms the order'), ('tooling', 'when the tool is approved'), ('first_article', 'when the first article is approved'), ('finished', 'when production is finished, before the goods leave')], default='order', max_length=16),
        ),
        migrations.AddField(
            model_name='paymentrequest',
            name='give_up_asked_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='paymentrequest',
            name='transfer_page',
            field=models.URLField(blank=True, editable=False, max_length=500),
        ),
        migrations.AddField(
            model_name='paymentrequest',
            name='way',
            field=models.CharField(blank=True, editable=False, max_length=20),
        ),
        migrations.CreateModel(
            name='Payer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.CharField(editable=False, max_length=80, unique=True)),
                ('organization', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payer', to='accounts.organization')),
            ],
        ),
        migrations.AddField(
            model_name='paymentrequest',
            name='reminders',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='paymentrequest',
            name='stage',
            field=models.CharField(blank=True, choices=[('', 'Whole order'), ('deposit', 'Deposit'), ('tooling', 'Tooling'), ('first_article', 'First article'), ('balance', 'Balance')], default='', max_length=16),
        ),
        migrations.AlterField(
            model_name='paymentrequest',
            name='due_at',
            field=models.DateTimeField(blank=True, help_text='empty until it falls due', null=True),
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='rcp', unique=True)),
                ('number', models.CharField(max_length=40, unique=True)),
                ('content', models.JSONField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='receipt', to='payments.paymentrequest')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.AlterField(
            model_name='paymentattempt',
            name='state',
            field=models.CharField(choices=[('preparing', 'Being prepared'), ('open', 'Payment page open'), ('paid', 'Completed'), ('expired', 'Expired'), ('failed', 'Could not be opened')], default='preparing', editable=False, max_length=12),
        ),
        migrations.AddIndex(
            model_name='paymentrequest',
            index=models.Index(condition=models.Q(('due_at__isnull', False), ('state', 'due')), fields=['due_at'], name='payment_due'),
        ),
    ]
