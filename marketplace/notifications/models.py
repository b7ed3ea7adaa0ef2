"""What a person is told."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from marketplace.notifications.groups import Group, MailChoice


class Notification(models.Model):
    """One inbox row, and the mail that goes with it. One a person and fact."""

    public_id = PublicIdField(prefix="ntf")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    # Empty for what concerns the person alone, such as their own data.
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    event_id = models.CharField(max_length=40, help_text="public id of the fact")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    body = models.TextField()
    link = models.CharField(max_length=300, help_text="path on this site")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    in_digest = models.BooleanField(default=False, help_text="waits for, or came in, a digest")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "event_id", "kind"], name="notification_once_per_fact"
            )
        ]
        indexes = [
            models.Index(
                fields=["user"], name="notification_unread", condition=models.Q(read_at=None)
            ),
            models.Index(fields=["user", "-id"], name="notification_inbox"),
            models.Index(
                fields=["user"],
                name="notification_for_digest",
                condition=models.Q(in_digest=True, mailed_at=None, read_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class NotificationPreference(models.Model):
    """How a person gets a kind, or a whole group (without a kind); without a row: at once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preferences"
    )
    group = models.CharField(max_length=12, choices=Group)
    kind = models.CharField(max_length=60, blank=True)
    mail = models.CharField(max_length=8, choices=MailChoice, default=MailChoice.NOW)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "group", "kind"], name="preference_once_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind or self.group} of {self.user_id}"


class Digest(models.Model):
    """When a person got the last digest, and until when a worker has the next one in hand."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest"
    )
    last_on = models.DateField(null=True, help_text="local day of the last one")
    claimed_until = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"digest of {self.user_id}"
