"""Runs of the comparison of our books with Stripe, and what they found."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from marketplace.core.ids import PublicIdField
from payments.comparisons import Kind, amount_of


class Reconciliation(models.Model):
    """One run: asked for, carried out by a worker, ended. It reports and never posts."""

    public_id = PublicIdField(prefix="rec")
    by_timer = models.BooleanField(default=False, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    # Also when a worker has it in hand until `due_at`; then another may take it.
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    error = models.TextField(blank=True, editable=False, help_text="why it has not come to its end")
    comparisons = models.JSONField(
        default=list, editable=False, help_text="figures, minor units of their currency"
    )
    findings = models.JSONField(default=list, editable=False, help_text="sentences, most 100")
    differences = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by_timer"],
                condition=models.Q(ended_at__isnull=True),
                name="reconciliation_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"Reconciliation of {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def status(self) -> str:
        """Where it stands, in words."""
        if self.ended_at is None:
            return "Running" if self.started_at else "Waiting for the worker"
        if not self.comparisons:
            return "Not carried out"
        if not self.differences:
            return "No difference"
        return f"{self.differences} difference{'' if self.differences == 1 else 's'}"

    @property
    def asker(self) -> str:
        """Who wanted it."""
        if self.by_timer:
            return "the nightly timer"
        return self.asked_by.name if self.asked_by else "somebody of staff"


class Discrepancy(models.Model):
    """Something that differs, for a person to find out; closed when a run finds it no more."""

    public_id = PublicIdField(prefix="dif")
    kind = models.CharField(max_length=12, choices=Kind, editable=False)
    key = models.CharField(max_length=255, editable=False)
    sentence = models.TextField(editable=False)
    amount_minor = models.BigIntegerField(default=0, editable=False)
    # Of whatever Stripe holds, which may be a currency we do not trade in.
    currency = models.CharField(max_length=3, blank=True, editable=False)
    model = models.CharField(max_length=60, blank=True, editable=False)
    row = models.BigIntegerField(null=True, blank=True, editable=False)
    first_seen_at = models.DateTimeField(editable=False)
    last_seen_at = models.DateTimeField(editable=False)
    seen = models.PositiveIntegerField(default=1, editable=False, help_text="runs that found it")
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "discrepancies"
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(closed_at__isnull=True),
                name="discrepancy_open_once",
            ),
            models.CheckConstraint(
                name="discrepancy_about_paired",
                condition=models.Q(model="", row__isnull=True)
                | (~models.Q(model="") & models.Q(row__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="discrepancy_open",
                condition=models.Q(closed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.sentence[:80]

    @property
    def amount(self) -> str:
        """What differs, for people; "" for what is no money."""
        return amount_of(self.amount_minor, self.currency) if self.currency else ""
