"""What the platform keeps of a contract, by who makes what for whom."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from marketplace.core.money import CURRENCY_CHOICES
from marketplace.directory.models import Process


class CommissionRule(models.Model):
    """Holds for contracts made in its period that fit everything it names; empty fits all.

    Amounts in minor units of `currency`. Only the last day may change: a contract keeps the terms
    it was made under, and this row says which they were.
    """

    public_id = PublicIdField(prefix="com")
    name = models.CharField(max_length=80)
    manufacturer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    buyer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    process = models.ForeignKey(
        Process,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="fits when every line of the contract is made by it",
    )
    currency = models.CharField(
        max_length=3, choices=CURRENCY_CHOICES, blank=True, help_text="needed beside an amount"
    )
    from_minor = models.BigIntegerField(null=True, blank=True, help_text="totals of at least this")
    below_minor = models.BigIntegerField(null=True, blank=True, help_text="and below this")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="its last day")
    bps = models.PositiveSmallIntegerField(help_text="1 bps is 0.01 %")
    fixed_minor = models.BigIntegerField(default=0)
    minimum_minor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="commission_amounts",
                condition=Q(bps__lte=10_000, fixed_minor__gte=0, minimum_minor__gte=0),
            ),
            models.CheckConstraint(
                name="commission_amounts_have_a_currency",
                condition=~Q(currency="")
                | Q(
                    fixed_minor=0,
                    minimum_minor=0,
                    from_minor__isnull=True,
                    below_minor__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="commission_band",
                condition=Q(from_minor__isnull=True)
                | Q(below_minor__isnull=True)
                | Q(below_minor__gt=F("from_minor")),
            ),
            models.CheckConstraint(
                name="commission_period",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
