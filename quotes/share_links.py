"""The secret in the link of a shared comparison: derived, never stored.

An HMAC over the share and the moment it was made, so the buyer's page can show the link again; the
row keeps its SHA-256.
"""

import base64
from datetime import UTC

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.actions.tokens import digest_of
from quotes.models import ComparisonShare

SALT = "quotes.share_link"


def derive_secret(share: ComparisonShare, key: str = "") -> str:
    """The secret of a share, with a key (today's unless said)."""
    text = f"{share.public_id}:{share.created_at.astimezone(UTC).isoformat()}"
    mac = salted_hmac(SALT, text, secret=key or settings.SECRET_KEY, algorithm="sha256")
    return base64.urlsafe_b64encode(mac.digest()).rstrip(b"=").decode()


def address_of(share: ComparisonShare) -> str:
    """The whole address to hand on; "" when no key of today made it."""
    for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        secret = derive_secret(share, key)
        if digest_of(secret) == share.token_hash:
            return settings.SITE_URL + reverse("shared_comparison", args=[secret])
    return ""
