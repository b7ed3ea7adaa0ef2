"""A person's role in an organization."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.organization import Organization
from accounts.roles import Role


class Membership(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)
    # Awards above this wait for an approval. Minor units of the organization's currency; empty
    # means the organization's rules alone decide.
    spend_limit_minor = models.BigIntegerField(null=True, blank=True)
    # A person who no longer acts for the organization; the row stays, because history names it.
    deactivated_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "organization"], name="membership_once"),
            models.CheckConstraint(
                name="membership_limit_not_negative",
                condition=models.Q(spend_limit_minor__isnull=True)
                | models.Q(spend_limit_minor__gte=0),
            ),
        ]

    @property
    def is_active(self) -> bool:
        """Whether the person may act for the organization now."""
        return self.deactivated_at is None

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} of {self.organization_id}"
