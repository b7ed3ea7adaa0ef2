"""Where an organization receives goods and invoices."""

from django.db import models
from django.utils import timezone

from accounts.models.organization import COUNTRY_CODE, Organization
from marketplace.core.ids import PublicIdField


class Address(models.Model):
    public_id = PublicIdField(prefix="adr")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="addresses"
    )
    label = models.CharField(max_length=60, help_text="such as Goods-in Aachen")
    recipient = models.CharField(max_length=120)
    lines = models.TextField(max_length=300, help_text="street, building, postal code and city")
    country = models.CharField(max_length=2, validators=[COUNTRY_CODE])
    phone = models.CharField(max_length=40, blank=True)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-is_default", "label", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(is_default=True),
                name="address_one_default",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def text(self) -> str:
        """The address as a label is printed, several lines."""
        phone = f"Phone {self.phone}" if self.phone else ""
        return "\n".join(part for part in (self.recipient, self.lines, self.country, phone) if part)
