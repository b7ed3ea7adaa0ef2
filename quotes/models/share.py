"""A comparison shown to people without an account, by a link that ends."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from quotes.models.rfq import RFQ


class ComparisonShare(models.Model):
    """What the comparison was when it was shared: later quotes and changes do not enter it.

    The row keeps the SHA-256 of the link's secret. `opened_count` counts readers from outside;
    the buyer's own people are not counted.
    """

    public_id = PublicIdField(prefix="shr")
    rfq = models.ForeignKey(RFQ, on_delete=models.CASCADE, related_name="shares")
    note = models.CharField(max_length=80, blank=True, help_text="for whom it is")
    with_names = models.BooleanField(default=False, help_text="shops are named")
    snapshot = models.JSONField(help_text="the figures as shown; made by share_snapshot.py")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    opened_count = models.PositiveIntegerField(default=0, editable=False)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="last time")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"shared comparison of {self.rfq_id}"

    @property
    def is_live(self) -> bool:
        """Whether its link opens."""
        return self.revoked_at is None and self.expires_at > timezone.now()
