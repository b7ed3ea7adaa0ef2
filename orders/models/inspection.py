"""Inspections of lots, certificates that come with the parts, and those the buyer gives up."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.files.models import StoredFile
from orders.models.order import Order, OrderLine


class Inspection(models.Model):
    """What was looked at and found. It never changes; a lot inspected again is another row, and
    the newest of a line and lot counts."""

    class Plan(models.TextChoices):
        SAMPLING = "sampling", "Sampling, ISO 2859-1 level II"
        FULL = "full", "100 % inspection"

    public_id = PublicIdField(prefix="ins")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="inspections")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="inspections")
    lot = models.CharField(max_length=40, blank=True)
    lot_size = models.PositiveIntegerField()
    plan = models.CharField(max_length=8, choices=Plan)
    aql = models.CharField(max_length=4, blank=True)
    letter = models.CharField(max_length=1, blank=True)
    sample_size = models.PositiveIntegerField()
    accept = models.PositiveIntegerField(help_text="defects that still pass")
    defects = models.PositiveIntegerField()
    inspector = models.CharField(max_length=120)
    inspected_on = models.DateField()
    note = models.TextField(max_length=2000, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="inspection_figures",
                condition=models.Q(
                    lot_size__gt=0,
                    sample_size__gt=0,
                    sample_size__lte=models.F("lot_size"),
                    defects__lte=models.F("sample_size"),
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sample_size} of {self.lot_size}, {self.defects} defects"

    @property
    def passed(self) -> bool:
        """Computed: no more defects than the plan accepts."""
        return self.defects <= self.accept

    @property
    def result_label(self) -> str:
        """The result in words."""
        return "Passed" if self.passed else "Failed"

    @property
    def plan_label(self) -> str:
        """The plan in words."""
        if self.plan == self.Plan.FULL:
            return "100 % inspection"
        letter = f", letter {self.letter}" if self.letter else ""
        return f"ISO 2859-1 II, AQL {self.aql}{letter}"


class OrderCertificate(models.Model):
    """A paper of the taxonomy (`code`) for some pieces of a line, as the shop uploaded it."""

    public_id = PublicIdField(prefix="ocr")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="certificates")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="certificates")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=140)
    number = models.CharField(max_length=60, blank=True)
    quantity = models.PositiveIntegerField()
    lot = models.CharField(max_length=40, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="certificate_positive", condition=models.Q(quantity__gt=0))
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}".strip()


class Waiver(models.Model):
    """The buyer does without a paper it asked for."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="waivers")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="waivers")
    code = models.CharField(max_length=40)
    person = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["line", "code"], name="waived_once")]

    def __str__(self) -> str:
        return f"{self.code} of line {self.line_id}"
