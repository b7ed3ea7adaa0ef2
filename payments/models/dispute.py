"""A buyer's bank wants the money back."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.core.money import CURRENCY_CHOICES, Money
from marketplace.core.states import Stateful
from payments.models.request import PaymentRequest
from payments.states import DisputeState


class DisputeCase(Stateful):
    """One dispute at Stripe; it freezes the payment until the bank decides."""

    public_id = PublicIdField(prefix="dis")
    dispute = models.CharField(max_length=80, unique=True)
    request = models.ForeignKey(
        PaymentRequest, on_delete=models.PROTECT, null=True, related_name="disputes"
    )
    charge = models.CharField(max_length=80)
    state = models.CharField(
        max_length=6, choices=DisputeState, default=DisputeState.OPEN, editable=False
    )
    was_released = models.BooleanField(default=False)
    reason = models.CharField(max_length=60)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    evidence_due_at = models.DateTimeField(null=True, blank=True)
    evidence = models.JSONField(
        default=dict, editable=False, help_text="what the bank is told: Stripe's field -> text"
    )
    files = models.JSONField(
        default=dict, editable=False, help_text="what goes with it: Stripe's field -> our file"
    )
    uploaded = models.JSONField(
        default=dict, editable=False, help_text="Stripe's field -> Stripe's file, once it is there"
    )
    # Staff write it and want it sent, a worker sends it, once.
    evidence_wanted_at = models.DateTimeField(null=True, blank=True, editable=False)
    evidence_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    evidence_error = models.TextField(blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "bank dispute"
        constraints = [
            models.CheckConstraint(
                name="dispute_amount_positive", condition=models.Q(amount_minor__gt=0)
            )
        ]

    def __str__(self) -> str:
        return self.dispute

    @property
    def amount(self) -> Money:
        """What the bank claims."""
        return Money(self.amount_minor, self.currency)

    @property
    def why(self) -> str:
        """The bank's reason in words; Stripe's codes are words with underscores."""
        return self.reason.replace("_", " ")

    @property
    def days_left(self) -> int | None:
        """Whole days until the evidence must be there, negative when it is late; None without a
        day, or when nothing is waited for."""
        if self.evidence_due_at is None or self.evidence_sent_at or self.state != DisputeState.OPEN:
            return None
        return (self.evidence_due_at - timezone.now()) // timedelta(days=1)
