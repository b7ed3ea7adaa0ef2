"""The end of an order that is being made: what is owed for the work done."""

from django.db import models
from django.utils import timezone

from accounts.roles import Side
from marketplace.core.ids import PublicIdField
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from orders.models.order import Order
from orders.states import ProposalState


class Settlement(Stateful):
    """A proposal to end the order: `owed_minor` of what is still held goes to the manufacturer,
    the rest back to the buyer. Minor units of the order's currency."""

    public_id = PublicIdField(prefix="set")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="settlements")
    state = models.CharField(
        max_length=12, choices=ProposalState, default=ProposalState.OPEN, editable=False
    )
    proposed_by = models.CharField(max_length=12, choices=Side)
    owed_minor = models.BigIntegerField()
    reason = models.TextField(max_length=2000)
    answer = models.TextField(max_length=2000, blank=True, editable=False)
    answer_by = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(state="open"), name="settlement_one_open"
            ),
            models.CheckConstraint(
                name="settlement_not_negative", condition=models.Q(owed_minor__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owed_minor} of {self.order_id}"

    @property
    def owed(self) -> Money:
        """For the work done."""
        return Money(self.owed_minor, self.order.currency)
