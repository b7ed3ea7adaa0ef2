"""Answers kept for a program that asks a second time."""

from django.db import models
from django.utils import timezone

from marketplace.core.encryption import EncryptedTextField


class KeptAnswer(models.Model):
    """The answer to one POST with an `Idempotency-Key`; without a status it is not given yet.

    The row is made before the work and filled in the transaction of the work: what is done has its
    answer, and what was undone has none. Whoever works holds the row's lock, so a caller that died
    leaves nothing that would have to run out.
    """

    caller = models.CharField(max_length=90, help_text="organization and credential, public ids")
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of path, query and body")
    rights = models.TextField(blank=True, help_text="permissions of the call that was answered")
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    body = EncryptedTextField(blank=True)
    is_secret = models.BooleanField(default=False, help_text="shown once: the body is not kept")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="kept_answer_once_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.caller}"
