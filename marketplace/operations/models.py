"""A person's copy of their data and their wish to be deleted; an organization's archive."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Organization
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


class OrganizationExport(Stateful):
    """One archive of everything an organization may take along, made chapter by chapter.

    `chapter` and `position` say where the next step goes on; `position` is an address of the API,
    "" for a chapter's first page.
    """

    public_id = PublicIdField(prefix="oxp")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=ExportState, default=ExportState.REQUESTED, editable=False
    )
    chapter = models.PositiveSmallIntegerField(default=0, editable=False)
    position = models.CharField(max_length=500, blank=True, editable=False)
    rows = models.PositiveIntegerField(default=0, editable=False)
    file = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(state="requested"),
                name="organization_export_one_in_the_making",
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.get_state_display()})"


class ExportPiece(models.Model):
    """The lines of one step, kept until the archive is written. `files` are public ids."""

    export = models.ForeignKey(OrganizationExport, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    lines = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    files = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="export_piece_once")
        ]

    def __str__(self) -> str:
        return f"{self.export_id}/{self.number}"


class EarlierRecord(models.Model):
    """A thing of another installation that came with an organization: to be read, never acted on.

    `thing` is what the API of that installation said; its links lead to files that came along.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    chapter = models.CharField(max_length=60)
    of = models.CharField(max_length=60, blank=True)
    thing_id = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200, blank=True)
    thing = models.JSONField()
    imported_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["organization", "chapter", "id"], name="earlier_of_organization"),
            models.Index(fields=["organization", "of"], name="earlier_below"),
        ]

    def __str__(self) -> str:
        return f"{self.chapter}: {self.title or self.thing_id}"


from marketplace.operations.backups.models import BackupRun  # noqa: E402, F401
