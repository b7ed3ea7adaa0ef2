"""What Stripe pays out of a manufacturer's account to its bank, as Stripe says."""

from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from payments.comparisons import amount_of


class BankPayout(models.Model):
    """One payout of a connected account. It is the manufacturer's money: our books do not move."""

    class Status(models.TextChoices):
        PENDING = "pending", "On its way"
        IN_TRANSIT = "in_transit", "On its way to the bank"
        PAID = "paid", "Paid by the bank"
        FAILED = "failed", "Refused by the bank"
        CANCELED = "canceled", "Canceled"

    public_id = PublicIdField(prefix="bpo")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="bank_payouts"
    )
    payout = models.CharField(max_length=80, unique=True)
    amount_minor = models.BigIntegerField()
    # Of whatever the account is paid out in, which may be a currency we do not trade in.
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12, choices=Status)
    failure = models.CharField(max_length=300, blank=True)
    arrives_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField()
    synced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["organization", "-made_at"], name="bank_payout_of_shop")]

    def __str__(self) -> str:
        return self.payout

    @property
    def amount(self) -> str:
        """For people."""
        return amount_of(self.amount_minor, self.currency)
