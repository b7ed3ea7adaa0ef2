"""Where a manufacturer's money goes."""

from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from marketplace.core.states import Stateful
from payments.requirements import reason_of, wanted
from payments.states import AccountState


class ConnectedAccount(Stateful):
    """An organization's account at Stripe; Stripe collects what it must know of its owner."""

    public_id = PublicIdField(prefix="pac")
    organization = models.OneToOneField(
        Organization, on_delete=models.PROTECT, related_name="payout_account"
    )
    state = models.CharField(
        max_length=12, choices=AccountState, default=AccountState.PENDING, editable=False
    )
    account = models.CharField(max_length=80, blank=True, editable=False)
    details_submitted = models.BooleanField(default=False, editable=False)
    due = models.JSONField(default=list, editable=False, help_text="what Stripe still asks for")
    due_by = models.DateTimeField(null=True, blank=True, editable=False)
    disabled_reason = models.CharField(max_length=80, blank=True, editable=False)
    pays_out = models.BooleanField(
        default=False, editable=False, help_text="Stripe pays out to the bank"
    )
    generation = models.PositiveSmallIntegerField(default=0, editable=False)
    look_first = models.BooleanField(default=False, editable=False)
    # A page asks for a link, the worker makes it, the page takes it once.
    link_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    link_email = models.EmailField(blank=True, editable=False)
    link_url = models.TextField(blank=True, editable=False)
    link_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    link_error = models.TextField(blank=True, editable=False)
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    synced_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=~models.Q(account=""), name="payout_account_once"
            ),
            models.CheckConstraint(
                name="payout_account_active_has_id",
                condition=~models.Q(state=AccountState.ACTIVE) | ~models.Q(account=""),
            ),
            models.CheckConstraint(
                name="payout_link_paired",
                condition=models.Q(link_url="", link_expires_at__isnull=True)
                | (~models.Q(link_url="") & models.Q(link_expires_at__isnull=False)),
            ),
        ]

    @property
    def wanted(self) -> list[str]:
        """What Stripe still asks for, in words."""
        return wanted(self.due)

    @property
    def reason(self) -> str:
        """Why Stripe has stopped the account, in words; "" when it has not."""
        return reason_of(self.disabled_reason)

    def __str__(self) -> str:
        return f"Payout account of {self.organization_id}"
