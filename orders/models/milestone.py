"""A named step with an amount that is released when it is approved, and what shows it."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from marketplace.files.models import StoredFile
from orders.models.order import Order
from orders.states import MilestoneState
from orders.vat import share_of_tax, taxes_of


class Milestone(Stateful):
    """`due_on` is known from the confirmation on and moves with the day to ship by. `answer_by` is
    when silence approves a submitted one; empty while that time stands still."""

    class Kind(models.TextChoices):
        DEPOSIT = "deposit", "Deposit"
        TOOLING = "tooling", "Tooling"
        FIRST_ARTICLE = "first_article", "First article"
        SHIPMENT = "shipment", "Shipment"
        ACCEPTANCE = "acceptance", "Acceptance"

    public_id = PublicIdField(prefix="mil")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(
        max_length=12, choices=MilestoneState, default=MilestoneState.PENDING, editable=False
    )
    amount_minor = models.BigIntegerField()
    due_on = models.DateField(null=True, blank=True)
    note = models.TextField(max_length=2000, blank=True, help_text="of who submitted it")
    reason = models.TextField(max_length=2000, blank=True, help_text="why it was rejected")
    answer_by = models.DateTimeField(null=True, blank=True, editable=False)
    reminded = models.BooleanField(default=False, editable=False)
    # The due date that was warned of, and the one that was told as missed: a moved one is new.
    warned_for = models.DateField(null=True, blank=True, editable=False)
    late_for = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="milestone_position_once"),
            models.CheckConstraint(
                name="milestone_amount_not_negative", condition=models.Q(amount_minor__gte=0)
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="milestone_due",
                condition=models.Q(due_on__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.order_id}"

    @property
    def amount(self) -> Money:
        """What its approval releases."""
        return Money(self.amount_minor, self.order.currency)

    @property
    def gross(self) -> Money:
        """The same with its VAT: that on its payment, which adds to that on the steps before it.

        The last two steps are one payment, whose VAT goes with each as it is released. One query
        for an order with VAT, none when its milestones are prefetched.
        """
        if self.order.vat_bps == 0:
            return self.amount
        rows = list(self.order.milestones.all())
        mine = [row for row in rows if row == self or {row.kind, self.kind} == PAID_AT_ONCE]
        together = sum(row.amount_minor for row in mine)
        if together == 0:
            return self.amount
        before = sum(row.amount_minor for row in rows if row.position < mine[0].position)
        later = sum(row.amount_minor for row in mine if row.position > self.position)
        [tax] = taxes_of(before, [together], self.order.vat_bps)
        here = share_of_tax(tax, together, later + self.amount_minor)
        stays = share_of_tax(tax, together, later)
        return self.amount + Money(here - stays, self.order.currency)


# The goods leave once everything is held, so these two are one payment.
PAID_AT_ONCE = {Milestone.Kind.SHIPMENT, Milestone.Kind.ACCEPTANCE}


class MilestoneEvidence(models.Model):
    """A file that shows how far a milestone is: only added, never changed. The file says who added
    it."""

    class Kind(models.TextChoices):
        PHOTO = "photo", "Photo"
        REPORT = "report", "Report"
        CERTIFICATE = "certificate", "Certificate"
        OTHER = "other", "Other"

    public_id = PublicIdField(prefix="mev")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.milestone_id}"
