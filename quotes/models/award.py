"""What was awarded: which line at which quantity to whom, and on what rate it was compared."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.core.money import CURRENCY_CHOICES
from quotes.models.quote import Quote, QuoteLine
from quotes.models.rfq import RFQ, RFQLine


class Award(models.Model):
    """One order's worth of an award. An award that was not approved in the end is not live; until
    it is approved it is not settled. `finishes`: the buyer chose nothing for what is left.

    `rate` is units of `currency` (the request's) for one unit of the quote's currency, with its
    source and date as shown when the buyer chose; empty when the two are the same or no rate was
    known. `compared_rates` holds the same for every currency among the quotes that were compared.
    """

    public_id = PublicIdField(prefix="awd")
    rfq = models.ForeignKey(RFQ, on_delete=models.PROTECT, related_name="awards")
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="awards")
    order_id = models.CharField(max_length=40, unique=True)
    is_live = models.BooleanField(default=True)
    is_settled = models.BooleanField(default=False)
    finishes = models.BooleanField(default=True)
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    rate = models.DecimalField(max_digits=18, decimal_places=8, null=True, blank=True)
    rate_source = models.CharField(max_length=120, blank=True)
    rate_date = models.DateField(null=True, blank=True)
    compared_rates = models.JSONField(
        default=dict, blank=True, help_text="currency -> {rate, source, date}"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.quote_id} of {self.rfq_id}"


class AwardLine(models.Model):
    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="lines")
    rfq_line = models.ForeignKey(RFQLine, on_delete=models.PROTECT, related_name="award_lines")
    quote_line = models.ForeignKey(QuoteLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    is_live = models.BooleanField(default=True)

    class Meta:
        ordering = ["rfq_line__position"]
        constraints = [
            # A line is awarded once, whatever the code believes and whoever else decides just now.
            models.UniqueConstraint(
                fields=["rfq_line"],
                condition=models.Q(is_live=True),
                name="award_line_once",
            ),
            models.CheckConstraint(name="award_line_positive", condition=models.Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.rfq_line_id}"
