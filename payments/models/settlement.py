"""What staff settle by hand about money, and money that staff stopped."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.core.money import CURRENCY_CHOICES, Money
from marketplace.core.states import Stateful
from orders.models import Order
from payments.models.instruction import Instruction
from payments.models.request import PaymentRequest
from payments.states import ManualState


class ManualSettlement(Stateful):
    """One thing staff want done with an order's money. Above a limit a second person confirms it;
    `needs_second` is frozen when it is proposed."""

    class Kind(models.TextChoices):
        RELEASE = "release", "Release held money to the manufacturer"
        REFUND = "refund", "Give held money back to the buyer"
        RETURN = "return", "Give released money back to the buyer"
        HOLD = "hold", "Put a payment on hold"
        LET_GO = "let_go", "Let a payment go on"
        WRITE_OFF = "write_off", "Write a debt of the manufacturer off"
        PAID_OTHERWISE = "paid_otherwise", "A refund that did not go through was paid another way"
        GIVE_UP = "give_up", "Write off what the buyer owes on account"
        ACCEPT = "accept", "Take what came for a payment in review"
        SEND_BACK = "send_back", "Send a payment in review back; it can be paid again"

    public_id = PublicIdField(prefix="mst")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="manual_settlements")
    kind = models.CharField(max_length=16, choices=Kind)
    payment = models.ForeignKey(
        PaymentRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    refund = models.ForeignKey(
        Instruction, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount_minor = models.BigIntegerField(help_text="0 where the kind moves no money")
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    reason = models.TextField(help_text="whom it concerns reads it")
    reference = models.CharField(max_length=80, blank=True, help_text="of the bank, paid otherwise")
    state = models.CharField(
        max_length=12, choices=ManualState, default=ManualState.PROPOSED, editable=False
    )
    needs_second = models.BooleanField(default=False, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="manual_settlement_amount", condition=Q(amount_minor__gte=0)
            ),
            models.CheckConstraint(
                name="manual_settlement_decided",
                condition=Q(state=ManualState.PROPOSED) | Q(decided_at__isnull=False),
            ),
            # The proposer of what needs a second person is never that second person.
            models.CheckConstraint(
                name="manual_settlement_two_persons",
                condition=~Q(state=ManualState.CARRIED_OUT, needs_second=True)
                | Q(proposed_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(proposed_by=F("decided_by")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="manual_settlement_open",
                condition=Q(state=ManualState.PROPOSED),
            )
        ]

    def __str__(self) -> str:
        named = self.get_kind_display()
        return f"{named}, {self.amount}" if self.amount_minor else named

    @property
    def amount(self) -> Money:
        """What it moves."""
        return Money(self.amount_minor, self.currency)


class MoneyHold(models.Model):
    """Staff stopped a payment: nothing of it leaves and no decision about it is carried out until
    it is let go."""

    public_id = PublicIdField(prefix="hld")
    request = models.ForeignKey(PaymentRequest, on_delete=models.PROTECT, related_name="holds")
    reason = models.TextField()
    placed_at = models.DateTimeField(default=timezone.now, editable=False)
    lifted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(lifted_at__isnull=True),
                name="money_hold_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"hold of {self.request_id}"
