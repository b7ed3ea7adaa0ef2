"""What keeps a request's files with those they are meant for: NDAs, and links for shops without an
account."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Organization
from marketplace.core.ids import PublicIdField
from quotes.models.rfq import Invitation


class NDA(models.Model):
    """One version of a buyer's non-disclosure agreement. A changed text is a new version: what
    somebody accepted never changes."""

    public_id = PublicIdField(prefix="nda")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="ndas")
    version = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=40_000)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-version"]
        verbose_name = "NDA"
        constraints = [
            models.UniqueConstraint(fields=["organization", "version"], name="nda_version_once")
        ]

    def __str__(self) -> str:
        return f"NDA version {self.version}"


class NDAAcceptance(models.Model):
    """Who accepted which version when. The name stays when the person's account goes."""

    nda = models.ForeignKey(NDA, on_delete=models.PROTECT, related_name="acceptances")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # Somebody who came by a link has no account: the typed name says who accepted.
    name = models.CharField(max_length=140)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "NDA acceptance"
        indexes = [models.Index(fields=["nda", "organization"], name="nda_accepted_by")]

    def __str__(self) -> str:
        return f"{self.name} accepted {self.nda_id}"


class GuestLink(models.Model):
    """A link by mail with which a shop without an account reads one request and quotes it."""

    invitation = models.OneToOneField(
        Invitation, on_delete=models.CASCADE, related_name="guest_link"
    )
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    # A second browser proves with a mailed code that it is the invited address's.
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    code_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    code_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    # When the present link was sent; a new one ends the old.
    sent_at = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"link of {self.invitation_id}"
