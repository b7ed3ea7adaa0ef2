"""Quotes say setup, minimums, alternates and charges; awards are kept by line."""

import django.db.models.deletion
import django.utils.timezone
import marketplace.core.ids
from django.conf import settings
from django.db import migrations, models


def keep_awards(apps, schema_editor):
    """Orders that came of an award before there were rows of it."""
    Order = apps.get_model("orders", "Order")
    Quote = apps.get_model("quotes", "Quote")
    Award = apps.get_model("quotes", "Award")
    AwardLine = apps.get_model("quotes", "AwardLine")
    for order in Order.objects.exclude(quote_id="").exclude(state="cancelled").iterator():
        quote = Quote.objects.filter(public_id=order.quote_id).select_related("rfq").first()
        if quote is None:
            continue
        award = Award.objects.create(
            public_id=order.public_id.replace("ord_", "awd_", 1),
            rfq=quote.rfq,
            quote=quote,
            order_id=order.public_id,
            is_settled=order.state != "awaiting_approval",
            currency=quote.rfq.currency,
            created_at=order.created_at,
        )
        rows = {row.rfq_line.part_revision_id: row for row in quote.lines.all()}
        for line in order.lines.all():
            row = rows.get(line.part_revision_id)
            if row is not None:
                AwardLine.objects.create(
                    award=award, rfq_line=row.rfq_line, quote_line=row, quantity=line.quantity
                )


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0004_awards_in_parts'),
        ('directory', '0006_supplier_lists'),
        ('files', '0004_rooms'),
        ('quotes', '0004_life_of_a_published_request'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Award',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', marketplace.core.ids.PublicIdField(editable=False, max_length=40, prefix='awd', unique=True)),
                ('order_id', models.CharField(max_length=40, unique=True)),
                ('is_live', models.BooleanField(default=True)),
                ('is_settled', models.BooleanField(default=False)),
                ('finishes', models.BooleanField(default=True)),
                ('currency', models.CharField(choices=[('EUR', 'EUR'), ('USD', 'USD'), ('GBP', 'GBP')], max_length=3)),
                ('rate', models.DecimalField(blank=True, decimal_places=8, max_digits=18, null=True)),
                ('rate_source', models.CharField(blank=True, max_length=120)),
                ('rate_date', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='AwardLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField()),
                ('is_live', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['rfq_line__position'],
            },
        ),
        migrations.CreateModel(
            name='QuoteCharge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('document', 'Document'), ('inspection', 'Inspection')], max_length=10)),
                ('code', models.CharField(help_text='of the document or inspection level', max_length=40)),
                ('amount_minor', models.BigIntegerField()),
            ],
            options={
                'ordering': ['kind', 'code'],
            },
        ),
        migrations.CreateModel(
            name='QuoteFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AlterModelOptions(
            name='quoteline',
            options={'ordering': ['rfq_line__position', 'option']},
        ),
        migrations.RemoveConstraint(
            model_name='quote',
            name='quote_one_accepted',
        ),
        migrations.RemoveConstraint(
            model_name='quote',
            name='quote_freight_not_negative',
        ),
        migrations.RemoveConstraint(
            model_name='quoteline',
            name='quote_line_once',
        ),
        migrations.RemoveConstraint(
            model_name='quoteline',
            name='quote_tooling_not_negative',
        ),
        migrations.AddField(
            model_name='quote',
            name='edition',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='quote',
            name='exceptions',
            field=models.TextField(blank=True, help_text='what the shop will do otherwise than asked', max_length=4000),
        ),
        migrations.AddField(
            model_name='quote',
            name='lead_time_from',
            field=models.CharField(choices=[('order', 'from the paid order'), ('first_article', 'from the approved first article')], default='order', max_length=16),
        ),
        migrations.AddField(
            model_name='quote',
            name='loss_note',
            field=models.CharField(blank=True, editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name='quote',
            name='loss_reason',
            field=models.CharField(blank=True, choices=[('price', 'Price'), ('lead_time', 'Lead time'), ('one_supplier', 'One supplier for all lines'), ('exceptions', 'Exceptions or alternates'), ('certificates', 'Certificates or documents'), ('terms', 'Payment or delivery terms'), ('record', 'Experience with another supplier'), ('other', 'Another reason')], editable=False, max_length=16),
        ),
        migrations.AddField(
            model_name='quote',
            name='milestones',
            field=models.JSONField(blank=True, default=list, help_text='[{kind, percent}]; empty: all of it on acceptance'),
        ),
        migrations.AddField(
            model_name='quote',
            name='minimum_order_minor',
            field=models.BigIntegerField(default=0, help_text='goods worth less are not delivered'),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='decline_reason',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='finish',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.finish'),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='is_declined',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='material',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.material'),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='min_quantity',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='option',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='process',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.process'),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='reason',
            field=models.CharField(blank=True, help_text='why the alternate', max_length=500),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='setup_minor',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='tooling_owner',
            field=models.CharField(choices=[('buyer', 'the buyer'), ('manufacturer', 'the manufacturer')], default='buyer', max_length=12),
        ),
        migrations.AddField(
            model_name='rfq',
            name='currencies',
            field=models.JSONField(blank=True, default=list, help_text='others a quote may be in; empty means only `currency`'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('freight_minor__gte', 0), ('minimum_order_minor__gte', 0)), name='quote_freight_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.UniqueConstraint(fields=('quote', 'rfq_line', 'option'), name='quote_line_once'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.CheckConstraint(condition=models.Q(('min_quantity__gte', 1), ('setup_minor__gte', 0), ('tooling_minor__gte', 0)), name='quote_one_time_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finish', None), ('material', None), ('option', 0), ('process', None)), models.Q(('option__gte', 1), ('option__lte', 3), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='quote_line_alternate_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.CheckConstraint(condition=models.Q(('is_declined', False), models.Q(('decline_reason', ''), _negated=True), _connector='OR'), name='quote_line_declined_with_reason'),
        ),
        migrations.AddField(
            model_name='award',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='award',
            name='quote',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='quotes.quote'),
        ),
        migrations.AddField(
            model_name='award',
            name='rfq',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='quotes.rfq'),
        ),
        migrations.AddField(
            model_name='awardline',
            name='award',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='quotes.award'),
        ),
        migrations.AddField(
            model_name='awardline',
            name='quote_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quotes.quoteline'),
        ),
        migrations.AddField(
            model_name='awardline',
            name='rfq_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='award_lines', to='quotes.rfqline'),
        ),
        migrations.AddField(
            model_name='quotecharge',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='charges', to='quotes.quoteline'),
        ),
        migrations.AddField(
            model_name='quotefile',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile'),
        ),
        migrations.AddField(
            model_name='quotefile',
            name='quote',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='quotes.quote'),
        ),
        migrations.AddConstraint(
            model_name='awardline',
            constraint=models.UniqueConstraint(condition=models.Q(('is_live', True)), fields=('rfq_line',), name='award_line_once'),
        ),
        migrations.AddConstraint(
            model_name='awardline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='award_line_positive'),
        ),
        migrations.AddConstraint(
            model_name='quotecharge',
            constraint=models.UniqueConstraint(fields=('line', 'kind', 'code'), name='quote_charge_once'),
        ),
        migrations.AddConstraint(
            model_name='quotecharge',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0)), name='quote_charge_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='quotefile',
            constraint=models.UniqueConstraint(fields=('quote', 'file'), name='quote_file_once'),
        ),
        migrations.RunPython(keep_awards, migrations.RunPython.noop),
    ]
