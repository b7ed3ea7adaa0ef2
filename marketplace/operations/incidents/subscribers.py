"""Links of the status page's mails: signed, for one address.

Nothing is kept of an address before its owner opened the link, so nobody can be signed up by
somebody else. The link that ends the mails can do nothing but that and has no end of its own.
"""

from datetime import timedelta

from django.core import signing

from marketplace.core.errors import NotFound

CONFIRM, STOP = "status.confirm", "status.stop"
CONFIRM_WITHIN = timedelta(days=2)
BROKEN = "This link is not complete or too old. Ask for a new one on the status page."


def link_token(email: str, purpose: str) -> str:
    """What stands in a link for `purpose`, CONFIRM or STOP."""
    return signing.dumps(email, salt=purpose)


def email_of(token: str, purpose: str) -> str:
    """The address a link is for. Raises NotFound for one that is not ours or too old."""
    try:
        age = CONFIRM_WITHIN if purpose == CONFIRM else None
        email = signing.loads(token, salt=purpose, max_age=age)
    except (signing.BadSignature, ValueError) as error:
        raise NotFound(BROKEN) from error
    return str(email)
