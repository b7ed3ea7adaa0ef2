"""What the contract says about the money that is held for it."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.core.money import Money
from orders.models.order import Order


class MoneyDecision(models.Model):
    """A part of the held money that goes to the manufacturer, or back to the buyer; never changed.

    The contract decides here, `payments` carries it out. `amount_minor` in minor units of the
    order's currency, before the commission. All decisions of an order together never exceed what
    was paid for it (`Order.funded_minor`).
    """

    class Kind(models.TextChoices):
        RELEASE = "release", "To the manufacturer"
        REFUND = "refund", "Back to the buyer"

    class Because(models.TextChoices):
        MILESTONE = "milestone", "Milestone approved"
        ACCEPTANCE = "acceptance", "Goods accepted"
        NONCONFORMANCE = "nonconformance", "Problem settled"
        CHANGE = "change", "Order changed"
        CANCELLATION = "cancellation", "Order cancelled"
        DECISION = "decision", "Decided by the platform"

    public_id = PublicIdField(prefix="mon")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="money_decisions")
    kind = models.CharField(max_length=8, choices=Kind)
    because = models.CharField(max_length=16, choices=Because)
    subject = models.CharField(max_length=40, help_text="public id of what decided it")
    amount_minor = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "because", "subject", "kind"], name="money_decided_once"
            ),
            models.CheckConstraint(
                name="money_decision_positive", condition=models.Q(amount_minor__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} of {self.order_id}"

    @property
    def amount(self) -> Money:
        """What is released or given back."""
        return Money(self.amount_minor, self.order.currency)
