"""What a manufacturer's orders and quotes say about it, as counts that others wrote down here."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from marketplace.directory.models.manufacturer import Manufacturer


def _count(words: str) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(default=0, help_text=words)


class Scorecard(models.Model):
    """Counts of the last SCORECARD_DAYS up to `computed_at`; the stars count all reviews.

    The figures are facts of apps above: `orders` and `quotes` count and write them down. Every
    share is kept as numerator and denominator, so that a page can say both.
    """

    manufacturer = models.OneToOneField(
        Manufacturer, on_delete=models.CASCADE, related_name="scorecard"
    )
    due_orders = _count("orders with a promised day in the period that shipped or are late")
    on_time_orders = _count("of them, shipped on or before the promised day")
    decided_orders = _count("orders whose goods the buyer decided on")
    delivered_pieces = _count("pieces of them")
    accepted_pieces = _count("of them, accepted")
    shipped_orders = _count("orders that shipped")
    disputed_orders = _count("of them, disputed")
    asked = _count("requests it was asked in that it answered or that closed")
    answered = _count("of them, answered with a quote or a no")
    quoted = _count("of them, answered with a quote")
    response_hours = models.DecimalField(
        max_digits=8,
        decimal_places=1,
        null=True,
        blank=True,
        help_text="median hours from the invitation to the first quote or the no",
    )
    criteria_count = _count("published reviews with criteria")
    quality_sum = _count("stars")
    on_time_sum = _count("stars")
    communication_sum = _count("stars")
    computed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"scorecard of {self.manufacturer_id}"

    @property
    def since(self) -> date:
        """The first day that counts."""
        return first_day(timezone.localdate(self.computed_at))


def first_day(today: date) -> date:
    """The first day of the period that ends today."""
    return today - timedelta(days=settings.SCORECARD_DAYS - 1)
