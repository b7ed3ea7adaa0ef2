"""A part in a buyer's library, and its immutable revisions."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from marketplace.files.models import StoredFile
from marketplace.parts.states import AnalysisState


class Part(models.Model):
    public_id = PublicIdField(prefix="prt")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="parts")
    number = models.CharField(max_length=60)
    name = models.CharField(max_length=140)
    notes = models.TextField(max_length=2000, blank=True)
    current = models.ForeignKey(
        "PartRevision", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="part_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class PartRevision(Stateful):
    """A set of files with their hashes. Once `locked_at` is set nothing of it changes."""

    public_id = PublicIdField(prefix="rev")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="revisions")
    label = models.CharField(max_length=10, default="A")
    state = models.CharField(
        max_length=8, choices=AnalysisState, default=AnalysisState.PENDING, editable=False
    )
    model_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="+"
    )
    drawing_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    preview = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    thumbnail = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    units_given = models.CharField(max_length=4, blank=True, help_text="mm, cm, m or in")
    facts = models.JSONField(default=dict, help_text="what reading the file found, millimeters")
    failure = models.CharField(max_length=400, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["part", "label"], name="part_revision_label_once"),
            models.CheckConstraint(
                name="part_revision_has_a_file",
                condition=models.Q(model_file__isnull=False) | models.Q(drawing_file__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} rev {self.label}"

    @property
    def box_mm(self) -> tuple[float, float, float] | None:
        """Bounding box, millimeters, longest edge first; None while unknown."""
        edges = self.facts.get("bbox_mm")
        if not edges:
            return None
        longest, middle, shortest = sorted((float(e) for e in edges), reverse=True)
        return longest, middle, shortest

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """What reading the file found worth a look: {code, message}."""
        return list(self.facts.get("warnings", []))

    @property
    def files(self) -> list[StoredFile]:
        """Model and drawing, where present."""
        return [file for file in (self.model_file, self.drawing_file) if file is not None]
