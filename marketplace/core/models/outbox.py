"""The outbox: what happened, and who still has to hear of it."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField


class Event(models.Model):
    """One fact. No foreign keys: history blocks nothing and outlives what it speaks of."""

    public_id = PublicIdField(prefix="evt")
    type = models.CharField(max_length=60)
    subject = models.CharField(max_length=40, help_text="public id of the thing it happened to")
    thread = models.CharField(max_length=40, help_text="public id of the story it belongs to")
    actor_label = models.CharField(max_length=200)
    actor_id = models.CharField(max_length=40, blank=True)
    sentence = models.CharField(max_length=400)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["thread", "-id"], name="event_thread"),
            models.Index(fields=["subject", "-id"], name="event_subject"),
            models.Index(fields=["type", "-id"], name="event_type"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class Sighting(models.Model):
    """One organization that may see one fact: on timelines, in its audit log, by webhook.

    A table and not a list on the fact, because an audit log asks by organization and in order.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sightings")
    organization = models.CharField(max_length=40, help_text="public id")

    class Meta:
        ordering = ["-event_id"]
        indexes = [models.Index(fields=["organization", "-id"], name="sighting_audit")]
        constraints = [
            models.UniqueConstraint(fields=["event", "organization"], name="sighting_once")
        ]

    def __str__(self) -> str:
        return f"{self.organization} sees {self.event_id}"


class Delivery(models.Model):
    """One handler that owes a reaction to one fact. Delivered at least once."""

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        RUNNING = "running", "Running"
        DELIVERED = "delivered", "Delivered"
        DEAD = "dead", "Failed for good"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    last_error = models.TextField(blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="delivery_once_per_handler"),
            models.CheckConstraint(
                name="delivery_time_paired",
                condition=models.Q(status="delivered", delivered_at__isnull=False)
                | (~models.Q(status="delivered") & models.Q(delivered_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="delivery_owed",
                condition=models.Q(status__in=["pending", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.handler} for {self.event_id}"
