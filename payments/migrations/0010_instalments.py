"""An order is paid in instalments: what each pays, and what has to happen before it falls due."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0020_instalments'),
        ('payments', '0004_reconciliation'),
    ]

    operations = [
        migrations.AddField(
            model_name='paymentrequest',
            name='due_when',
            field=models.CharField(choices=[('order', 'with the order'), ('confirmed', 'when the manufacturer confirms the order'), ('tooling', 'when the tool is approved'), ('first_article', 'when the first article is approved'), ('finished', 'when production is finished, before the goods leave')], default='order', max_length=16),
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
        migrations.AddIndex(
            model_name='paymentrequest',
            index=models.Index(condition=models.Q(('due_at__isnull', False), ('state', 'due')), fields=['due_at'], name='payment_due'),
        ),
    ]
