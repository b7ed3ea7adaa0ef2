"""The secret address under which a person's calendar reads an organization's dates."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField


class CalendarFeed(models.Model):
    """Only the SHA-256 of the secret is kept; the address is shown once, when it is made."""

    public_id = PublicIdField(prefix="cal")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="last time")
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"],
                name="calendar_feed_once",
                condition=models.Q(revoked_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"calendar of {self.user_id} for {self.organization_id}"
