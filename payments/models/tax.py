"""VAT: rates by country, who charges it through the platform, and what an order was found to be."""

from django.db import models
from django.utils import timezone

from accounts.models import Organization
from accounts.models.organization import COUNTRY_CODE
from marketplace.core.encryption import EncryptedTextField
from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from marketplace.files.models import StoredFile
from orders.models import Order
from payments.states import ExemptionState
from payments.tax_rules import Treatment


class TaxRate(models.Model):
    """The standard rate of VAT of a country from a day on, as `source` has it. Never edited: a new
    rate is a new row."""

    public_id = PublicIdField(prefix="vat")
    country = models.CharField(max_length=2, validators=[COUNTRY_CODE])
    rate_bps = models.PositiveSmallIntegerField("rate", help_text="1 bps is 0.01 %; 1900 is 19 %")
    holds_from = models.DateField()
    source = models.CharField(max_length=200, help_text="where the rate is published")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["country", "-holds_from"]
        constraints = [
            models.UniqueConstraint(fields=["country", "holds_from"], name="tax_rate_once_a_day"),
            models.CheckConstraint(
                name="tax_rate_up_to_all", condition=models.Q(rate_bps__lte=10_000)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.percent} from {self.holds_from}"

    @property
    def percent(self) -> str:
        """The rate for people."""
        return percent(self.rate_bps)


class InvoicingMandate(models.Model):
    """A shop lets the platform put VAT on its prices and write invoices in its name (Article 224
    of Directive 2006/112/EC asks for such an agreement before). Without one nothing changes."""

    public_id = PublicIdField(prefix="man")
    organization = models.OneToOneField(
        Organization, on_delete=models.PROTECT, related_name="invoicing_mandate"
    )
    given_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Mandate of {self.organization_id}"


class ExemptionCertificate(Stateful):
    """A paper of `country` that frees a buyer from its VAT; it counts once staff accepted it."""

    public_id = PublicIdField(prefix="exc")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="exemption_certificates"
    )
    state = models.CharField(
        max_length=12, choices=ExemptionState, default=ExemptionState.WAITING, editable=False
    )
    country = models.CharField(max_length=2, validators=[COUNTRY_CODE])
    number = models.CharField(max_length=60)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField(null=True, blank=True, help_text="last day; set by staff")
    reason = models.CharField(max_length=300, blank=True, help_text="why it was refused")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="exemption_accepted_has_end",
                condition=~models.Q(state=ExemptionState.ACCEPTED)
                | models.Q(valid_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.number}"


class OrderTax(models.Model):
    """The VAT of an order, found with its first payment request and never again."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="tax")
    treatment = models.CharField(max_length=16, choices=Treatment)
    category = models.CharField(max_length=2, help_text="UNTDID 5305, for electronic invoices")
    seller_country = models.CharField(max_length=2)
    buyer_country = models.CharField(max_length=2)
    seller_vat_id = EncryptedTextField(blank=True)
    buyer_vat_id = EncryptedTextField(blank=True)
    rate_bps = models.PositiveSmallIntegerField(default=0, help_text="1 bps is 0.01 %")
    sentence = models.CharField(max_length=300, help_text="what invoices say about it")
    rate = models.ForeignKey(
        TaxRate, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    certificate = models.ForeignKey(
        ExemptionCertificate, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "order taxes"
        constraints = [
            models.CheckConstraint(
                name="order_tax_rate_is_domestic",
                condition=models.Q(treatment=Treatment.DOMESTIC)
                | models.Q(rate_bps=0, rate__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} on {self.order_id}"

    @property
    def label(self) -> str:
        """The treatment for people, with its rate: "VAT 19 %"."""
        name = self.get_treatment_display()
        return f"{name} {percent(self.rate_bps)}" if self.rate_bps else str(name)

    @property
    def is_shown(self) -> bool:
        """False where the platform has nothing to say about VAT."""
        return self.treatment != Treatment.NO_TAX


def percent(rate_bps: int) -> str:
    """A rate for people: 1900 is "19 %", 2550 "25.5 %"."""
    return f"{rate_bps / 100:g} %"
