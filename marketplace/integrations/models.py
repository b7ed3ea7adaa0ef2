"""Where a company hears of facts by webhook, what is sent there, and every try."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.encryption import EncryptedTextField
from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from marketplace.integrations.facts import VERSION
from marketplace.integrations.states import EndpointState


class WebhookEndpoint(Stateful):
    """One address of a company's own system. Its secret is shown once and kept encrypted."""

    public_id = PublicIdField(prefix="whe")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="webhook_endpoints"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=120, blank=True)
    facts = models.JSONField(default=list, help_text="names of facts; empty: every published one")
    version = models.CharField(max_length=10, default=VERSION, editable=False)
    state = models.CharField(
        max_length=10, choices=EndpointState, default=EndpointState.ACTIVE, editable=False
    )
    secret = EncryptedTextField(editable=False)
    old_secret = EncryptedTextField(blank=True, default="", editable=False)
    old_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.description or self.url


class WebhookMessage(models.Model):
    """One fact on its way to one endpoint. The body is written once and never changes."""

    class Status(models.TextChoices):
        PENDING = "pending", "On its way"
        SENDING = "sending", "Being sent"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Failed for good"

    public_id = PublicIdField(prefix="msg")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="messages")
    event_id = models.CharField(max_length=40, help_text="public id of the fact")
    type = models.CharField(max_length=60)
    body = models.TextField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    tries = models.PositiveSmallIntegerField(default=0, help_text="since it was last asked for")
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="webhook_message_once")
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="webhook_message_owed",
                condition=models.Q(status__in=["pending", "sending"]),
            ),
            models.Index(fields=["created_at"], name="webhook_message_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.public_id}"


class WebhookTry(models.Model):
    """One request and what came back: an HTTP status and the start of the answer, or a fault."""

    message = models.ForeignKey(WebhookMessage, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(default=timezone.now)
    headers = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True)
    fault = models.CharField(max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "webhook tries"

    def __str__(self) -> str:
        return f"{self.status or self.fault}"

    @property
    def is_good(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


class BrowserPush(models.Model):
    """A browser that is nudged when its person has news. Nothing is sent in a nudge, so of the
    browser's keys none is kept."""

    public_id = PublicIdField(prefix="psh")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="browser_pushes"
    )
    endpoint = models.CharField(max_length=500, unique=True, help_text="of the push service")
    device = models.CharField(max_length=80, blank=True, help_text="browser and system, in words")
    told = models.PositiveBigIntegerField(
        default=0, help_text="number of the newest notification it was nudged for"
    )
    failures = models.PositiveSmallIntegerField(default=0, help_text="in a row")
    due_at = models.DateTimeField(default=timezone.now, help_text="not before")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "browser pushes"

    def __str__(self) -> str:
        return self.device or self.public_id
