"""What the two sides of a quote offer each other before the award."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from quotes.models.quote import Quote
from quotes.states import BestAndFinalState, CounterOfferState


class QuoteSide(models.TextChoices):
    """Which side of the quote speaks."""

    BUYER = "buyer", "Buyer"
    MANUFACTURER = "manufacturer", "Manufacturer"


class CounterOffer(Stateful):
    """Other prices, quantities, lead times, freight or payment for a submitted quote.

    `lines` holds only what would change: [{line, option, quantity, unit_price, lead_time_days,
    was_unit_price, was_lead_time_days}] with unit prices as decimal texts in major units; the
    `was_` values are the quote's when the offer was written, None where it had no such price.
    `freight_minor` and `milestones` None: they stay. `edition` and `fingerprint` are the quote's.
    """

    public_id = PublicIdField(prefix="cof")
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="counter_offers")
    by_side = models.CharField(max_length=12, choices=QuoteSide, editable=False)
    state = models.CharField(
        max_length=10,
        choices=CounterOfferState,
        default=CounterOfferState.OPEN,
        editable=False,
    )
    lines = models.JSONField(default=list)
    freight_minor = models.BigIntegerField(null=True, blank=True)
    was_freight_minor = models.BigIntegerField(default=0)
    milestones = models.JSONField(null=True, blank=True, help_text="[{kind, percent}]")
    was_milestones = models.JSONField(default=list, blank=True)
    message = models.CharField(max_length=2000, blank=True)
    reason = models.CharField(
        max_length=300, blank=True, help_text="why it was declined, or what ended it"
    )
    edition = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            # Whatever the code believes: one offer at a time waits for an answer.
            models.UniqueConstraint(
                fields=["quote"],
                condition=models.Q(state="open"),
                name="counter_offer_one_open",
            ),
            models.CheckConstraint(
                name="counter_offer_freight_not_negative",
                condition=models.Q(freight_minor__isnull=True) | models.Q(freight_minor__gte=0),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="counter_offer_due",
                condition=models.Q(state="open"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} on {self.quote_id}"

    @property
    def seen(self) -> str:
        """`Quote.seen` of the quote it was written against."""
        return f"{self.fingerprint}-{self.edition}"


class BestAndFinal(Stateful):
    """One shop asked for its last word on one quote. It says nothing of whoever else was asked."""

    public_id = PublicIdField(prefix="baf")
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="best_and_finals")
    state = models.CharField(
        max_length=10,
        choices=BestAndFinalState,
        default=BestAndFinalState.ASKED,
        editable=False,
    )
    message = models.CharField(max_length=2000, blank=True)
    due_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["quote"],
                condition=models.Q(state="asked"),
                name="best_and_final_one_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="best_and_final_due",
                condition=models.Q(state="asked"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} on {self.quote_id}"
