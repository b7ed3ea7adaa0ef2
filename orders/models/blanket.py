"""Quantity and price agreed for a period, called off in batches."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField, ReferenceField
from marketplace.core.money import CURRENCY_CHOICES
from marketplace.core.states import Stateful
from orders.blanket_states import BlanketState
from orders.models.order import Order, OrderLine


class BlanketOrder(Stateful):
    """Made from an order of both parties, whose lines, prices and terms each call-off has."""

    public_id = PublicIdField(prefix="blk")
    reference = ReferenceField(prefix="BLK")
    source = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="blanket_orders")
    buyer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    manufacturer = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=BlanketState, default=BlanketState.PROPOSED, editable=False
    )
    title = models.CharField(max_length=140)
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    ship_to = models.TextField(max_length=500)
    notes = models.TextField(max_length=2000, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="last day of a call-off")
    lead_time_days = models.PositiveSmallIntegerField(help_text="of each call-off, from payment")
    reason = models.CharField(
        max_length=400, blank=True, editable=False, help_text="why it was declined or cancelled"
    )
    # Each reminder is given once.
    told_nearly_used = models.BooleanField(default=False, editable=False)
    told_ending = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="blanket_period", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="blanket_two_parties", condition=~Q(buyer=F("manufacturer"))
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-id"], name="blanket_of_buyer"),
            models.Index(fields=["manufacturer", "-id"], name="blanket_of_manufacturer"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def parties(self) -> list[Organization]:
        """Who sees what happens to it."""
        return [self.buyer, self.manufacturer]


class BlanketLine(models.Model):
    """One line of the source at its unit price. `called` is never above `quantity`."""

    public_id = PublicIdField(prefix="bli")
    blanket = models.ForeignKey(BlanketOrder, on_delete=models.PROTECT, related_name="lines")
    source = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    quantity = models.PositiveIntegerField(help_text="pieces agreed for the whole period")
    least = models.PositiveIntegerField(help_text="fewest pieces of a call-off")
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    called = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["blanket", "position"], name="blanket_line_once"),
            models.CheckConstraint(
                name="blanket_line_not_overdrawn", condition=Q(called__lte=F("quantity"))
            ),
            models.CheckConstraint(
                name="blanket_line_positive",
                condition=Q(least__gt=0, quantity__gte=F("least"), unit_price__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.source_id}"

    @property
    def left(self) -> int:
        """Pieces not called off yet."""
        return self.quantity - self.called


class CallOff(models.Model):
    """One batch: an order like any other. It counts until its order is cancelled."""

    blanket = models.ForeignKey(BlanketOrder, on_delete=models.PROTECT, related_name="call_offs")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="call_off")
    counts = models.BooleanField(default=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.order_id} of {self.blanket_id}"


class CallOffLine(models.Model):
    call_off = models.ForeignKey(CallOff, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(BlanketLine, on_delete=models.PROTECT, related_name="call_off_lines")
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["line__position"]
        constraints = [
            models.UniqueConstraint(fields=["call_off", "line"], name="call_off_line_once"),
            models.CheckConstraint(name="call_off_line_positive", condition=Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_id}"
