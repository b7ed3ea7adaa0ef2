"""A manufacturer's priced answer."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField, ReferenceField
from marketplace.core.money import CURRENCY_CHOICES
from marketplace.core.states import Stateful
from marketplace.directory.models import Finish, Manufacturer, Material, Process
from marketplace.files.models import StoredFile
from quotes.models.rfq import RFQ, RFQLine
from quotes.states import QuoteState

INCOTERMS = [
    (code, code)
    for code in ("EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF")
]


# A line has its answer as asked and at most this many alternates.
MAX_ALTERNATES = 3
MAX_QUOTE_FILES = 20


class LossReason(models.TextChoices):
    """Why a buyer did not choose a quote, as the shop reads it."""

    PRICE = "price", "Price"
    LEAD_TIME = "lead_time", "Lead time"
    ONE_SUPPLIER = "one_supplier", "One supplier for all lines"
    EXCEPTIONS = "exceptions", "Exceptions or alternates"
    CERTIFICATES = "certificates", "Certificates or documents"
    TERMS = "terms", "Payment or delivery terms"
    RECORD = "record", "Experience with another supplier"
    OTHER = "other", "Another reason"


class Quote(Stateful):
    """Amounts are minor units of `currency`; unit prices stand in QuotePrice.

    `edition` rises with every submission and every accepted counter-offer, so that a buyer never
    accepts other prices than the page showed. `draft_edition` rises whenever the draft is written,
    so that of two pages that write it the later one is told.
    """

    class LeadTimeFrom(models.TextChoices):
        ORDER = "order", "from the paid order"
        FIRST_ARTICLE = "first_article", "from the approved first article"

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
    edition = models.PositiveIntegerField(default=0, editable=False)
    draft_edition = models.PositiveIntegerField(default=0, editable=False)
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    freight_minor = models.BigIntegerField(default=0)
    minimum_order_minor = models.BigIntegerField(
        default=0, help_text="goods worth less are not delivered"
    )
    lead_time_from = models.CharField(
        max_length=16, choices=LeadTimeFrom, default=LeadTimeFrom.ORDER
    )
    milestones = models.JSONField(
        default=list, blank=True, help_text="[{kind, percent}]; empty: all of it on acceptance"
    )
    incoterm = models.CharField(max_length=3, choices=INCOTERMS, default="DAP")
    valid_until = models.DateField(null=True, blank=True)
    own_number = models.CharField(max_length=60, blank=True)
    notes = models.TextField(max_length=4000, blank=True)
    exceptions = models.TextField(
        max_length=4000, blank=True, help_text="what the shop will do otherwise than asked"
    )
    external_id = models.CharField(max_length=80, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    loss_reason = models.CharField(max_length=16, choices=LossReason, blank=True, editable=False)
    loss_note = models.CharField(max_length=300, blank=True, editable=False)
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
            models.CheckConstraint(
                name="quote_freight_not_negative",
                condition=models.Q(freight_minor__gte=0, minimum_order_minor__gte=0),
            ),
            models.CheckConstraint(
                name="quote_submitted_is_pinned",
                condition=models.Q(state__in=["draft", "withdrawn", "declined", "expired"])
                | (models.Q(submitted_at__isnull=False) & ~models.Q(fingerprint="")),
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "-id"], name="quote_of_shop"),
            models.Index(fields=["manufacturer", "external_id"], name="quote_by_external_id"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_valid_today(self) -> bool:
        """Whether it names a last day of validity that has not passed."""
        return self.valid_until is not None and self.valid_until >= timezone.localdate()

    @property
    def seen(self) -> str:
        """What a buyer saw: the request as priced and the edition of the prices."""
        return f"{self.fingerprint}-{self.edition}" if self.fingerprint else ""


class QuoteLine(models.Model):
    """A line as asked (option 0) or an alternate to it: another process, material or finish.

    Setup and tooling are paid once, in minor units of the quote's currency.
    """

    class ToolOwner(models.TextChoices):
        BUYER = "buyer", "the buyer"
        MANUFACTURER = "manufacturer", "the manufacturer"

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    rfq_line = models.ForeignKey(RFQLine, on_delete=models.PROTECT, related_name="quote_lines")
    option = models.PositiveSmallIntegerField(default=0)
    process = models.ForeignKey(
        Process, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    material = models.ForeignKey(
        Material, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    finish = models.ForeignKey(
        Finish, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True, help_text="why the alternate")
    setup_minor = models.BigIntegerField(default=0)
    tooling_minor = models.BigIntegerField(default=0)
    tooling_owner = models.CharField(max_length=12, choices=ToolOwner, default=ToolOwner.BUYER)
    min_quantity = models.PositiveIntegerField(default=1)
    is_declined = models.BooleanField(default=False)
    decline_reason = models.CharField(max_length=200, blank=True)
    notes = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["rfq_line__position", "option"]
        constraints = [
            models.UniqueConstraint(fields=["quote", "rfq_line", "option"], name="quote_line_once"),
            models.CheckConstraint(
                name="quote_one_time_not_negative",
                condition=models.Q(tooling_minor__gte=0, setup_minor__gte=0, min_quantity__gte=1),
            ),
            models.CheckConstraint(
                name="quote_line_alternate_has_reason",
                condition=models.Q(option=0, process=None, material=None, finish=None)
                | (models.Q(option__gte=1, option__lte=MAX_ALTERNATES) & ~models.Q(reason="")),
            ),
            models.CheckConstraint(
                name="quote_line_declined_with_reason",
                condition=models.Q(is_declined=False) | ~models.Q(decline_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} line {self.rfq_line_id}"


class QuoteCharge(models.Model):
    """What a document or an inspection asked for costs, once a line; no row: not said."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", "Document"
        INSPECTION = "inspection", "Inspection"

    line = models.ForeignKey(QuoteLine, on_delete=models.CASCADE, related_name="charges")
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=40, help_text="of the document or inspection level")
    amount_minor = models.BigIntegerField()

    class Meta:
        ordering = ["kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["line", "kind", "code"], name="quote_charge_once"),
            models.CheckConstraint(
                name="quote_charge_not_negative", condition=models.Q(amount_minor__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}: {self.amount_minor}"


class QuoteFile(models.Model):
    """A file beside a quote: a data sheet, a drawing of an alternate, terms."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["quote", "file"], name="quote_file_once")]

    def __str__(self) -> str:
        return f"{self.file_id} of {self.quote_id}"


class QuotePrice(models.Model):
    """The price and lead time of one line at one quantity."""

    line = models.ForeignKey(QuoteLine, on_delete=models.CASCADE, related_name="prices")
    quantity = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    lead_time_days = models.PositiveSmallIntegerField()
    is_agreed = models.BooleanField(
        default=False, help_text="of a quantity agreed on in a counter-offer, not one asked"
    )

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
