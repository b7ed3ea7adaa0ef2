"""How somebody without an account acts: one browser, one organization made for it, for a time."""

from django.db import models

from accounts.models.organization import Organization


class GuestAccess(models.Model):
    """The browser that may act for a guest organization holds the key; the row holds its hash."""

    organization = models.OneToOneField(
        Organization, on_delete=models.CASCADE, related_name="guest_access"
    )
    key_hash = models.CharField(max_length=64, editable=False)
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "guest accesses"

    def __str__(self) -> str:
        return f"guest of {self.organization_id}"
