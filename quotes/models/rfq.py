"""A request for quotation: lines, quantities, who is asked."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField, ReferenceField
from marketplace.core.money import CURRENCY_CHOICES
from marketplace.core.states import Stateful
from marketplace.directory.models import (
    Certification,
    Finish,
    InspectionLevel,
    Manufacturer,
    Material,
    Process,
    QualityDocument,
)
from marketplace.parts.models import PartRevision
from quotes.states import InvitationState, RFQState


class RFQ(Stateful):
    """What holds for the whole request. `edition` rises with every saved draft, so that of two
    people who edit at once the second is told; `revision` rises with a published change only."""

    class Visibility(models.TextChoices):
        INVITED = "invited", "Only manufacturers I invite"
        OPEN = "open", "Every verified manufacturer that matches"

    class Precedence(models.TextChoices):
        DRAWING = "drawing", "The drawing wins over the model"
        MODEL = "model", "The model wins over the drawing"

    public_id = PublicIdField(prefix="rfq")
    reference = ReferenceField(prefix="RFQ")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="rfqs")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    state = models.CharField(
        max_length=20, choices=RFQState, default=RFQState.DRAFT, editable=False
    )
    revision = models.PositiveSmallIntegerField(default=1, editable=False)
    edition = models.PositiveIntegerField(default=1, editable=False)
    title = models.CharField(max_length=140)
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    currencies = models.JSONField(
        default=list, blank=True, help_text="others a quote may be in; empty means only `currency`"
    )
    ship_to = models.TextField(max_length=500, blank=True)
    need_by = models.DateField(null=True, blank=True)
    deadline = models.DateTimeField(null=True, blank=True)
    notes = models.TextField(max_length=4000, blank=True)
    precedence = models.CharField(
        max_length=8,
        choices=Precedence,
        default=Precedence.DRAWING,
        help_text="which counts when model and drawing disagree",
    )
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.INVITED)
    is_sealed = models.BooleanField(
        default=False, help_text="nobody reads a quote before the deadline"
    )
    unsealed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="when quotes were opened early"
    )
    is_export_controlled = models.BooleanField(default=False)
    countries = models.JSONField(
        default=list, blank=True, help_text="where the parts may be made; empty means anywhere"
    )
    certifications = models.ManyToManyField(Certification, related_name="+", blank=True)
    nda = models.ForeignKey(
        "NDA", on_delete=models.PROTECT, null=True, blank=True, related_name="rfqs"
    )
    reissued_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="reissues"
    )
    external_id = models.CharField(max_length=80, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "RFQ"
        constraints = [
            models.CheckConstraint(
                name="rfq_open_has_deadline",
                condition=models.Q(state__in=["draft", "cancelled"])
                | models.Q(deadline__isnull=False, published_at__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="rfq_of_buyer"),
            models.Index(fields=["organization", "external_id"], name="rfq_by_external_id"),
            models.Index(fields=["deadline"], name="rfq_closing", condition=models.Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def allowed_currencies(self) -> list[str]:
        """What a quote may be in, the request's own first."""
        return [self.currency, *(code for code in self.currencies if code != self.currency)]

    @property
    def takes_quotes(self) -> bool:
        """Open, and the deadline has not passed (the timer may be a minute late)."""
        return (
            self.state == RFQState.OPEN
            and self.deadline is not None
            and self.deadline > timezone.now()
        )

    @property
    def is_sealed_now(self) -> bool:
        """Quotes are read by nobody yet: neither the deadline nor an early opening has come."""
        return (
            self.is_sealed
            and self.unsealed_at is None
            and self.deadline is not None
            and self.deadline > timezone.now()
        )


class RFQLine(models.Model):
    """One part revision and how it is to be made, at one to five quantities."""

    class Tolerance(models.TextChoices):
        FINE = "f", "ISO 2768-1 f (fine)"
        MEDIUM = "m", "ISO 2768-1 m (medium)"
        COARSE = "c", "ISO 2768-1 c (coarse)"
        VERY_COARSE = "v", "ISO 2768-1 v (very coarse)"
        DRAWING = "drawing", "As on the drawing"

    public_id = PublicIdField(prefix="rfl")
    rfq = models.ForeignKey(RFQ, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    part_revision = models.ForeignKey(PartRevision, on_delete=models.PROTECT, related_name="+")
    process = models.ForeignKey(Process, on_delete=models.PROTECT, null=True, related_name="+")
    material = models.ForeignKey(Material, on_delete=models.PROTECT, null=True, related_name="+")
    finish = models.ForeignKey(
        Finish, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    tolerance = models.CharField(max_length=8, choices=Tolerance, default=Tolerance.MEDIUM)
    inspection = models.ForeignKey(
        InspectionLevel, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    documents = models.ManyToManyField(QualityDocument, related_name="+", blank=True)
    threads = models.CharField(max_length=200, blank=True, help_text="such as M6 x 1, 4 places")
    quantities = models.JSONField(default=list, help_text="one to five, rising")
    notes = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"line {self.position} of {self.rfq_id}"

    @property
    def charge_names(self) -> dict[str, str]:
        """What the line asks for and a shop may price, such as "document:coc" -> its name."""
        names = {f"document:{document.code}": document.name for document in self.documents.all()}
        if self.inspection:
            names[f"inspection:{self.inspection.code}"] = self.inspection.name
        return names


class Invitation(Stateful):
    """One manufacturer asked. It sees the request, never the other invitations."""

    public_id = PublicIdField(prefix="inv")
    rfq = models.ForeignKey(RFQ, on_delete=models.CASCADE, related_name="invitations")
    manufacturer = models.ForeignKey(
        Manufacturer, on_delete=models.PROTECT, related_name="invitations"
    )
    state = models.CharField(
        max_length=8, choices=InvitationState, default=InvitationState.SENT, editable=False
    )
    reasons = models.JSONField(default=list, help_text="why the manufacturer matched, in words")
    decline_reason = models.CharField(max_length=200, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["rfq", "manufacturer"], name="invitation_once")
        ]
        indexes = [models.Index(fields=["manufacturer", "-id"], name="invitation_of_shop")]

    def __str__(self) -> str:
        return f"{self.manufacturer_id} on {self.rfq_id}"


class Amendment(models.Model):
    """What changed in a published request, in words, when it became `revision`."""

    rfq = models.ForeignKey(RFQ, on_delete=models.CASCADE, related_name="amendments")
    revision = models.PositiveSmallIntegerField()
    changes = models.JSONField(help_text="sentences")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-revision"]
        constraints = [
            models.UniqueConstraint(fields=["rfq", "revision"], name="amendment_once_a_revision")
        ]

    def __str__(self) -> str:
        return f"revision {self.revision} of {self.rfq_id}"
