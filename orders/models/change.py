"""A change of the contract: proposed by one side, accepted by the other, both versions kept."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.roles import Side
from marketplace.core.ids import PublicIdField
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from orders.change_states import ALIVE, ChangeState
from orders.change_terms import Difference, OrderTerms, differences, terms_from
from orders.models.order import Order
from orders.vat import gross_part


class ChangeOrder(Stateful):
    """`before` and `after` are the terms as JSON (`change_terms.plain`); the database refuses to
    change them. Amounts are minor units of the order's currency."""

    public_id = PublicIdField(prefix="chg")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="changes")
    number = models.PositiveSmallIntegerField(help_text="1, 2, 3 of its order")
    state = models.CharField(
        max_length=20, choices=ChangeState, default=ChangeState.OPEN, editable=False
    )
    proposed_by = models.CharField(max_length=12, choices=Side)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(max_length=2000)
    before = models.JSONField()
    after = models.JSONField()
    total_before_minor = models.BigIntegerField()
    total_after_minor = models.BigIntegerField()
    # Of the other side; of one that lapsed, why.
    answer = models.TextField(max_length=2000, blank=True, editable=False)
    answer_by = models.DateTimeField()
    # Who said yes for the side that did not propose.
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    # When the other side learned of it; a proposal that waits for the buyer's approval is not
    # shown to the manufacturer.
    shown_at = models.DateTimeField(null=True, editable=False)
    pay_by = models.DateTimeField(null=True, editable=False, help_text="of the supplement")
    edition = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="of the order, which it brought about"
    )
    # What the buyer's rules asked when it was proposed or accepted; 0: nobody else decides.
    approvals_needed = models.PositiveSmallIntegerField(default=0, editable=False)
    approval_reason = models.CharField(max_length=400, blank=True, editable=False)
    approvers = models.JSONField(
        default=list, editable=False, help_text="public ids; empty: anyone whose role may approve"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="change_number_once"),
            models.UniqueConstraint(fields=["order", "edition"], name="change_edition_once"),
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(
                    state__in=[str(state) for state in ALIVE], shown_at__isnull=False
                ),
                name="change_one_alive",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(state="awaiting_approval", shown_at__isnull=True),
                name="change_one_hidden",
            ),
            models.CheckConstraint(
                name="change_in_force_has_edition",
                condition=models.Q(state__in=["open", "accepted", "in_force"], edition__gte=2)
                | (~models.Q(state="in_force") & models.Q(edition__isnull=True)),
            ),
            models.CheckConstraint(
                name="change_totals_positive",
                condition=models.Q(total_before_minor__gt=0, total_after_minor__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"C{self.number} of {self.order_id}"

    @property
    def reference(self) -> str:
        """As people call it: the order's reference and C1, C2, ..."""
        return f"{self.order.reference}-C{self.number}"

    @property
    def difference_minor(self) -> int:
        """What the buyer pays more, below zero what comes back."""
        return self.total_after_minor - self.total_before_minor

    @property
    def difference(self) -> Money:
        """The same without a sign."""
        return Money(abs(self.difference_minor), self.order.currency)

    @property
    def difference_gross(self) -> Money:
        """The same with its VAT: what is really paid, or comes back."""
        order = self.order
        minor = gross_part(self.total_after_minor, self.difference_minor, order.vat_bps)
        return Money(abs(minor), order.currency)

    @property
    def old_terms(self) -> OrderTerms:
        """What was agreed when it was proposed."""
        return terms_from(self.before)

    @property
    def new_terms(self) -> OrderTerms:
        """What is agreed when it is in force."""
        return terms_from(self.after)

    @property
    def differences(self) -> list[Difference]:
        """Everything that becomes other, in words."""
        return differences(self.old_terms, self.new_terms, self.order.currency)

    @property
    def buyers_person_id(self) -> int | None:
        """Who proposed or accepted it for the buyer, and so does not approve it."""
        return self.person_id if self.proposed_by == Side.BUYER else self.accepted_by_id


class ChangeApproval(models.Model):
    """One approval by the buyer's side."""

    change = models.ForeignKey(ChangeOrder, on_delete=models.PROTECT, related_name="approvals")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["change", "person"], name="change_approved_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.change_id}"
