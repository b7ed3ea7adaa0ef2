"""The contract: a snapshot that no later change of a quote or part can touch."""

from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField, ReferenceField
from marketplace.core.money import CURRENCY_CHOICES, Money
from marketplace.core.states import Stateful
from marketplace.parts.models import PartRevision
from orders.commission import CommissionTerms
from orders.states import OrderState
from orders.vat import gross_part, tax_on

# Only in these states can there be an order that its manufacturer has never heard of.
MAYBE_UNKNOWN = (OrderState.AWAITING_APPROVAL, OrderState.CANCELLED)


class Order(Stateful):
    """Parties, totals and terms as agreed. Amounts are minor units of `currency`."""

    public_id = PublicIdField(prefix="ord")
    reference = ReferenceField(prefix="ORD")
    buyer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="purchases")
    manufacturer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="sales")
    state = models.CharField(
        max_length=24, choices=OrderState, default=OrderState.AWAITING_PAYMENT, editable=False
    )
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    goods_minor = models.BigIntegerField()
    setup_minor = models.BigIntegerField(default=0)
    tooling_minor = models.BigIntegerField(default=0)
    charges_minor = models.BigIntegerField(default=0, help_text="documents and inspections")
    freight_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    title = models.CharField(max_length=140)
    buyer_name = models.CharField(max_length=120)
    manufacturer_name = models.CharField(max_length=120)
    po_number = models.CharField(max_length=60, blank=True)
    incoterm = models.CharField(max_length=3)
    ship_to = models.TextField(max_length=500)
    notes = models.TextField(max_length=4000, blank=True)
    rfq_id = models.CharField(max_length=40)
    rfq_reference = models.CharField(max_length=20)
    quote_id = models.CharField(max_length=40)
    quote_reference = models.CharField(max_length=20)
    quote_number = models.CharField(max_length=60, blank=True)
    lead_time_days = models.PositiveSmallIntegerField(help_text="days from funding to shipment")
    exceptions = models.TextField(max_length=4000, blank=True)
    terms = models.JSONField(
        default=dict,
        blank=True,
        help_text="lead_time_from, milestones as proposed, exchange {rate, source, date}",
    )
    payment_due_at = models.DateTimeField()
    ship_by = models.DateField(null=True, blank=True, editable=False)
    accept_by = models.DateTimeField(null=True, blank=True, editable=False)
    # Until when hidden defects can be claimed; set when the goods are accepted.
    claim_by = models.DateTimeField(null=True, blank=True, editable=False)
    # The day to ship by that both sides were warned of, and the one they were told had passed.
    warned_for = models.DateField(null=True, blank=True, editable=False)
    late_for = models.DateField(null=True, blank=True, editable=False)
    external_id = models.CharField(max_length=80, blank=True)
    # What the platform keeps, frozen when the contract is made; see `commission_terms`.
    commission_bps = models.PositiveSmallIntegerField(editable=False)
    commission_fixed_minor = models.BigIntegerField(default=0, editable=False)
    commission_minimum_minor = models.BigIntegerField(default=0, editable=False)
    commission_rule = models.CharField(max_length=40, blank=True, editable=False)
    # What the buyer has paid so far, minor units; payments writes it down through an action.
    funded_minor = models.BigIntegerField(default=0, editable=False)
    # What instalments of an order that runs still ask for, minor units, and the next of them that
    # has fallen due; payments writes both down as well.
    unpaid_minor = models.BigIntegerField(default=0, editable=False)
    instalment_minor = models.BigIntegerField(default=0, editable=False)
    # The VAT payments puts on top of it: shown beside the button, in no sum of the contract.
    instalment_tax_minor = models.BigIntegerField(default=0, editable=False)
    instalment_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The rate of VAT payments puts on top of everything that is paid, 1 bps is 0.01 %; found with
    # the first payment and never again.
    vat_bps = models.PositiveSmallIntegerField(default=0, editable=False)
    # Days to pay of a buyer who buys this on account; payments writes it down, empty otherwise.
    account_days = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    # Counts the versions of what was agreed; a change order in force raises it by one.
    edition = models.PositiveSmallIntegerField(default=1, editable=False)
    # Where an order that is on hold or disputed goes back to.
    left_state = models.CharField(
        max_length=24, choices=OrderState, blank=True, default="", editable=False
    )
    held_by = models.CharField(max_length=12, blank=True, default="", editable=False)
    acceptance_reminded = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="order_totals_add_up",
                condition=models.Q(
                    total_minor=models.F("goods_minor")
                    + models.F("setup_minor")
                    + models.F("tooling_minor")
                    + models.F("charges_minor")
                    + models.F("freight_minor")
                ),
            ),
            models.CheckConstraint(
                name="order_amounts_not_negative",
                condition=models.Q(
                    goods_minor__gt=0,
                    setup_minor__gte=0,
                    tooling_minor__gte=0,
                    charges_minor__gte=0,
                    freight_minor__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="order_unpaid_not_negative",
                condition=models.Q(unpaid_minor__gte=0, instalment_minor__gte=0),
            ),
            models.CheckConstraint(
                name="order_two_parties", condition=~models.Q(buyer=models.F("manufacturer"))
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-id"], name="order_of_buyer"),
            models.Index(fields=["manufacturer", "-id"], name="order_of_manufacturer"),
            models.Index(fields=["rfq_id"], name="order_of_request"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def total(self) -> Money:
        """Everything the buyer pays."""
        return Money(self.total_minor, self.currency)

    @property
    def funded(self) -> Money:
        """What the buyer has paid so far."""
        return Money(self.funded_minor, self.currency)

    @property
    def unpaid(self) -> Money:
        """What instalments still ask for."""
        return Money(self.unpaid_minor, self.currency)

    @property
    def instalment(self) -> Money:
        """What the instalment that has fallen due asks for; 0 when none has."""
        return Money(self.instalment_minor, self.currency)

    @property
    def instalment_gross(self) -> Money:
        """What the buyer pays for it, with the VAT on top."""
        return Money(self.instalment_minor + self.instalment_tax_minor, self.currency)

    def gross(self, net_minor: int) -> Money:
        """What really moves for `net_minor` of the contract: with the VAT that leaves the whole
        with it."""
        minor = gross_part(self.total_minor, net_minor, self.vat_bps)
        return Money(minor, self.currency)

    def gross_words(self, net_minor: int) -> str:
        """The same in words: "142.80 EUR incl. VAT"."""
        return self.with_vat(str(self.gross(net_minor)))

    def net_words(self, net_minor: int) -> str:
        """An amount as people type it, in words: it says that the VAT is not in it."""
        amount = str(Money(net_minor, self.currency))
        return f"{amount} before VAT" if self.vat_bps else amount

    def with_vat(self, amount: str) -> str:
        """An amount with its VAT as text, which says that it has it."""
        return f"{amount} incl. VAT" if self.vat_bps else amount

    @property
    def total_gross(self) -> Money:
        """Everything the buyer pays, with the VAT on top."""
        return self.gross(self.total_minor)

    @property
    def funded_gross(self) -> Money:
        """What the buyer has paid so far, with the VAT on top."""
        minor = self.funded_minor + tax_on(self.funded_minor, self.vat_bps)
        return Money(minor, self.currency)

    @property
    def unpaid_gross(self) -> Money:
        """What instalments still ask for, with the VAT on top."""
        return self.gross(self.unpaid_minor)

    @property
    def shares(self) -> tuple[Money, Money]:
        """What of the paid money was decided to go to the manufacturer, and back to the buyer,
        with VAT. One query."""
        sums = {"release": 0, "refund": 0}
        for kind, minor in self.money_decisions.values_list("kind", "amount_minor"):
            sums[kind] += minor
        whole = sums["release"] + sums["refund"]
        both = whole + tax_on(whole, self.vat_bps)
        released = gross_part(whole, sums["release"], self.vat_bps)
        return Money(released, self.currency), Money(both - released, self.currency)

    @property
    def commission_terms(self) -> CommissionTerms:
        """What the platform keeps of this contract."""
        return CommissionTerms(
            self.commission_bps,
            self.commission_fixed_minor,
            self.commission_minimum_minor,
            self.commission_rule,
        )

    @property
    def is_known_to_manufacturer(self) -> bool:
        """False from an award that waits for its approval on, for good if it is never approved."""
        if self.state not in MAYBE_UNKNOWN:
            return True
        approval = getattr(self, "approval", None)
        return approval is None or approval.approved_at is not None

    @property
    def parties(self) -> list[Organization]:
        """Who may see what happens to the order: the buyer, and the manufacturer if it knows."""
        if self.is_known_to_manufacturer:
            return [self.buyer, self.manufacturer]
        return [self.buyer]


class OrderLine(models.Model):
    """One part at one quantity, with the hashes of the files that are to be made."""

    public_id = PublicIdField(prefix="oli")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    part_revision = models.ForeignKey(PartRevision, on_delete=models.PROTECT, related_name="+")
    part_number = models.CharField(max_length=60)
    part_name = models.CharField(max_length=140)
    revision_label = models.CharField(max_length=10)
    files = models.JSONField(default=list, help_text="[{name, sha256}]")
    process = models.CharField(max_length=140)
    material = models.CharField(max_length=140)
    finish = models.CharField(max_length=140, blank=True)
    alternate = models.CharField(
        max_length=500, blank=True, help_text="why it is made otherwise than asked"
    )
    tolerance = models.CharField(max_length=60)
    notes = models.TextField(max_length=2000, blank=True)
    quantity = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    total_minor = models.BigIntegerField()
    setup_minor = models.BigIntegerField(default=0)
    tooling_minor = models.BigIntegerField(default=0)
    tooling_owner = models.CharField(max_length=12, blank=True, help_text="buyer or manufacturer")
    charges = models.JSONField(default=list, help_text="[{name, amount_minor}]")
    inspection_level = models.CharField(max_length=40, blank=True, help_text="code of the taxonomy")
    inspection_name = models.CharField(max_length=140, blank=True)
    documents = models.JSONField(default=list, blank=True, help_text="[{code, name}] asked for")
    lead_time_days = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position_once"),
            models.CheckConstraint(
                name="order_line_positive",
                # A line that a change order dropped has no pieces left.
                condition=models.Q(quantity__gte=0, unit_price__gt=0, total_minor__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.part_number}"
