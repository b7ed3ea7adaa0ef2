"""What a buyer is asked to pay, and each try to pay it."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.core.money import CURRENCY_CHOICES, Money
from marketplace.core.states import Stateful
from orders.models import Order
from payments.states import AttemptState, PaymentState, ReceivableState

PAID_STATES = (
    PaymentState.FUNDED,
    PaymentState.RELEASED,
    PaymentState.REFUNDED,
    PaymentState.DISPUTED,
    PaymentState.LOST,
)


class PaymentRequest(Stateful):
    """One instalment of an order. Amounts are minor units; the commission is frozen here."""

    class Kind(models.TextChoices):
        FULL = "full", "Whole order"
        DEPOSIT = "deposit", "Deposit"
        MILESTONE = "milestone", "Milestone"
        BALANCE = "balance", "Balance"
        SUPPLEMENT = "supplement", "Supplement"

    class Stage(models.TextChoices):
        """What an instalment pays, named by the milestone that releases it."""

        WHOLE = "", "Whole order"
        DEPOSIT = "deposit", "Deposit"
        TOOLING = "tooling", "Tooling"
        FIRST_ARTICLE = "first_article", "First article"
        BALANCE = "balance", "Balance"

    class When(models.TextChoices):
        """What has to happen before an instalment falls due."""

        ORDER = "order", "with the order"
        CONFIRMED = "confirmed", "when the manufacturer confirms the order"
        TOOLING = "tooling", "when the tool is approved"
        FIRST_ARTICLE = "first_article", "when the first article is approved"
        FINISHED = "finished", "when production is finished, before the goods leave"

    public_id = PublicIdField(prefix="pay")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    seq = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.FULL)
    subject = models.CharField(
        max_length=40, blank=True, help_text="public id of the change order a supplement pays"
    )
    state = models.CharField(
        max_length=12, choices=PaymentState, default=PaymentState.DUE, editable=False
    )
    amount_minor = models.BigIntegerField()
    # VAT on top of the amount, which is net like everything of the contract.
    tax_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    commission_bps = models.PositiveSmallIntegerField(help_text="1 bps is 0.01 %")
    commission_minor = models.BigIntegerField()
    stage = models.CharField(max_length=16, choices=Stage, blank=True, default=Stage.WHOLE)
    due_when = models.CharField(max_length=16, choices=When, default=When.ORDER)
    due_at = models.DateTimeField(null=True, blank=True, help_text="empty until it falls due")
    # How often the buyer was reminded: before the day, after it, long after it.
    reminders = models.PositiveSmallIntegerField(default=0, editable=False)
    # Ids of Stripe are plain text: the mirror may lag behind or be rebuilt.
    payment_intent = models.CharField(max_length=80, blank=True, editable=False)
    charge = models.CharField(max_length=80, blank=True, editable=False)
    # How it is paid or on its way, by Stripe's name, and where a bank transfer is explained.
    way = models.CharField(max_length=20, blank=True, editable=False)
    transfer_page = models.URLField(max_length=500, blank=True, editable=False)
    give_up_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    paid_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_failure = models.CharField(
        max_length=80, blank=True, editable=False, help_text="charge of the latest refused card"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "seq"], name="payment_seq_once"),
            models.UniqueConstraint(
                fields=["subject"],
                condition=~models.Q(subject=""),
                name="payment_subject_once",
            ),
            models.UniqueConstraint(
                fields=["charge"], condition=~models.Q(charge=""), name="payment_charge_once"
            ),
            models.CheckConstraint(
                name="payment_amounts",
                condition=models.Q(
                    amount_minor__gt=0,
                    tax_minor__gte=0,
                    commission_minor__gte=0,
                    commission_minor__lte=models.F("amount_minor"),
                    commission_bps__lte=10_000,
                ),
            ),
            models.CheckConstraint(
                name="payment_funded_has_charge",
                condition=~models.Q(state__in=[str(state) for state in PAID_STATES])
                | (~models.Q(charge="") & models.Q(paid_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["payment_intent"], name="payment_by_intent"),
            models.Index(
                fields=["due_at"],
                name="payment_due",
                condition=models.Q(state=PaymentState.DUE, due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}, {self.public_id}"

    @property
    def amount(self) -> Money:
        """What it pays of the contract, net of VAT."""
        return Money(self.amount_minor, self.currency)

    @property
    def tax(self) -> Money:
        """The VAT on top."""
        return Money(self.tax_minor, self.currency)

    @property
    def gross_minor(self) -> int:
        """What the buyer pays, minor units."""
        return self.amount_minor + self.tax_minor

    @property
    def gross(self) -> Money:
        """What the buyer pays."""
        return Money(self.gross_minor, self.currency)

    @property
    def label(self) -> str:
        """What it pays, for people: the stage of an instalment, else its kind."""
        return self.get_stage_display() if self.stage else self.get_kind_display()

    @property
    def is_asked(self) -> bool:
        """It is to be paid and has fallen due."""
        return self.state == PaymentState.DUE and self.due_at is not None

    @property
    def is_covered(self) -> bool:
        """The buyer never paid it and the platform did in its place. Costs a query where the
        receivable is not selected along."""
        owed = getattr(self, "receivable", None)
        return owed is not None and owed.state == ReceivableState.WRITTEN_OFF

    @property
    def commission(self) -> Money:
        """The platform's fee."""
        return Money(self.commission_minor, self.currency)

    @property
    def payout(self) -> Money:
        """What the manufacturer receives, with the VAT it owes to its state."""
        return self.gross - self.commission


class PaymentAttempt(Stateful):
    """One hosted payment page. At most one of a request can be paid at a time."""

    public_id = PublicIdField(prefix="att")
    request = models.ForeignKey(PaymentRequest, on_delete=models.PROTECT, related_name="attempts")
    state = models.CharField(
        max_length=12, choices=AttemptState, default=AttemptState.PREPARING, editable=False
    )
    email = models.EmailField(blank=True, help_text="who clicked; the page is filled in with it")
    session = models.CharField(max_length=120, blank=True, editable=False)
    url = models.TextField(blank=True, editable=False)
    expires_at = models.DateTimeField()
    generation = models.PositiveSmallIntegerField(default=0, editable=False)
    look_first = models.BooleanField(default=False, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    polled_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(state__in=[AttemptState.PREPARING, AttemptState.OPEN]),
                name="attempt_one_open",
            ),
            models.UniqueConstraint(
                fields=["session"], condition=~models.Q(session=""), name="attempt_session_once"
            ),
            models.CheckConstraint(
                name="attempt_open_has_session",
                condition=~models.Q(state=AttemptState.OPEN)
                | (~models.Q(session="") & ~models.Q(url="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="attempt_to_open",
                condition=models.Q(state=AttemptState.PREPARING),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.public_id}"
