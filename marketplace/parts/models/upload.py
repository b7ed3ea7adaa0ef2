"""Files on their way in: batches, and uploads that arrive in pieces."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from marketplace.parts.models.part import Part
from marketplace.parts.states import UploadState


class UploadBatch(models.Model):
    """The files somebody dropped at once."""

    public_id = PublicIdField(prefix="bat")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # What timelines call staff who help a customer; members are called by their name.
    visit_label = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "upload batches"
        indexes = [models.Index(fields=["organization", "-id"], name="batch_of_buyer")]

    def __str__(self) -> str:
        return self.public_id


class Upload(Stateful):
    """One file of a batch, or one member of an archive in it (`archive`).

    `chunks` are the pieces that arrived, in order: [storage key, bytes]. `sentence` says what
    became of the file.
    """

    public_id = PublicIdField(prefix="upl")
    batch = models.ForeignKey(UploadBatch, on_delete=models.CASCADE, related_name="uploads")
    archive = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="members"
    )
    path = models.CharField(max_length=240, help_text="name, with the folders it came in")
    size = models.PositiveBigIntegerField(help_text="bytes")
    sha256 = models.CharField(
        max_length=64, blank=True, help_text="as announced; checked at the end"
    )
    resume_key = models.CharField(max_length=100, blank=True)
    received = models.PositiveBigIntegerField(default=0, editable=False, help_text="bytes")
    chunks = models.JSONField(default=list, editable=False)
    state = models.CharField(
        max_length=10, choices=UploadState, default=UploadState.RECEIVING, editable=False
    )
    sentence = models.CharField(max_length=400, blank=True)
    part = models.ForeignKey(Part, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="upload_within_its_size", condition=models.Q(received__lte=models.F("size"))
            ),
            models.UniqueConstraint(
                fields=["archive", "path"],
                condition=models.Q(archive__isnull=False),
                name="archive_member_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                name="upload_under_way",
                condition=models.Q(state="receiving"),
            )
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def name(self) -> str:
        """The last component of the path."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def is_settled(self) -> bool:
        """True when nothing more happens to it."""
        return self.state not in (UploadState.RECEIVING, UploadState.RECEIVED)
