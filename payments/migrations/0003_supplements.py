"""What a change order costs more is paid with a request of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0002_ledger_rules'),
    ]

    operations = [
        migrations.AddField(
            model_name='paymentrequest',
            name='subject',
            field=models.CharField(blank=True, help_text='public id of the change order a supplement pays', max_length=40),
        ),
        migrations.AlterField(
            model_name='paymentrequest',
            name='kind',
            field=models.CharField(choices=[('full', 'Whole order'), ('deposit', 'Deposit'), ('milestone', 'Milestone'), ('balance', 'Balance'), ('supplement', 'Supplement')], default='full', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='paymentrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('subject', ''), _negated=True), fields=('subject',), name='payment_subject_once'),
        ),
    ]
