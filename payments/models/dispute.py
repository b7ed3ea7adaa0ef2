"""A buyer's bank wants the money back."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.core.money import CURRENCY_CHOICES
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
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="dispute_amount_positive", condition=models.Q(amount_minor__gt=0)
            )
        ]

    def __str__(self) -> str:
        return self.dispute
