"""Approvals of awards; a quote whose award was not approved may become an order again.

Only the change of `quote_id` rebuilds the order's table on SQLite, which drops its triggers, so
they are removed before and installed after.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from orders import snapshot_rules


def install(apps, schema_editor):
    snapshot_rules.install(schema_editor.connection)


def remove(apps, schema_editor):
    snapshot_rules.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_team_and_trust"),
        ("orders", "0002_snapshot_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AlterField(
            model_name="order", name="quote_id", field=models.CharField(max_length=40)
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["rfq_id"], name="order_of_request"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                fields=["quote_id"],
                condition=models.Q(("state", "cancelled"), _negated=True),
                name="order_one_live_a_quote",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                fields=["rfq_id"],
                condition=models.Q(
                    ("state", "awaiting_approval"), models.Q(("rfq_id", ""), _negated=True)
                ),
                name="order_one_waiting_a_request",
            ),
        ),
        migrations.RunPython(install, remove),
        migrations.CreateModel(
            name="ApprovalRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("needed", models.PositiveSmallIntegerField(help_text="number of approvals")),
                ("reason", models.CharField(help_text="why it needs an approval, in words", max_length=400)),
                ("approved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("approvers", models.ManyToManyField(blank=True, help_text="who may decide; nobody named: anyone whose role may approve", related_name="+", to=settings.AUTH_USER_MODEL)),
                ("order", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="approval", to="orders.order")),
                ("requested_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("needed__gte", 1)), name="approval_asks_somebody")
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verdict", models.CharField(choices=[("approved", "Approved"), ("rejected", "Rejected")], max_length=8)),
                ("reason", models.CharField(blank=True, max_length=400)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("request", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="orders.approvalrequest")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("request", "person"), name="approval_decision_once_a_person"),
                    models.CheckConstraint(condition=models.Q(("reason", ""), ("verdict", "rejected"), _negated=True), name="approval_rejection_has_reason"),
                ],
            },
        ),
    ]
