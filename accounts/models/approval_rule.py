"""When an award needs a second pair of eyes."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.organization import Organization
from marketplace.core.ids import PublicIdField


class ApprovalRule(models.Model):
    """An award of more than `over_minor` (minor units, the organization's currency) waits for
    `approvers_needed` people: of `approvers` when named, else anyone whose role may approve.
    """

    public_id = PublicIdField(prefix="apr")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="approval_rules"
    )
    over_minor = models.BigIntegerField()
    approvers_needed = models.PositiveSmallIntegerField(default=1)
    approvers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["over_minor", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "over_minor"], name="approval_rule_once_per_amount"
            ),
            models.CheckConstraint(
                name="approval_rule_makes_sense",
                condition=models.Q(
                    over_minor__gte=0, approvers_needed__gte=1, approvers_needed__lte=5
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"over {self.over_minor}: {self.approvers_needed}"
