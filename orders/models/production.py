"""Evidence of production, and shipments."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.files.models import StoredFile
from orders.models.order import Order, OrderLine


class ProductionReport(models.Model):
    public_id = PublicIdField(prefix="rep")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reports")
    note = models.TextField(max_length=2000)
    photo = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.note[:60]


class Shipment(models.Model):
    class Carrier(models.TextChoices):
        DHL = "dhl", "DHL"
        UPS = "ups", "UPS"
        FEDEX = "fedex", "FedEx"
        DPD = "dpd", "DPD"
        GLS = "gls", "GLS"
        OTHER = "other", "Other carrier"

    public_id = PublicIdField(prefix="shp")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    carrier = models.CharField(max_length=10, choices=Carrier)
    tracking_number = models.CharField(max_length=60)
    note = models.CharField(max_length=400, blank=True)
    shipped_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "carrier", "tracking_number"], name="shipment_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_carrier_display()} {self.tracking_number}"

    @property
    def tracking_url(self) -> str:
        """The carrier's public tracking page; "" where there is none to link to."""
        pages = {
            "dhl": "https://www.dhl.com/global-en/home/tracking.html?tracking-id=",
            "ups": "https://www.ups.com/track?tracknum=",
            "fedex": "https://www.fedex.com/fedextrack/?trknbr=",
            "dpd": "https://tracking.dpd.de/parcelstatus?query=",
            "gls": "https://gls-group.com/track/",
        }
        page = pages.get(self.carrier, "")
        return page + self.tracking_number if page else ""


class ShipmentLine(models.Model):
    """How many pieces of one line travel in a shipment."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipped")
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["line__position"]
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once"),
            models.CheckConstraint(
                name="shipment_line_positive", condition=models.Q(quantity__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"
