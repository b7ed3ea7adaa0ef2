"""Invoices and credit notes: numbered without gaps, frozen when issued, written once."""

from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from marketplace.core.money import CURRENCY_CHOICES, Money
from marketplace.files.models import StoredFile
from orders.models import Order
from payments.models.request import PaymentRequest


class Document(models.Model):
    """`facts` is everything it says (see `invoicing.Facts`); `file` and `xml` are written from it
    by the worker, keep their SHA-256 and are never made again.

    `cause` is what it is issued for, such as "invoice:pay_...", so that nothing is invoiced twice.
    An empty issuer is the platform.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", "Invoice"
        CREDIT_NOTE = "credit_note", "Credit note"
        COMMISSION = "commission", "Commission invoice"
        COMMISSION_CREDIT = "commission_credit", "Commission credit note"

    public_id = PublicIdField(prefix="inv")
    kind = models.CharField(max_length=20, choices=Kind)
    cause = models.CharField(max_length=120, unique=True)
    series = models.CharField(max_length=60, help_text="one a kind, issuer and year")
    number = models.CharField(max_length=40)
    issuer = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="documents_issued",
        help_text="empty for the platform",
    )
    recipient = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="documents_received"
    )
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    request = models.ForeignKey(
        PaymentRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    gross_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    facts = models.JSONField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    xml = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="document_number_once"),
            models.CheckConstraint(
                name="document_adds_up",
                condition=models.Q(
                    gross_minor=models.F("net_minor") + models.F("tax_minor"),
                    gross_minor__gt=0,
                    net_minor__gte=0,
                    tax_minor__gte=0,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="document_of_recipient"),
            models.Index(fields=["issuer", "-id"], name="document_of_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def net(self) -> Money:
        """Before VAT."""
        return Money(self.net_minor, self.currency)

    @property
    def tax(self) -> Money:
        """The VAT."""
        return Money(self.tax_minor, self.currency)

    @property
    def gross(self) -> Money:
        """Both together."""
        return Money(self.gross_minor, self.currency)

    @property
    def is_credit(self) -> bool:
        """It gives back what an invoice asked for."""
        return self.kind in (self.Kind.CREDIT_NOTE, self.Kind.COMMISSION_CREDIT)

    def file_name(self, ending: str) -> str:
        """What the file is called when it is downloaded, such as IN-2026-00001.pdf."""
        return f"{self.number}.{ending}"
