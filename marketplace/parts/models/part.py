"""A part in a buyer's library, and its immutable revisions."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat, Lower, Replace
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from marketplace.files.models import StoredFile
from marketplace.parts.states import AnalysisState


def key_of(number: Any) -> Lower:
    """The database's form of a number by which files find each other: BRK_014 is brk-014."""
    return Lower(Replace(Replace(number, Value("_"), Value("-")), Value(" "), Value("-")))


class Tag(models.Model):
    """A word that parts are sorted by. `key` is the word in lower case: one tag a word."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    key = models.CharField(max_length=40)

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="tag_once")]

    def __str__(self) -> str:
        return self.name


class Part(models.Model):
    """`search` is what the library's search looks in; the database keeps it up to date."""

    public_id = PublicIdField(prefix="prt")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="parts")
    number = models.CharField(max_length=60)
    number_key = models.GeneratedField(
        expression=key_of(F("number")),
        output_field=models.CharField(max_length=60),
        db_persist=True,
    )
    name = models.CharField(max_length=140)
    customer_number = models.CharField(
        max_length=60, blank=True, help_text="what the buyer's own customer calls the part"
    )
    notes = models.TextField(max_length=2000, blank=True)
    search = models.GeneratedField(
        expression=Lower(
            Concat(
                "number",
                Value(" "),
                "name",
                Value(" "),
                "customer_number",
                Value(" "),
                "notes",
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    external_id = models.CharField(max_length=80, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    tags = models.ManyToManyField(Tag, related_name="parts", blank=True)
    current = models.ForeignKey(
        "PartRevision", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="part_number_once")
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="part_of_buyer"),
            models.Index(fields=["organization", "number_key"], name="part_by_number_key"),
            models.Index(fields=["organization", "external_id"], name="part_by_external_id"),
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
    drawing_facts = models.JSONField(default=dict, help_text="what reading the drawing found")
    drawing_failure = models.CharField(max_length=400, blank=True)
    # Columns that lists filter by and duplicates are found by; set by the reader.
    format = models.CharField(max_length=12, blank=True, editable=False)
    warning_count = models.PositiveSmallIntegerField(default=0, editable=False)
    shape_key = models.CharField(max_length=80, blank=True, db_index=True, editable=False)
    model_sha256 = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    twin_kept = models.BooleanField(
        default=False, help_text="the buyer wants this part beside another of the same shape"
    )
    taken_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
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

    @property
    def asks_for_units(self) -> bool:
        """True while the model's unit is a guess and can still be said."""
        return (
            self.locked_at is None
            and self.model_file_id is not None
            and self.facts.get("units_source") in ("assumed", "given")
        )
