"""Evidence of production."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.files.models import StoredFile
from orders.models.order import Order


class ProductionReport(models.Model):
    public_id = PublicIdField(prefix="rep")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reports")
    note = models.TextField(max_length=2000)
    photo = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.note[:60]
