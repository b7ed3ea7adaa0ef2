"""Buying on account: who may, what is owed for it, and what came by bank transfer."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from marketplace.core.money import CURRENCY_CHOICES, Money
from marketplace.core.states import Stateful
from payments.models.request import PaymentRequest
from payments.states import CreditState, ReceivableState

# Days to pay an invoice; 60 is the most two businesses may agree on without more (directive
# 2011/7/EU, article 3).
NET_DAYS = (14, 30, 45, 60)
_CLEARED = F("lowered_minor") + F("received_minor") + F("written_off_minor")


class CreditAccount(Stateful):
    """A buyer that may buy on account, or asked to: what it said, and what staff allow."""

    public_id = PublicIdField(prefix="crd")
    organization = models.OneToOneField(
        Organization, on_delete=models.PROTECT, related_name="credit_account"
    )
    state = models.CharField(
        max_length=12, choices=CreditState, default=CreditState.APPLIED, editable=False
    )
    registration_number = models.CharField(max_length=60, help_text="of the company's register")
    monthly_minor = models.BigIntegerField(help_text="what it expects to buy in a month")
    monthly_currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    contact = models.CharField(max_length=120, help_text="who answers for invoices")
    email = models.EmailField(help_text="where invoices go")
    limit_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES, blank=True)
    net_days = models.PositiveSmallIntegerField(default=0)
    starts_production = models.BooleanField(
        default=False, help_text="the first payment of an order may be on account"
    )
    reason = models.CharField(max_length=300, blank=True, help_text="of the latest decision")
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="credit_amounts", condition=Q(limit_minor__gte=0, monthly_minor__gte=0)
            ),
            models.CheckConstraint(
                name="credit_approved_has_terms",
                condition=~Q(state__in=[CreditState.APPROVED, CreditState.SUSPENDED])
                | (Q(limit_minor__gt=0, net_days__in=NET_DAYS) & ~Q(currency="")),
            ),
        ]

    def __str__(self) -> str:
        return f"credit account of {self.organization}"

    @property
    def limit(self) -> Money:
        """How much may be owed and committed at any moment."""
        return Money(self.limit_minor, self.currency or self.monthly_currency)

    @property
    def monthly(self) -> Money:
        """What the buyer expects to buy in a month."""
        return Money(self.monthly_minor, self.monthly_currency)


class Receivable(Stateful):
    """What a buyer owes for one payment it made on account. Minor units; what is open is the
    amount less what was taken off, what arrived and what was written off."""

    public_id = PublicIdField(prefix="rcv")
    request = models.OneToOneField(
        PaymentRequest, on_delete=models.PROTECT, related_name="receivable"
    )
    account = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="receivables")
    number = models.CharField(max_length=40, unique=True)
    po_number = models.CharField(max_length=80, blank=True, help_text="the buyer's own number")
    state = models.CharField(
        max_length=12, choices=ReceivableState, default=ReceivableState.COMMITTED, editable=False
    )
    amount_minor = models.BigIntegerField()
    lowered_minor = models.BigIntegerField(default=0, editable=False)
    received_minor = models.BigIntegerField(default=0, editable=False)
    written_off_minor = models.BigIntegerField(default=0, editable=False)
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    net_days = models.PositiveSmallIntegerField()
    due_on = models.DateField(null=True, blank=True, help_text="empty until it is opened")
    # How far the reminders have come: see dunning.py.
    reminders = models.PositiveSmallIntegerField(default=0, editable=False)
    on_its_way_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="a debit the bank has not confirmed"
    )
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="receivable_amounts",
                condition=Q(amount_minor__gt=0, lowered_minor__gte=0, received_minor__gte=0)
                & Q(written_off_minor__gte=0, amount_minor__gte=_CLEARED),
            ),
            models.CheckConstraint(
                name="receivable_open_is_due",
                condition=~Q(state=ReceivableState.OPEN) | Q(due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="receivable_ended_owes_nothing",
                condition=Q(state__in=[ReceivableState.COMMITTED, ReceivableState.OPEN])
                | Q(amount_minor=_CLEARED),
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "due_on"],
                name="receivable_unpaid",
                condition=Q(state__in=[ReceivableState.COMMITTED, ReceivableState.OPEN]),
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def amount(self) -> Money:
        """What was put on account."""
        return Money(self.amount_minor, self.currency)

    @property
    def open_minor(self) -> int:
        """What is still owed, minor units."""
        cleared = self.lowered_minor + self.received_minor + self.written_off_minor
        return self.amount_minor - cleared

    @property
    def left(self) -> Money:
        """What is still owed."""
        return self.money(self.open_minor)

    @property
    def missing(self) -> Money:
        """What never came: what is still owed, or was written off."""
        return self.money(self.open_minor + self.written_off_minor)

    def money(self, minor: int) -> Money:
        """Minor units as money of its currency."""
        return Money(minor, self.currency)

    def days_overdue(self, today: date) -> int:
        """Days since the day it was due; 0 while it is not overdue."""
        if self.state != ReceivableState.OPEN or self.due_on is None:
            return 0
        return max(0, (today - self.due_on).days)


class BankReceipt(models.Model):
    """Money that came to our bank account for a receivable, as staff matched it; `reference` is
    the bank's, and counts once."""

    public_id = PublicIdField(prefix="brc")
    receivable = models.ForeignKey(Receivable, on_delete=models.PROTECT, related_name="receipts")
    reference = models.CharField(max_length=80, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    received_on = models.DateField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="bank_receipt_positive", condition=Q(amount_minor__gt=0))
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        """What came."""
        return Money(self.amount_minor, self.currency)
