"""The history of backups; what lies on the shelves is the truth."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from marketplace.operations.backup_states import BackupState


class BackupRun(Stateful):
    """One backup, from its beginning: what it holds, and whether it was tried out.

    `verification` are the checks of the last attempt: `{"what", "expected", "found", "good"}`.
    """

    public_id = PublicIdField(prefix="bak")
    name = models.CharField(max_length=40, unique=True, help_text="its folder")
    state = models.CharField(
        max_length=10, choices=BackupState, default=BackupState.RUNNING, editable=False
    )
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    size = models.PositiveBigIntegerField(
        default=0, help_text="bytes of the sealed database and lists"
    )
    added = models.PositiveBigIntegerField(
        default=0, help_text="bytes of sealed files that no earlier backup had"
    )
    rows = models.PositiveBigIntegerField(default=0, help_text="of all tables")
    files = models.PositiveBigIntegerField(default=0)
    error = models.TextField(blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verification = models.JSONField(default=list, blank=True)

    class Meta:
        app_label = "operations"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "-started_at"], name="backup_newest")]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_state_display()})"
