"""What one party's own system calls an order."""

from django.db import models

from accounts.models import Organization
from orders.models.order import Order


class OrderReference(models.Model):
    """One side's own: buyer and manufacturer keep different ones and never see each other's."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="references")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=80, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "organization"], name="reference_once_a_side")
        ]
        indexes = [
            models.Index(fields=["organization", "external_id"], name="reference_by_external_id")
        ]

    def __str__(self) -> str:
        return f"{self.external_id} for {self.order_id}"
