"""A named step with an amount that is released when it is approved."""

from django.db import models

from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from orders.models.order import Order
from orders.states import MilestoneState


class Milestone(Stateful):
    class Kind(models.TextChoices):
        DEPOSIT = "deposit", "Deposit"
        TOOLING = "tooling", "Tooling"
        FIRST_ARTICLE = "first_article", "First article"
        SHIPMENT = "shipment", "Shipment"
        ACCEPTANCE = "acceptance", "Acceptance"

    public_id = PublicIdField(prefix="mil")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(
        max_length=12, choices=MilestoneState, default=MilestoneState.PENDING, editable=False
    )
    amount_minor = models.BigIntegerField()
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="milestone_position_once"),
            models.CheckConstraint(
                name="milestone_amount_not_negative", condition=models.Q(amount_minor__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.order_id}"
