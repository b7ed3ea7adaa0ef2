"""A document of an order: numbered, frozen when it is issued, written once."""

from django.db import models
from django.utils import timezone

from accounts.roles import Side
from marketplace.core.ids import PublicIdField
from marketplace.files.models import StoredFile
from orders.models.order import Order


class OrderDocument(models.Model):
    """`content` is everything the paper says, frozen at the moment it was issued, so that the file
    can be written later by the worker and is the same however often it is written.

    `subject` is the public id of what it is about, "" for the order itself. `revision` counts the
    versions of one kind and subject; earlier ones stay. `audience` is the side it was written for,
    "" for both: an evidence pack holds what the side that asked may see, and is that side's alone.
    """

    class Kind(models.TextChoices):
        PURCHASE_ORDER = "purchase_order", "Purchase order"
        CONFIRMATION = "confirmation", "Order confirmation"
        DELIVERY_NOTE = "delivery_note", "Delivery note"
        PACKING_LIST = "packing_list", "Packing list"
        FIRST_ARTICLE = "first_article", "First article inspection report"
        CONFORMANCE = "conformance", "Certificate of conformance"
        EVIDENCE = "evidence", "Evidence pack"

    public_id = PublicIdField(prefix="doc")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=16, choices=Kind)
    subject = models.CharField(max_length=40, blank=True)
    revision = models.PositiveSmallIntegerField(default=1)
    audience = models.CharField(max_length=12, choices=Side, blank=True, default="")
    number = models.CharField(max_length=60)
    content = models.JSONField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind", "subject", "audience", "revision"],
                name="order_document_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def file_name(self) -> str:
        """What the file is called when it is downloaded."""
        stem = "".join(c if c.isalnum() or c in "-_." else "-" for c in self.number)
        ending = "zip" if self.kind == self.Kind.EVIDENCE else "pdf"
        return f"{stem}-{self.kind.replace('_', '-')}-{self.revision}.{ending}"
