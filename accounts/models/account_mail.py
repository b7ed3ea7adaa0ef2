"""A mail about a person's account that a worker still has to send."""

from django.db import models
from django.utils import timezone

from marketplace.core.encryption import EncryptedTextField
from marketplace.core.ids import PublicIdField


class AccountMail(models.Model):
    """Whole and sealed, because it may hold a link that opens an account. Gone once it is sent.

    It belongs to an address and not to a person: mails also go to addresses nobody signed up with,
    so that no answer tells which are known.
    """

    public_id = PublicIdField(prefix="aml")
    sealed = EncryptedTextField(help_text="JSON: to, title, text, link, link_text")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.public_id
