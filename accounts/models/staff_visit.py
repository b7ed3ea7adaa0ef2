"""Staff act for a customer: for a reason, for a limited time, seen by the customer."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.organization import Organization
from marketplace.core.ids import PublicIdField


class StaffVisit(models.Model):
    public_id = PublicIdField(prefix="vis")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_visits"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="staff_visits"
    )
    reason = models.CharField(max_length=200)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="staff_visit_ends_after_it_starts",
                condition=models.Q(ends_at__gt=models.F("started_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} for {self.organization_id}: {self.reason}"
