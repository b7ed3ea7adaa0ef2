"""What Stripe told us, kept before anything is done about it."""

from django.db import models
from django.utils import timezone


class InboundEvent(models.Model):
    """One event of Stripe; a second delivery of the same event only counts."""

    class State(models.TextChoices):
        NEW = "new", "New"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "To be retried"
        DEAD = "dead", "Failed for good"
        IGNORED = "ignored", "Not ours"

    event_id = models.CharField(max_length=80, unique=True)
    type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=120)
    account = models.CharField(max_length=80, blank=True, help_text="connected account, if any")
    payload = models.JSONField()
    happened_at = models.DateTimeField(help_text="Stripe's time")
    received_at = models.DateTimeField(default=timezone.now)
    deliveries = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(
        null=True, blank=True, help_text="when our books took it in; the mirror follows"
    )
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            # The mirror loses updates when two workers sync one object at the same time.
            models.UniqueConstraint(
                fields=["object_id"],
                condition=models.Q(state="running"),
                name="inbox_one_worker_per_object",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="inbox_owed",
                condition=models.Q(state__in=["new", "running", "failed"]),
            ),
            models.Index(fields=["object_id", "-id"], name="inbox_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class EventCursor(models.Model):
    """How far the events of an account at Stripe were read, for those whose delivery is lost."""

    account = models.CharField(
        max_length=80, unique=True, blank=True, help_text="empty: the platform's own"
    )
    read_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account or 'platform'} until {self.read_until}"
