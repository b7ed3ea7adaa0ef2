"""Incidents as they are told, who is told by mail, and whom to ask."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from marketplace.operations.incidents.parts import PART_CHOICES
from marketplace.operations.states import IncidentState


class Severity(models.TextChoices):
    MINOR = "minor", "Minor"
    MAJOR = "major", "Major"
    CRITICAL = "critical", "Critical"


class Incident(Stateful):
    """Something that people of the marketplace noticed or could have noticed."""

    public_id = PublicIdField(prefix="inc")
    title = models.CharField(max_length=150)
    part = models.CharField(max_length=40, choices=PART_CHOICES)
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.MINOR)
    state = models.CharField(
        max_length=12, choices=IncidentState, default=IncidentState.DETECTED, editable=False
    )
    began_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True, editable=False)
    post_mortem = models.TextField(
        blank=True,
        editable=False,
        help_text="cause, what helped, what is changed so that it stays away",
    )

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            models.CheckConstraint(
                name="incident_closed_has_post_mortem",
                condition=~models.Q(state="closed") | ~models.Q(post_mortem=""),
            )
        ]

    def __str__(self) -> str:
        return self.title


class IncidentUpdate(models.Model):
    """What was told about an incident, word by word; never changed afterwards."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="updates")
    state = models.CharField(max_length=12, choices=IncidentState, editable=False)
    text = models.TextField(max_length=2000)
    author_label = models.CharField(max_length=200, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.incident}: {self.get_state_display()}"


class StatusSubscription(models.Model):
    """An address that confirmed that it wants to be told of incidents. Belongs to no account."""

    email = models.EmailField(unique=True)
    confirmed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.email


class SupportContact(models.Model):
    """Whom to ask for what. Public ones stand on the status page, all on the staff desk."""

    role = models.CharField(max_length=80, help_text="such as Support, Payments, Security")
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    hours = models.CharField(max_length=120, blank=True, help_text="when somebody answers")
    is_public = models.BooleanField("on the status page", default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="contact_can_be_reached",
                condition=~models.Q(email="") | ~models.Q(phone=""),
                violation_error_message="Give an e-mail address or a telephone number.",
            )
        ]

    def __str__(self) -> str:
        return self.role
