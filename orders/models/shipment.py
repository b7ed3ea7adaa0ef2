"""What leaves the manufacturer: a shipment, its pieces by line and lot, its packages."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from orders.carriers import tracking_page
from orders.models.order import Order, OrderLine


class Shipment(models.Model):
    """Handed to a carrier. `status` is what the carrier said last; a shipment has arrived when
    `delivered_at` is set, whoever said so.

    Pieces of the order travel to the buyer. What is made or reworked for a `problem` travels
    there too, and what goes back for one travels to the manufacturer: those pieces were ordered
    and shipped once already, so they are counted apart.
    """

    class Purpose(models.TextChoices):
        ORDER = "order", "Ordered pieces"
        REPLACEMENT = "replacement", "Replacement or rework"
        RETURN = "return", "Return to the manufacturer"

    class Carrier(models.TextChoices):
        DHL = "dhl", "DHL"
        DHL_EXPRESS = "dhl_express", "DHL Express"
        UPS = "ups", "UPS"
        FEDEX = "fedex", "FedEx"
        TNT = "tnt", "TNT"
        DPD = "dpd", "DPD"
        GLS = "gls", "GLS"
        HERMES = "hermes", "Hermes"
        USPS = "usps", "USPS"
        ROYAL_MAIL = "royal_mail", "Royal Mail"
        LA_POSTE = "la_poste", "La Poste"
        SCHENKER = "schenker", "DB Schenker"
        KUEHNE_NAGEL = "kuehne_nagel", "Kuehne+Nagel"
        DSV = "dsv", "DSV"
        OTHER = "other", "Other carrier"

    class Status(models.TextChoices):
        HANDED_OVER = "handed_over", "Handed over"
        IN_TRANSIT = "in_transit", "On its way"
        OUT_FOR_DELIVERY = "out_for_delivery", "Out for delivery"
        DELAYED = "delayed", "Delayed"
        LOST = "lost", "Lost"
        RETURNED = "returned", "Returned to the manufacturer"
        DELIVERED = "delivered", "Delivered"

    class Source(models.TextChoices):
        BUYER = "buyer", "confirmed by the buyer"
        CARRIER = "carrier", "reported by the carrier"
        MANUFACTURER = "maker", "confirmed by the manufacturer"
        STAFF = "staff", "confirmed by the platform"

    public_id = PublicIdField(prefix="shp")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.ORDER)
    problem = models.ForeignKey(
        "orders.Nonconformance", on_delete=models.PROTECT, null=True, related_name="shipments"
    )
    number = models.PositiveSmallIntegerField(help_text="1, 2, 3 of its order")
    carrier = models.CharField(max_length=16, choices=Carrier)
    carrier_name = models.CharField(max_length=80, blank=True, help_text="of another carrier")
    tracking_number = models.CharField(max_length=60)
    tracking_link = models.CharField(max_length=300, blank=True, help_text="of another carrier")
    note = models.CharField(max_length=400, blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.HANDED_OVER)
    status_note = models.CharField(max_length=200, blank=True)
    status_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)
    delivery_source = models.CharField(max_length=8, choices=Source, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "carrier", "tracking_number"], name="shipment_once"
            ),
            models.UniqueConstraint(fields=["order", "number"], name="shipment_number_once"),
            models.CheckConstraint(
                name="shipment_for_a_problem",
                condition=models.Q(purpose="order", problem=None)
                | models.Q(purpose__in=["replacement", "return"], problem__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["tracking_number"], name="shipment_by_tracking")]

    def __str__(self) -> str:
        return f"{self.carrier_label} {self.tracking_number}"

    @property
    def carrier_label(self) -> str:
        """The carrier as people call it, by its own name where it is another one."""
        return self.carrier_name or self.get_carrier_display()

    @property
    def is_shops_word(self) -> bool:
        """Whether its sender, and nobody else, says that it reached the buyer. Older rows name the
        carrier; shops reported those too."""
        told = self.delivery_source in (self.Source.MANUFACTURER, self.Source.CARRIER)
        return told and self.purpose != self.Purpose.RETURN

    @property
    def arrival_source(self) -> str:
        """Who says that it arrived, in words; "" before."""
        if self.is_shops_word:
            return "reported by the manufacturer from a carrier's table"
        if self.delivery_source == self.Source.STAFF:
            return "reported by the platform from a carrier's table"
        return str(self.get_delivery_source_display())

    @property
    def tracking_url(self) -> str:
        """The carrier's public tracking page; "" where there is none to link to."""
        return self.tracking_link or tracking_page(self.carrier, self.tracking_number)


class ShipmentLine(models.Model):
    """How many pieces of one line travel in a shipment, by lot."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipped")
    lot = models.CharField(max_length=40, blank=True)
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["line__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line", "lot"], name="shipment_line_once"),
            models.CheckConstraint(
                name="shipment_line_positive", condition=models.Q(quantity__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"


class Package(models.Model):
    """Packages of one kind: how many, what each weighs in kg and measures in mm."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="packages")
    count = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    weight_kg = models.DecimalField(max_digits=9, decimal_places=3)
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="package_positive",
                condition=models.Q(
                    count__gt=0, weight_kg__gt=0, length_mm__gt=0, width_mm__gt=0, height_mm__gt=0
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} x {self.weight_kg} kg, {self.size}"

    @property
    def size(self) -> str:
        """Length, width and height as people write it."""
        return f"{self.length_mm} × {self.width_mm} × {self.height_mm} mm"
