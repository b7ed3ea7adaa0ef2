"""What currencies are worth, a row for each day and currency."""

from django.db import models
from django.utils import timezone

from marketplace.core.money import CURRENCY_CHOICES


class ExchangeRate(models.Model):
    """Units of `currency` for one euro, as `source` published them for `date`. Never edited."""

    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    rate = models.DecimalField(max_digits=14, decimal_places=6)
    date = models.DateField()
    source = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-date", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["date", "currency"], name="exchange_rate_once_a_day"),
            models.CheckConstraint(
                name="exchange_rate_is_positive", condition=models.Q(rate__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"1 EUR = {self.rate.normalize():f} {self.currency} on {self.date}"
