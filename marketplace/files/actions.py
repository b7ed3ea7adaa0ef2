"""Storing files and noting who opens them."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from typing import IO

from django.core.files.base import ContentFile, File
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.actor import Actor
from accounts.models import Organization, User
from marketplace.core.dry_runs import undone_if_dry
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from marketplace.core.ids import new_public_id
from marketplace.files.checks import check_upload, clean_name
from marketplace.files.events import FILE_OPENED, FILES_ERASED
from marketplace.files.models import FileAccess, RoomRevocation, StoredFile

CONTENT_TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".glb": "model/gltf-binary",
    ".zip": "application/zip",
}
MAX_PHOTO_PIXELS = 60_000_000
PHOTO_EDGE = 2000


def store_upload(*, actor: Actor, upload: File, kind: str) -> StoredFile:
    """Check and keep one uploaded file for the acting organization.

    Writes to storage before the row, outside any transaction: a row never points at nothing.
    Photos are re-encoded, which drops position data and anything hidden in them. Raises
    DomainError with a sentence for a file we do not take.
    """
    name = clean_name(upload.name or "file")
    upload.seek(0)
    check_upload(name, upload.size, upload.read(64), kind)
    upload.seek(0)
    content: File = upload
    paper = kind in (StoredFile.Kind.CERTIFICATE, StoredFile.Kind.DOCUMENT)
    scanned = paper and not name.lower().endswith(".pdf")
    if kind == StoredFile.Kind.PHOTO or scanned:
        content, name = _clean_photo(upload, name)
    assert actor.organization is not None
    return _keep(actor.organization, kind, name, content, actor.user)


def digest_of(content: File) -> tuple[str, int]:
    """SHA-256 as hexadecimal text, and the size in bytes; the file is at its beginning again."""
    sha, size = hashlib.sha256(), 0
    for chunk in _chunks(content):
        sha.update(chunk)
        size += len(chunk)
    return sha.hexdigest(), size


def store_generated(
    *, organization: Organization, kind: str, name: str, content: bytes | File
) -> StoredFile:
    """Keep a file the platform made (preview, thumbnail, document); a large one as an open file."""
    made = ContentFile(content, name=name) if isinstance(content, bytes) else content
    return _keep(organization, kind, name, made, None)


def store_personal(*, user: User, name: str, content: File) -> StoredFile:
    """Keep the copy of a person's data; it belongs to the person and to no organization."""
    return _keep(None, StoredFile.Kind.EXPORT, name, content, user)


def take_over_file(
    *, organization: Organization, public_id: str, kind: str, name: str, content: File
) -> StoredFile:
    """Keep a file that came with an organization from another installation, under its id there."""
    return _keep(organization, kind, clean_name(name), content, None, public_id)


def erase_files(*, actor: Actor, files: Iterable[StoredFile], rows: bool) -> None:
    """Take files out of storage for good, and their rows too with `rows`.

    A row that something must go on pointing at stays, empty and nameless. The objects are removed
    by the reaction to the fact, after the commit: a file never goes while its row comes back.
    """
    found = list(files)
    if not found:
        return
    keys = [file.content.name for file in found if file.content]
    ids = [file.pk for file in found]
    record(FILES_ERASED, found[0], actor=actor, keys=keys)
    if rows:
        StoredFile.objects.filter(pk__in=ids).delete()
    else:
        StoredFile.objects.filter(pk__in=ids).update(content="", name="Deleted file", size=0)


@transaction.atomic
def note_access(*, actor: Actor, file: StoredFile, room: str = "") -> None:
    """Write the receipt of one opened file, and the fact for the audit logs of both sides.

    `room` is the public id of what the link was made for, "" for none.
    """
    FileAccess.objects.create(
        file=file,
        room=room,
        user=actor.user,
        guest_name="" if actor.user else actor.name[:140],
        organization=actor.organization,
    )
    concerned = [party for party in (file.organization, actor.organization) if party is not None]
    record(
        FILE_OPENED, file, actor=actor, visible_to=concerned, file=file.name, kind=str(file.kind)
    )


def shut_out(*, organization: Organization, room: str) -> None:
    """End every link of an organization into a room, those made already too. Twice is once."""
    RoomRevocation.objects.get_or_create(room=room, organization=organization)


def hand_over_files(*, giver: Organization, taker: Organization) -> None:
    """Every file of one organization belongs to another from now on. Twice is once."""
    StoredFile.objects.filter(organization=giver).update(organization=taker)


def let_in(*, organization: Organization, room: str) -> None:
    """Take the shutting out back. Twice is once."""
    RoomRevocation.objects.filter(room=room, organization=organization).delete()


def _keep(
    organization: Organization | None,
    kind: str,
    name: str,
    content: File,
    user: User | None,
    public_id: str = "",
) -> StoredFile:
    digest, size = digest_of(content)
    suffix = "." + name.rsplit(".", 1)[-1].lower()
    stored = StoredFile.objects.create(
        public_id=public_id or new_public_id("fil"),
        organization=organization,
        kind=kind,
        name=name,
        content_type=CONTENT_TYPES.get(suffix, "application/octet-stream"),
        size=size,
        sha256=digest,
        content=content,
        created_by=user,
    )
    undone_if_dry(lambda: stored.content.delete(save=False))
    return stored


def _chunks(content: IO[bytes] | File) -> Iterator[bytes]:
    content.seek(0)
    while chunk := content.read(1 << 20):
        yield chunk
    content.seek(0)


def _clean_photo(upload: File, name: str) -> tuple[File, str]:
    try:
        with Image.open(upload) as image:
            if image.width * image.height > MAX_PHOTO_PIXELS:
                raise DomainError(f"{name} has more than 60 megapixels. Use a smaller picture.")
            # Orientation is drawn into the pixels, because the tag goes with the rest.
            picture = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise DomainError(f"{name} is not a picture we can read. Use JPEG, PNG or WebP.") from error
    picture.thumbnail((PHOTO_EDGE, PHOTO_EDGE))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    name = name.rsplit(".", 1)[0] + ".jpg"
    return ContentFile(buffer.getvalue(), name=name), name
