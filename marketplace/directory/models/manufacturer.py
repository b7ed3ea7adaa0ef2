"""A manufacturer as the directory shows it."""

from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from marketplace.directory.models.taxonomy import Certification, Material, Process
from marketplace.directory.states import ManufacturerState


class Manufacturer(Stateful):
    public_id = PublicIdField(prefix="mfr")
    organization = models.OneToOneField(
        Organization, on_delete=models.PROTECT, related_name="manufacturer"
    )
    slug = models.SlugField(max_length=140, unique=True)
    state = models.CharField(
        max_length=12, choices=ManufacturerState, default=ManufacturerState.APPLIED, editable=False
    )
    headline = models.CharField(max_length=140)
    description = models.TextField(max_length=4000, blank=True)
    processes = models.ManyToManyField(Process, related_name="manufacturers")
    materials = models.ManyToManyField(Material, related_name="manufacturers")
    # Largest part the machines take, millimeters, sorted so that x >= y >= z.
    envelope_x_mm = models.PositiveIntegerField(default=500)
    envelope_y_mm = models.PositiveIntegerField(default=500)
    envelope_z_mm = models.PositiveIntegerField(default=500)
    lead_time_days = models.PositiveSmallIntegerField(
        default=15, help_text="typical working days to ship"
    )
    employees = models.PositiveIntegerField(null=True, blank=True)
    payouts_enabled = models.BooleanField(default=False, editable=False)
    rating_sum = models.PositiveIntegerField(default=0, editable=False)
    rating_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "-id"], name="manufacturer_listed")]

    def __str__(self) -> str:
        return self.organization.name

    @property
    def envelope_mm(self) -> list[int]:
        """Largest part, millimeters, longest edge first."""
        return sorted([self.envelope_x_mm, self.envelope_y_mm, self.envelope_z_mm], reverse=True)

    @property
    def rating(self) -> float | None:
        """Mean of published reviews, 1 to 5; None without any."""
        return self.rating_sum / self.rating_count if self.rating_count else None


class Certificate(models.Model):
    """A certification a manufacturer holds, until the day it expires."""

    manufacturer = models.ForeignKey(
        Manufacturer, on_delete=models.CASCADE, related_name="certificates"
    )
    certification = models.ForeignKey(Certification, on_delete=models.PROTECT)
    number = models.CharField(max_length=80)
    body = models.CharField(max_length=120, help_text="who issued it")
    scope = models.CharField(max_length=200, blank=True)
    expires_on = models.DateField()

    class Meta:
        ordering = ["certification__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "certification", "number"], name="certificate_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.certification} {self.number}"
