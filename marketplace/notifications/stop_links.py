"""The link by which a mail is stopped in one click (RFC 8058): signed, for one person and kind.

It can do nothing but end mails, so it has no end of its own: old mails keep a working link.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from marketplace.core.errors import NotFound

SALT = "notifications.stop"
# Stands for every digest where a kind would stand.
DIGESTS = "digest"


def stop_link(person: User, what: str) -> str:
    """The whole address that ends mails of a kind, or DIGESTS, for this person."""
    token = signing.dumps([person.public_id, what], salt=SALT)
    return settings.SITE_URL + reverse("stop_mails", args=[token])


def read_stop_link(token: str) -> tuple[str, str]:
    """The person's public id and what to end. Raises NotFound for a link that is not ours."""
    try:
        person, what = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError) as error:
        raise NotFound("This link is not complete. Copy the whole address of the mail.") from error
    return person, what
