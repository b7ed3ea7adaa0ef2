"""The last passwords of a person, as hashes, so that they are not used again."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class PasswordRecord(models.Model):
    """One password a person had or has, in the form the user row keeps it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="password_records"
    )
    password = models.CharField(max_length=128, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"a password of {self.user_id}"
