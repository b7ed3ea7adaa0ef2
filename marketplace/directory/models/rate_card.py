"""What a manufacturer's time, material and papers cost: its own figures, seen by nobody else."""

from decimal import Decimal

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.core.money import CURRENCY_CHOICES
from marketplace.directory.models.manufacturer import Manufacturer


class RateCard(models.Model):
    """One a manufacturer. Buyers, rivals and staff lists never read it."""

    public_id = PublicIdField(prefix="rtc")
    manufacturer = models.OneToOneField(
        Manufacturer, on_delete=models.CASCADE, related_name="rate_card"
    )
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    minimum_charge_minor = models.BigIntegerField(
        default=0, help_text="least that pieces and setup of one line bring, minor units"
    )
    margin_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    markup_percent = models.DecimalField(
        max_digits=5, decimal_places=2, default=Decimal(0), help_text="added to bought material"
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rate_card_not_negative",
                condition=models.Q(
                    minimum_charge_minor__gte=0, margin_percent__gte=0, markup_percent__gte=0
                ),
            )
        ]

    def __str__(self) -> str:
        return f"Rate card of {self.manufacturer}"


class CardRate(models.Model):
    """One figure of a card, under the key an estimate asks for; `rate_fields` says the unit."""

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="rates")
    kind = models.CharField(max_length=40)
    item = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=14, decimal_places=4)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["card", "kind", "item"], name="card_rate_once"),
            models.CheckConstraint(name="card_rate_not_negative", condition=models.Q(value__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item}: {self.value}"
