"""The purchase order a buyer's own system wrote, beside the one the platform writes."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.files.models import StoredFile
from orders.models.order import Order


class PurchaseOrderFile(models.Model):
    """A PDF the buyer attached; the newest counts, the earlier ones stay readable.

    The contract stays the order: a file changes no price, quantity or term.
    """

    public_id = PublicIdField(prefix="pof")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="purchase_orders")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=60, blank=True, help_text="PO number that stands on it")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.number or 'purchase order'} of {self.order_id}"
