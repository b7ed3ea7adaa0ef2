"""Signed links to files: for one person, for five minutes.

The owning app decides who may see a file and only then makes a link, so a right that ends takes
the next link with it.
"""

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from accounts.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.files.models import StoredFile

MAX_AGE_SECONDS = 300
_signer = TimestampSigner(salt="file-link")


def link_to(file: StoredFile | None, actor: Actor, *, absolute: bool = False) -> str:
    """A link to `file` that works for `actor` only and for five minutes; "" without a file."""
    if file is None or not file.content:
        return ""
    # TimestampSigner separates with ":", which stands unescaped in a path.
    path = reverse("open_file", args=[_signer.sign(f"{file.public_id}.{actor.public_id}")])
    return settings.SITE_URL + path if absolute else path


def file_for(token: str, actor: Actor) -> StoredFile:
    """The file a link names. Raises NotFound for a forged, old or forwarded link."""
    try:
        value = _signer.unsign(token, max_age=MAX_AGE_SECONDS)
    except BadSignature as error:
        raise NotFound(
            "This link is no longer valid. Open the file from its page again."
        ) from error
    public_id, _, person = value.partition(".")
    file = StoredFile.objects.filter(public_id=public_id).first()
    if file is None or not file.content or person != actor.public_id:
        raise NotFound("This link is no longer valid. Open the file from its page again.")
    return file
