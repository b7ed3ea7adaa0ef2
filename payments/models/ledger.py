"""Our own books: who the money in our Stripe balance belongs to.

One entry debits one account and credits another by the same amount, so it cannot be unbalanced.
Entries are appended, never changed; the database itself refuses edits, deletions and overdrafts
(migration 0002), whoever tries.
"""

from django.db import models
from django.utils import timezone

from marketplace.core.money import CURRENCY_CHOICES, Money
from payments.models.request import PaymentRequest


class LedgerAccount(models.Model):
    """A place money is at. `debits` and `credits` are kept by the database, and only for
    accounts without overdraft: a sum over every entry of a busy account would make it hot."""

    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    no_overdraft = models.BooleanField(default=False)
    debits = models.BigIntegerField(default=0, editable=False)
    credits = models.BigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name", "currency"], name="ledger_account_once"),
            models.CheckConstraint(
                name="ledger_no_overdraft",
                condition=models.Q(no_overdraft=False) | models.Q(debits__lte=models.F("credits")),
            ),
            models.CheckConstraint(
                name="ledger_cache_not_negative",
                condition=models.Q(debits__gte=0, credits__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.currency}"


class LedgerEntry(models.Model):
    """Minor units moved from the credited account's owner to the debited one's."""

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=20)
    debit = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="debited")
    credit = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="credited")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    request = models.ForeignKey(
        PaymentRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    stripe_ref = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "ledger entries"
        constraints = [
            models.CheckConstraint(
                name="ledger_amount_positive", condition=models.Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="ledger_two_accounts", condition=~models.Q(debit=models.F("credit"))
            ),
        ]
        indexes = [
            models.Index(fields=["request", "id"], name="ledger_of_request"),
            models.Index(fields=["stripe_ref"], name="ledger_by_stripe_ref"),
        ]

    def __str__(self) -> str:
        return f"{self.note}: {self.amount}"

    @property
    def amount(self) -> Money:
        """What moved."""
        return Money(self.amount_minor, self.currency)
