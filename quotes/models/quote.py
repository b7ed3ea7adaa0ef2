"""A manufacturer's priced answer."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField, ReferenceField
from marketplace.core.money import CURRENCY_CHOICES
from marketplace.core.states import Stateful
from marketplace.directory.models import Manufacturer
from quotes.models.rfq import RFQ, RFQLine
from quotes.states import QuoteState

INCOTERMS = [
    (code, code)
    for code in ("EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF")
]


class Quote(Stateful):
    """Amounts are minor units of `currency`; unit prices stand in QuotePrice."""

    public_id = PublicIdField(prefix="quo")
    reference = ReferenceField(prefix="Q")
    rfq = models.ForeignKey(RFQ, on_delete=models.PROTECT, related_name="quotes")
    manufacturer = models.ForeignKey(Manufacturer, on_delete=models.PROTECT, related_name="quotes")
    state = models.CharField(
        max_length=24, choices=QuoteState, default=QuoteState.DRAFT, editable=False
    )
    rfq_revision = models.PositiveSmallIntegerField(default=1, editable=False)
    fingerprint = models.CharField(
        max_length=64, blank=True, editable=False, help_text="SHA-256 of what was priced"
    )
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    freight_minor = models.BigIntegerField(default=0)
    incoterm = models.CharField(max_length=3, choices=INCOTERMS, default="DAP")
    valid_until = models.DateField(null=True, blank=True)
    own_number = models.CharField(max_length=60, blank=True)
    notes = models.TextField(max_length=4000, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rfq", "manufacturer"],
                condition=~models.Q(state__in=["withdrawn", "superseded"]),
                name="quote_one_live_a_shop",
            ),
            # One accepted quote a request, whatever the code believes.
            models.UniqueConstraint(
                fields=["rfq"], condition=models.Q(state="accepted"), name="quote_one_accepted"
            ),
            models.CheckConstraint(
                name="quote_freight_not_negative", condition=models.Q(freight_minor__gte=0)
            ),
            models.CheckConstraint(
                name="quote_submitted_is_pinned",
                condition=models.Q(state__in=["draft", "withdrawn", "declined", "expired"])
                | (models.Q(submitted_at__isnull=False) & ~models.Q(fingerprint="")),
            ),
        ]
        indexes = [models.Index(fields=["manufacturer", "-id"], name="quote_of_shop")]

    def __str__(self) -> str:
        return self.reference


class QuoteLine(models.Model):
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    rfq_line = models.ForeignKey(RFQLine, on_delete=models.PROTECT, related_name="quote_lines")
    tooling_minor = models.BigIntegerField(default=0)
    notes = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["rfq_line__position"]
        constraints = [
            models.UniqueConstraint(fields=["quote", "rfq_line"], name="quote_line_once"),
            models.CheckConstraint(
                name="quote_tooling_not_negative", condition=models.Q(tooling_minor__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} line {self.rfq_line_id}"


class QuotePrice(models.Model):
    """The price and lead time of one line at one quantity."""

    line = models.ForeignKey(QuoteLine, on_delete=models.CASCADE, related_name="prices")
    quantity = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    lead_time_days = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["quantity"]
        constraints = [
            models.UniqueConstraint(fields=["line", "quantity"], name="quote_price_once"),
            models.CheckConstraint(
                name="quote_price_positive",
                condition=models.Q(unit_price__gt=0, quantity__gt=0, lead_time_days__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} at {self.unit_price}"
