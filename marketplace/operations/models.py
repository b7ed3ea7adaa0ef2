"""A person's copy of their data, and their wish to be deleted."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from marketplace.files.models import StoredFile
from marketplace.operations.states import DeletionState, ExportState


class DataExport(Stateful):
    """One archive of everything we know of a person, for some days."""

    public_id = PublicIdField(prefix="exp")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="data_exports"
    )
    state = models.CharField(
        max_length=10, choices=ExportState, default=ExportState.REQUESTED, editable=False
    )
    file = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state="requested"),
                name="export_one_in_the_making",
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.get_state_display()})"


class DeletionRequest(Stateful):
    """A person asked to be deleted; on `due_at` it happens unless they think again."""

    public_id = PublicIdField(prefix="del")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deletion_requests"
    )
    state = models.CharField(
        max_length=10, choices=DeletionState, default=DeletionState.REQUESTED, editable=False
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField()
    stop_reason = models.CharField(max_length=400, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state="requested"),
                name="deletion_one_waiting",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="deletion_due",
                condition=models.Q(state="requested"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.get_state_display()})"
