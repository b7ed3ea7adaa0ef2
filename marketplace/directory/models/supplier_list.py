"""Manufacturers a buyer asks again and again, under a name."""

from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from marketplace.directory.models.manufacturer import Manufacturer


class SupplierList(models.Model):
    """A buyer's own list. Nobody else, the manufacturers in it least of all, learns of it."""

    public_id = PublicIdField(prefix="sup")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="supplier_lists"
    )
    name = models.CharField(max_length=80)
    manufacturers = models.ManyToManyField(Manufacturer, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="supplier_list_name_once")
        ]

    def __str__(self) -> str:
        return self.name
