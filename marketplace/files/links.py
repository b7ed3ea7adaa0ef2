"""Signed links to files: for one person, for five minutes, into one room.

The owning app decides who may see a file and only then makes a link, so a right that ends takes
the next link with it. A link made for a room (a request, say) also dies at once when its
organization is shut out of the room.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from accounts.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.files.models import RoomRevocation, StoredFile

MAX_AGE_SECONDS = 300
OVER = "This link is no longer valid. Open the file from its page again."
_signer = TimestampSigner(salt="file-link")
# What the signer adds: a new time and a new signature each time the link is written.
_STAMP = re.compile(rb"(/files/[\w.-]+):[\w-]+:[\w-]+")


@dataclass(frozen=True)
class Opened:
    """What a link led to: the file, and the room the link was made for ("" for none)."""

    file: StoredFile
    room: str


def link_to(
    file: StoredFile | None, actor: Actor, *, room: str = "", absolute: bool = False
) -> str:
    """A link to `file` that works for `actor` only and for five minutes; "" without a file.

    `room` is the public id of what the actor sees the file for; receipts name it, and
    `shut_out` ends the link.
    """
    if file is None or not file.content:
        return ""
    value = f"{file.public_id}.{actor.link_holder}.{room}"
    # TimestampSigner separates with ":", which stands unescaped in a path.
    path = reverse("open_file", args=[_signer.sign(value)])
    return settings.SITE_URL + path if absolute else path


def open_link(token: str, actor: Actor) -> Opened:
    """The file a link names. Raises NotFound for a forged, old, forwarded or revoked link."""
    try:
        value = _signer.unsign(token, max_age=MAX_AGE_SECONDS)
    except BadSignature as error:
        raise NotFound(OVER) from error
    public_id, holder, room = value.split(".")
    file = StoredFile.objects.filter(public_id=public_id).first()
    if file is None or not file.content or not holder or holder != actor.link_holder:
        raise NotFound(OVER)
    if room and RoomRevocation.objects.filter(room=room, organization=actor.organization).exists():
        raise NotFound("The buyer ended your access to these files.")
    return Opened(file, room)


def without_stamps(content: bytes) -> bytes:
    """An answer without what differs only because its links were written at another moment."""
    return _STAMP.sub(rb"\1", content)
