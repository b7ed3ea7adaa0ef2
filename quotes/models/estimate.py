"""What real quotes say about our estimates."""

from django.db import models
from django.utils import timezone

from marketplace.directory.models import Process


class EstimateCalibration(models.Model):
    """How far the estimates of one process are from the quotes given, as last measured.

    `factor` is None while there are too few quotes or shops to apply one.
    """

    process = models.OneToOneField(Process, on_delete=models.CASCADE, related_name="+")
    prices = models.PositiveIntegerField()
    shops = models.PositiveIntegerField()
    median_ratio = models.FloatField(help_text="quoted / middle of the estimate")
    median_error = models.FloatField(help_text="|estimate - quoted| / quoted")
    inside = models.FloatField(help_text="share of the prices inside the range, 0 to 1")
    factor = models.FloatField(null=True)
    measured_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["process__position"]

    def __str__(self) -> str:
        return f"estimates of {self.process_id}"
