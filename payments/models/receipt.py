"""A receipt: numbered, frozen when the payment is held, written once."""

from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from marketplace.files.models import StoredFile
from payments.models.request import PaymentRequest


class Receipt(models.Model):
    """`content` is everything the paper says; the file the worker writes from it keeps its SHA-256
    and is never made again."""

    public_id = PublicIdField(prefix="rcp")
    request = models.OneToOneField(PaymentRequest, on_delete=models.PROTECT, related_name="receipt")
    number = models.CharField(max_length=40, unique=True)
    content = models.JSONField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def file_name(self) -> str:
        """What the file is called when it is downloaded."""
        return f"{self.number}.pdf"
