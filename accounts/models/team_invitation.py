"""An invitation by mail to join an organization."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.organization import Organization
from accounts.roles import Role
from marketplace.core.ids import PublicIdField


class TeamInvitation(models.Model):
    """Bound to one address, used once. Only the SHA-256 of the link's secret is kept."""

    public_id = PublicIdField(prefix="tin")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="team_invitations"
    )
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role)
    spend_limit_minor = models.BigIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations_sent"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="invitations_accepted",
    )
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="team_invitation_one_open",
            ),
            models.CheckConstraint(
                name="team_invitation_acceptance_paired",
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
        ]

    @property
    def is_expired(self) -> bool:
        """Whether the link's time is over."""
        return self.expires_at <= timezone.now()

    def __str__(self) -> str:
        return f"{self.email} to {self.organization_id}"
