"""What is wrong with delivered goods, and how it is put right."""

from django.db import models
from django.utils import timezone

from accounts.roles import Side
from marketplace.core.ids import PublicIdField, ReferenceField
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from marketplace.files.models import StoredFile
from orders.models.order import Order, OrderLine
from orders.states import NonconformanceState


class Disposition(models.TextChoices):
    """What happens to the pieces, in the words of the trade (ISO 9000, 3.12)."""

    USE_AS_IS = "use_as_is", "Use as is"
    REWORK = "rework", "Rework"
    REPAIR = "repair", "Repair"
    REPLACE = "replace", "Replace"
    RETURN = "return", "Return for refund"
    SCRAP = "scrap", "Scrap"
    REFUND = "refund", "Refund"


# The shop does something first; the others are settled by the agreement alone.
NEEDS_REMEDY = (Disposition.REWORK, Disposition.REPAIR, Disposition.REPLACE, Disposition.RETURN)

# Pieces leave the shop anew; of these a rework or repair may also be done where they are.
TRAVELS_BACK = (Disposition.REWORK, Disposition.REPAIR, Disposition.REPLACE)


class Judgment(models.Model):
    """What the buyer said of a line's pieces that had arrived: so many are good, so many are not.

    A line has one for each time its pieces were judged; together never more than arrived.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="judgments")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="judgments")
    accepted = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["line__position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="judgment_of_pieces",
                condition=models.Q(accepted__gt=0) | models.Q(rejected__gt=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.accepted} good, {self.rejected} not, of line {self.line_id}"


class Nonconformance(Stateful):
    """A claim about an order: pieces of one line, or something else without a line.

    Amounts are minor units of the order's currency. `held_minor` waits for how this ends; of the
    pieces of a line the part of the price, of another claim what is claimed. A claim about hidden
    defects (`after_acceptance`) holds nothing, the money has gone: `claimed_minor` is what the
    buyer claims. `offer_*` is the manufacturer's newest offer; the facts keep the earlier ones.
    """

    class Kind(models.TextChoices):
        NONCONFORMING = "nonconforming", "Not as drawn or specified"
        DAMAGED = "damaged", "Damaged on arrival"
        MISSING = "missing", "Pieces missing"
        WRONG = "wrong", "Wrong parts"
        LATE = "late", "Late or not delivered"
        DOCUMENTS = "documents", "Documents missing or wrong"
        OTHER = "other", "Something else"

    public_id = PublicIdField(prefix="ncr")
    reference = ReferenceField(prefix="NCR")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="nonconformances")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, related_name="+")
    quantity = models.PositiveIntegerField(default=0, help_text="pieces, 0 without a line")
    state = models.CharField(
        max_length=12,
        choices=NonconformanceState,
        default=NonconformanceState.OPEN,
        editable=False,
    )
    raised_by = models.CharField(max_length=12, choices=Side)
    kind = models.CharField(max_length=14, choices=Kind)
    description = models.TextField(max_length=4000)
    held_minor = models.BigIntegerField(default=0)
    claimed_minor = models.BigIntegerField(default=0)
    after_acceptance = models.BooleanField(default=False, editable=False)
    # By when whoever is next has to act; the timer goes on then.
    respond_by = models.DateTimeField(null=True, editable=False)
    reminded = models.BooleanField(default=False, editable=False)
    offer_disposition = models.CharField(max_length=10, choices=Disposition, blank=True)
    offer_refund_minor = models.BigIntegerField(default=0)
    offer_note = models.TextField(max_length=2000, blank=True)
    remedy_days = models.PositiveSmallIntegerField(default=0, help_text="days the remedy takes")
    rma_number = models.CharField(max_length=20, blank=True, help_text="stands on what goes back")
    remedy_note = models.TextField(max_length=2000, blank=True)
    refunded_minor = models.BigIntegerField(default=0, editable=False)
    decision = models.TextField(max_length=2000, blank=True, help_text="of the platform, in words")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="nonconformance_amounts",
                condition=models.Q(
                    held_minor__gte=0,
                    claimed_minor__gte=0,
                    offer_refund_minor__gte=0,
                    offer_refund_minor__lte=models.F("held_minor") + models.F("claimed_minor"),
                    refunded_minor__gte=0,
                    refunded_minor__lte=models.F("held_minor") + models.F("claimed_minor"),
                ),
            ),
            models.CheckConstraint(
                name="nonconformance_holds_or_claims",
                condition=models.Q(after_acceptance=True, held_minor=0)
                | models.Q(after_acceptance=False, claimed_minor=0),
            ),
            models.CheckConstraint(
                name="nonconformance_pieces_have_a_line",
                condition=models.Q(line__isnull=True, quantity=0)
                | models.Q(line__isnull=False, quantity__gt=0),
            ),
        ]
        indexes = [
            models.Index(
                fields=["respond_by"],
                name="nonconformance_waiting",
                condition=models.Q(respond_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def held(self) -> Money:
        """What waits for how this ends."""
        return Money(self.held_minor, self.order.currency)

    @property
    def at_stake_minor(self) -> int:
        """The most that can go back to the buyer, minor units: what is held, or what is claimed."""
        return self.held_minor + self.claimed_minor

    @property
    def at_stake(self) -> Money:
        """The same as money."""
        return Money(self.at_stake_minor, self.order.currency)

    @property
    def offer_refund(self) -> Money:
        """What the offer gives back."""
        return Money(self.offer_refund_minor, self.order.currency)

    @property
    def needs_remedy(self) -> bool:
        """Whether the offer has the shop do something before this is settled."""
        return self.offer_disposition in NEEDS_REMEDY

    @property
    def must_travel(self) -> bool:
        """Whether new pieces have to be shipped to put it right."""
        return self.line_id is not None and self.offer_disposition == Disposition.REPLACE

    @property
    def may_travel(self) -> bool:
        """Whether pieces can be shipped to the buyer to put it right."""
        return self.line_id is not None and self.offer_disposition in TRAVELS_BACK


class NonconformanceFile(models.Model):
    """A photo or document that shows what is wrong, or that it was put right."""

    nonconformance = models.ForeignKey(
        Nonconformance, on_delete=models.PROTECT, related_name="files"
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=12, choices=Side)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"file of {self.nonconformance_id}"


class ClaimRefund(models.Model):
    """What the manufacturer owes the buyer for a claim after the acceptance; never changed.

    The money of the order has been released, so no MoneyDecision can take it: this row states the
    debt, and `payments` collects it and pays it back. `amount_minor` in minor units of the order's
    currency.
    """

    public_id = PublicIdField(prefix="crf")
    nonconformance = models.OneToOneField(
        Nonconformance, on_delete=models.PROTECT, related_name="claim_refund"
    )
    amount_minor = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="claim_refund_positive", condition=models.Q(amount_minor__gt=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} for {self.nonconformance_id}"
