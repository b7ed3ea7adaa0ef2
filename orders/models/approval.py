"""Before an award counts: who asked, who decides, what they said."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from orders.models.order import Order


class ApprovalRequest(models.Model):
    """What was asked when the quote was accepted; a later change of the rules changes nothing."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="approval")
    needed = models.PositiveSmallIntegerField(help_text="number of approvals")
    approvers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        help_text="who may decide; nobody named: anyone whose role may approve",
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=400, help_text="why it needs an approval, in words")
    # Set with the last approval. Until then the manufacturer does not know of the order.
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="approval_asks_somebody", condition=models.Q(needed__gte=1))
        ]

    def __str__(self) -> str:
        return f"{self.needed} for order {self.order_id}"

    @property
    def approvals(self) -> list["ApprovalDecision"]:
        """The approvals given so far."""
        return [d for d in self.decisions.all() if d.verdict == ApprovalDecision.Verdict.APPROVED]


class ApprovalDecision(models.Model):
    """What one person said, once."""

    class Verdict(models.TextChoices):
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="decisions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "person"], name="approval_decision_once_a_person"
            ),
            models.CheckConstraint(
                name="approval_rejection_has_reason",
                condition=~models.Q(verdict="rejected", reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.verdict} {self.request_id}"
