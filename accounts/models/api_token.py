"""A token with which a program acts for an organization."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.organization import Organization
from marketplace.core.ids import PublicIdField


class ApiToken(models.Model):
    """Only the SHA-256 of the secret is kept; the secret is shown once, when it is made."""

    public_id = PublicIdField(prefix="tok")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="api_tokens"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=12, editable=False)
    scopes = models.JSONField(default=list)
    requests_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text="staff's limit for this token; empty: everybody's"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    @property
    def is_over(self) -> bool:
        """Whether its time has passed."""
        return self.expires_at <= timezone.now()

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"
