"""The secret in a link for a shop without an account: derived, never stored.

It is an HMAC over the invitation and the moment of sending, so the worker that writes the mail
derives it again; the row keeps its SHA-256. Sending again makes a new secret and ends the old.
"""

import base64
import secrets
from datetime import UTC

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.actions.tokens import digest_of
from marketplace.core.errors import DomainError
from quotes.models import GuestLink

SALT = "quotes.guest_link"


def secret_of(link: GuestLink) -> str:
    """The secret of the present link. Raises DomainError when no key of today made it."""
    for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        secret = derive(link, key)
        if digest_of(secret) == link.token_hash:
            return secret
    raise DomainError("This link cannot be made any more. Send a new one.")


def derive(link: GuestLink, key: str = "") -> str:
    """The secret for the invitation and `sent_at` of a link, with a key (today's unless said)."""
    text = f"{link.invitation.public_id}:{link.sent_at.astimezone(UTC).isoformat()}"
    mac = salted_hmac(SALT, text, secret=key or settings.SECRET_KEY, algorithm="sha256")
    return base64.urlsafe_b64encode(mac.digest()).rstrip(b"=").decode()


def path_of(link: GuestLink) -> str:
    """The path of the page the link opens."""
    return reverse("open_guest_link", args=[secret_of(link)])


def new_code() -> str:
    """Six digits for a mail; five tries make a guess one in 200,000."""
    return f"{secrets.randbelow(1_000_000):06d}"


def code_digest(link: GuestLink, code: str) -> str:
    """What the row keeps of a code: a keyed hash, since six digits alone are soon tried out."""
    text = f"{link.pk}:{code}"
    return salted_hmac(f"{SALT}.code", text, algorithm="sha256").hexdigest()
