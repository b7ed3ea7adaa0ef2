"""Money that must leave: decided in the database first, then done at Stripe."""

from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from marketplace.core.money import CURRENCY_CHOICES, Money
from marketplace.core.states import Stateful
from payments.models.request import PaymentRequest
from payments.states import InstructionState


class Instruction(Stateful):
    """One transfer, refund or reversal of a transfer, done exactly once.

    `key` says in business words what it is for, so the same decision cannot be written twice.
    The idempotency key at Stripe is `key` and `generation`; the generation moves only after a
    definite no, or after a look proved that nothing happened.
    """

    class Kind(models.TextChoices):
        TRANSFER = "transfer", "Transfer to the manufacturer"
        REFUND = "refund", "Refund to the buyer"
        REVERSAL = "reversal", "Taken back from the manufacturer"

    public_id = PublicIdField(prefix="ins")
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    request = models.ForeignKey(
        PaymentRequest, on_delete=models.PROTECT, related_name="instructions"
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="who receives it, of a reversal who had it",
    )
    amount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(
        default=0, help_text="VAT in the amount of a refund of what was asked for"
    )
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    charge = models.CharField(max_length=80, help_text="the charge the money comes from")
    transfer = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversals",
        editable=False,
        help_text="what a reversal takes back",
    )
    state = models.CharField(
        max_length=12, choices=InstructionState, default=InstructionState.PENDING, editable=False
    )
    generation = models.PositiveSmallIntegerField(default=0, editable=False)
    look_first = models.BooleanField(default=False, editable=False)
    key_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    stripe_ref = models.CharField(max_length=80, blank=True, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="instruction_amount_positive", condition=models.Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="instruction_tax_within",
                condition=models.Q(tax_minor__gte=0, tax_minor__lte=models.F("amount_minor")),
            ),
            models.CheckConstraint(
                name="instruction_done_has_ref",
                condition=~models.Q(state=InstructionState.DONE) | ~models.Q(stripe_ref=""),
            ),
            models.UniqueConstraint(
                fields=["stripe_ref"],
                condition=~models.Q(stripe_ref=""),
                name="instruction_ref_once",
            ),
            models.CheckConstraint(
                name="instruction_reversal_has_transfer",
                condition=models.Q(kind="reversal", transfer__isnull=False)
                | (~models.Q(kind="reversal") & models.Q(transfer__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="instruction_to_do",
                condition=models.Q(state=InstructionState.PENDING),
            )
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def amount(self) -> Money:
        """What leaves."""
        return Money(self.amount_minor, self.currency)

    @property
    def idempotency_key(self) -> str:
        """The key of this generation at Stripe."""
        return f"{self.key}:{self.generation}"
