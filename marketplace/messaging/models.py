"""Questions and answers between the two sides of something that has a public id."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from marketplace.files.models import StoredFile


class Thread(models.Model):
    """What one organization (`asker`) and the one that asked for its price (`owner`) write each
    other about `subject`. Nobody else reads it; another asker has a thread of its own."""

    public_id = PublicIdField(prefix="thr")
    subject = models.CharField(max_length=40, help_text="public id of what it is about")
    asker = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "asker"], name="thread_once_a_side")
        ]

    def __str__(self) -> str:
        return f"{self.asker_id} on {self.subject}"


class Pin(models.Model):
    """Where a text belongs: a line (`place`), or a point of its model in millimeters."""

    place = models.CharField(max_length=40, blank=True, help_text="public id of a line")
    x_mm = models.FloatField(null=True, blank=True)
    y_mm = models.FloatField(null=True, blank=True)
    z_mm = models.FloatField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def point(self) -> tuple[float, float, float] | None:
        """The point in the model's own frame, millimeters; None for a text about the whole."""
        if self.x_mm is None or self.y_mm is None or self.z_mm is None:
            return None
        return self.x_mm, self.y_mm, self.z_mm


class Message(Pin):
    """One text of a thread; it is never changed."""

    public_id = PublicIdField(prefix="msg")
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="messages")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # Typed by somebody who came by a link and has no account; empty for everybody else.
    guest_name = models.CharField(max_length=140, blank=True)
    text = models.TextField(max_length=4000)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["thread", "-id"], name="message_of_thread")]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def author_name(self) -> str:
        """The person who wrote it."""
        return self.author.name if self.author else self.guest_name


class Attachment(models.Model):
    """A file that came with a text."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.file_id} of {self.message_id}"


class PublishedAnswer(Pin):
    """A question with its answer that everybody who was asked may read. It carries no name: the
    owner wrote or checked both texts."""

    public_id = PublicIdField(prefix="ans")
    subject = models.CharField(max_length=40, help_text="public id of what it is about")
    owner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    # The asker must not be found out: this row is read by the owner's queries only.
    source = models.OneToOneField(
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="published"
    )
    question = models.TextField(max_length=4000)
    answer = models.TextField(max_length=4000)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["subject", "-id"], name="answer_of_subject")]

    def __str__(self) -> str:
        return self.question[:60]


class ReadMark(models.Model):
    """How far one person has read: the newest message of a thread, or (without a thread) the newest
    published answer of a subject."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, null=True, related_name="marks")
    subject = models.CharField(max_length=40, blank=True)
    newest = models.PositiveBigIntegerField(default=0, help_text="row number")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "thread"],
                condition=models.Q(thread__isnull=False),
                name="read_mark_of_thread",
            ),
            models.UniqueConstraint(
                fields=["user", "subject"],
                condition=models.Q(thread__isnull=True),
                name="read_mark_of_answers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} to {self.newest}"
