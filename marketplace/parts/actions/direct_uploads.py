"""A file sent at once to an address that is good for that file alone, past our own process where
the storage is a bucket; then said to be complete. Many files and shaky lines: uploads.py."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.files.checks import clean_path
from marketplace.files.chunks import chunk_size, drop_chunks, keep_stream, presigned_put
from marketplace.parts.actions.uploads import (
    Announced,
    check_announced,
    direct_key,
    hand_over,
    start_batch,
)
from marketplace.parts.models import Upload
from marketplace.parts.queries import lock_upload
from marketplace.parts.states import UploadState

VALID_FOR = timedelta(hours=1)
PATH = "/api/v1/upload-content/"
_signer = TimestampSigner(salt="upload-content", sep="~")


@dataclass(frozen=True)
class Address:
    """Where the bytes go with PUT, and with which headers, until when."""

    upload: Upload
    url: str
    headers: dict[str, str]
    expires_at: datetime


def announce_file(*, actor: Actor, file: Announced) -> Address:
    """An upload and the address its bytes may be sent to, once.

    Raises DomainError for a file we do not take or without its SHA-256, Conflict when too much is
    on its way in already.
    """
    actor.check(Permission.EDIT_PARTS)
    if not file.sha256:
        sentence = "Give the SHA-256 of the file."
        raise DomainError(sentence, fields={"sha256": sentence})
    check_announced(clean_path(file.path).rsplit("/", 1)[-1], file)
    _, (upload,) = start_batch(actor=actor, files=[file])
    expires_at = timezone.now() + VALID_FOR
    signed = presigned_put(direct_key(upload), upload.size, upload.sha256, VALID_FOR)
    if signed is None:
        url = f"{settings.SITE_URL}{PATH}{_signer.sign(upload.public_id)}/"
        signed = url, {"Content-Type": "application/octet-stream"}
    return Address(upload, *signed, expires_at)


def receive_content(ticket: str, stream: IO[bytes] | None, length: int) -> None:
    """Keep the bytes that came to an address of our own, once. They are read in pieces.

    Raises NotFound for an address that is none of ours or too old, Conflict for one that was used,
    DomainError for other bytes than announced.
    """
    try:
        public_id = _signer.unsign(ticket, max_age=VALID_FOR)
    except BadSignature as error:
        raise NotFound("This upload address is not valid any more. Announce the file again.") from (
            error
        )
    upload = Upload.objects.filter(public_id=public_id).first()
    if upload is None:
        raise NotFound()
    key = direct_key(upload)
    if upload.state != UploadState.RECEIVING or chunk_size(key) is not None:
        raise Conflict("This upload address was used. Announce the file again to send another.")
    if length != upload.size:
        raise DomainError(
            f"{upload.name} was announced with {upload.size} bytes; these are {length}."
        )
    kept, sha256 = keep_stream(key, stream, upload.size)
    if kept != key:
        drop_chunks([kept])
        raise Conflict("This upload address was used. Announce the file again to send another.")
    if (chunk_size(key), sha256) != (upload.size, upload.sha256):
        drop_chunks([key])
        raise DomainError(
            f"What arrived is not {upload.name} as it was announced: size or SHA-256 differ. Send "
            "it again."
        )


@transaction.atomic
def complete_upload(*, actor: Actor, public_id: str) -> Upload:
    """Hand a file that arrived to the reader. Raises NotFound, Conflict while its bytes are not
    here or when it was handed over, DomainError for other bytes than announced."""
    actor.check(Permission.EDIT_PARTS)
    upload = lock_upload(actor, public_id)
    if upload.state != UploadState.RECEIVING or upload.received:
        raise Conflict(f"{upload.name} is {upload.get_state_display().lower()} already.")
    size = chunk_size(direct_key(upload))
    if size is None:
        raise Conflict(f"{upload.name} has not arrived. Send its bytes to the `url` first.")
    if size != upload.size:
        raise DomainError(
            f"{upload.name} was announced with {upload.size} bytes, and {size} arrived."
        )
    upload.chunks, upload.received = [[direct_key(upload), size]], size
    upload.save(update_fields=["chunks", "received"])
    hand_over(upload, actor)
    return upload
