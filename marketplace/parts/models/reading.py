"""What stands beside a revision: pages of its drawing, accepted findings, where it is used."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.files.models import StoredFile
from marketplace.parts.models.part import PartRevision


class DrawingPage(models.Model):
    """One page of a drawing as a picture; `number` counts from 1."""

    revision = models.ForeignKey(PartRevision, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "number"], name="drawing_page_once")
        ]

    def __str__(self) -> str:
        return f"page {self.number} of {self.revision_id}"


class FindingAcceptance(models.Model):
    """Somebody looked at a finding and wants the part as it is. `measured` is what they looked at:
    a file read again with another figure has to be looked at again."""

    public_id = PublicIdField(prefix="fac")
    revision = models.ForeignKey(PartRevision, on_delete=models.CASCADE, related_name="acceptances")
    process = models.CharField(max_length=40, help_text="code of the process")
    rule = models.CharField(max_length=60)
    measured = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=400)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "process", "rule"],
                condition=models.Q(revoked_at=None),
                name="finding_accepted_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} of {self.revision_id}"


class RevisionUse(models.Model):
    """A request, quote or order that a revision is part of, told by the app that made it."""

    class Kind(models.TextChoices):
        RFQ = "rfq", "Request"
        QUOTE = "quote", "Quote"
        ORDER = "order", "Order"

    revision = models.ForeignKey(PartRevision, on_delete=models.CASCADE, related_name="uses")
    kind = models.CharField(max_length=8, choices=Kind)
    thing = models.CharField(max_length=40, help_text="public id of the request, quote or order")
    label = models.CharField(max_length=140)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "kind", "thing"], name="revision_used_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"
