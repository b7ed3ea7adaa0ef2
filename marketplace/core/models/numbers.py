"""Numbers without gaps, one series a kind of paper."""

from django.db import models


class NumberSeries(models.Model):
    """The last number given out of one series."""

    name = models.CharField(max_length=40, unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "number series"

    def __str__(self) -> str:
        return f"{self.name} {self.last}"
