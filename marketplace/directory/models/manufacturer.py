"""A manufacturer as the directory shows it."""

from datetime import date

from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from marketplace.directory.models.taxonomy import Certification, Material, Process
from marketplace.directory.states import CertificateState, ManufacturerState
from marketplace.files.models import StoredFile


class Manufacturer(Stateful):
    public_id = PublicIdField(prefix="mfr")
    organization = models.OneToOneField(
        Organization, on_delete=models.PROTECT, related_name="manufacturer"
    )
    slug = models.SlugField(max_length=140, unique=True)
    state = models.CharField(
        max_length=12, choices=ManufacturerState, default=ManufacturerState.DRAFT, editable=False
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
    founded_year = models.PositiveSmallIntegerField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What staff asked or gave as a reason last, and what the manufacturer answered.
    staff_word = models.TextField(max_length=1000, blank=True, editable=False)
    answer = models.TextField(max_length=2000, blank=True, editable=False)
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


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def valid_on(self, day: date) -> "CertificateQuerySet":
        """Those that count: checked by staff and not past their last day."""
        return self.filter(state=CertificateState.CHECKED, expires_on__gte=day)


class Certificate(Stateful):
    """A certification a manufacturer holds, until the day it expires."""

    public_id = PublicIdField(prefix="crt")
    manufacturer = models.ForeignKey(
        Manufacturer, on_delete=models.CASCADE, related_name="certificates"
    )
    certification = models.ForeignKey(Certification, on_delete=models.PROTECT)
    state = models.CharField(
        max_length=10, choices=CertificateState, default=CertificateState.WAITING, editable=False
    )
    number = models.CharField(max_length=80)
    body = models.CharField(max_length=120, help_text="who issued it")
    scope = models.CharField(max_length=200, blank=True)
    facility = models.CharField(max_length=160, blank=True, help_text="the site it covers")
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(help_text="last day it is valid")
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The successor stands beside its predecessor until staff checked it.
    replaces = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="successors"
    )
    refusal = models.CharField(max_length=400, blank=True, editable=False)
    # The shortest notice (days before expiry) that was given so far.
    reminded_days = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["certification__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "certification", "number", "expires_on"],
                condition=models.Q(state__in=["waiting", "checked"]),
                name="certificate_once_alive",
            ),
            models.CheckConstraint(
                name="certificate_ends_after_issue",
                condition=models.Q(issued_on__isnull=True)
                | models.Q(expires_on__gte=models.F("issued_on")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_on"],
                name="certificate_expiring",
                condition=models.Q(state__in=["waiting", "checked"]),
            ),
            models.Index(
                fields=["created_at"],
                name="certificate_to_check",
                condition=models.Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certification} {self.number}"

    @property
    def ends_soon(self) -> bool:
        """Whether it counts now and its owner is being reminded."""
        return self.state == CertificateState.CHECKED and self.reminded_days is not None


class Application(Manufacturer):
    """A manufacturer as staff meet it while it waits for verification."""

    class Meta:
        proxy = True
        ordering = ["applied_at", "pk"]
        verbose_name = "application"
        verbose_name_plural = "applications waiting for verification"
