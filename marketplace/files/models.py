"""Uploaded and generated files, and who opened them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField, new_public_id


def random_key(instance: "StoredFile", filename: str) -> str:
    """A storage key with nothing of the file's name in it, spread over 1,024 folders."""
    key = new_public_id("o").removeprefix("o_")
    return f"{key[:2]}/{key[2:]}"


class StoredFile(models.Model):
    class Kind(models.TextChoices):
        MODEL = "model", "3D model"
        DRAWING = "drawing", "Drawing"
        PAGE = "page", "Page of a drawing"
        PREVIEW = "preview", "3D preview"
        THUMBNAIL = "thumbnail", "Thumbnail"
        PHOTO = "photo", "Photo"
        DOCUMENT = "document", "Document"
        CERTIFICATE = "certificate", "Certificate"
        EXPORT = "export", "Copy of a person's data"

    public_id = PublicIdField(prefix="fil")
    # Empty for what belongs to a person alone: the copy of their data.
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    content = models.FileField(upload_to=random_key, max_length=120)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="file_has_an_owner",
                condition=models.Q(organization__isnull=False) | models.Q(kind="export"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class FileAccess(models.Model):
    """One receipt of the file room: who opened which file when. `room` is what the link was made
    for, such as the public id of a request; empty for a file's own page."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="accesses")
    room = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # Typed by somebody who came by a link and has no account; empty for everybody else.
    guest_name = models.CharField(max_length=140, blank=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "file accesses"
        indexes = [
            models.Index(
                fields=["room", "-id"], name="access_of_room", condition=~models.Q(room="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_id} by {self.user_id}"

    @property
    def person(self) -> str:
        """Who opened it."""
        return self.user.name if self.user else self.guest_name or "Former member"


class RoomRevocation(models.Model):
    """An organization whose links into a room open nothing any more, whenever they were made."""

    room = models.CharField(max_length=40)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["room", "organization"], name="room_revoked_once")
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} out of {self.room}"
