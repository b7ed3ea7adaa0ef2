"""Files on their way in: announced in a batch, received in pieces, handed to the worker.

An upload that broke off goes on where it stopped, also after the page was closed: whoever announces
the same file again gets the same upload back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Permission, Side
from marketplace.core.errors import Conflict, DomainError
from marketplace.core.events import record
from marketplace.core.states import move
from marketplace.files.checks import ARCHIVE_EXTENSION, clean_path
from marketplace.files.chunks import chunk_key, drop_chunks, drop_chunks_before, keep_chunk
from marketplace.parts import events
from marketplace.parts.actions.placing import check_part_file
from marketplace.parts.models import Upload, UploadBatch
from marketplace.parts.queries import get_upload, lock_upload
from marketplace.parts.states import UPLOAD, UploadState

MOST_FILES = 500
CHUNK_BYTES = 8 * 1024 * 1024
# What one organization may have on its way in at a time; whatever arrived does not count.
MOST_UNDER_WAY = 1000
MOST_BYTES_UNDER_WAY = 20 * 1024**3
KEPT_UNFINISHED = timedelta(hours=24)
KEPT_BATCHES = timedelta(days=30)
SWEEP_AT_ONCE = 500
LARGEST_COLUMN = 2**63 - 1
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Announced:
    """One file that is about to come. `sha256` and `resume_key` may be empty."""

    path: str
    size: int
    sha256: str = ""
    resume_key: str = ""


def start_batch(*, actor: Actor, files: Sequence[Announced]) -> tuple[UploadBatch, list[Upload]]:
    """Announce files; each gets an upload that waits for its pieces, in the order announced.

    A file we do not take is in the batch with its sentence, and the others are taken. An unfinished
    upload of the same person, name, size and `resume_key` goes on. Raises DomainError for no files
    or too many, Conflict when too much is on its way in already.
    """
    actor.check(Permission.EDIT_PARTS)
    if not files:
        raise DomainError("Choose at least one file.")
    if len(files) > MOST_FILES:
        raise DomainError(f"Send at most {MOST_FILES} files at once; these are {len(files)}.")
    with transaction.atomic():
        # One at a time a company, so that two windows together stay within the quota.
        Organization.objects.select_for_update(of=("self",)).get(pk=actor.company.pk)
        batch = UploadBatch.objects.create(
            organization=actor.company,
            created_by=actor.user,
            visit_label=actor.label[:200] if actor.visit else "",
        )
        continued = _continued(actor, files)
        known = [row.pk for row in continued.values() if row]
        Upload.objects.filter(pk__in=known).update(batch=batch)
        rows = [continued.pop(key_of(file), None) or _upload_for(batch, file) for file in files]
        new = [row for row in rows if row.pk is None]
        _check_quota(actor, [row for row in new if row.state == UploadState.RECEIVING])
        Upload.objects.bulk_create(new)
    return batch, rows


def key_of(file: Announced) -> tuple[str, int, str]:
    """By what an announced file and its upload find each other."""
    return clean_path(file.path), file.size, file.resume_key


def _continued(
    actor: Actor, files: Sequence[Announced]
) -> dict[tuple[str, int, str], Upload | None]:
    keys = {file.resume_key for file in files if file.resume_key}
    if not keys:
        return {}
    rows = Upload.objects.filter(
        batch__organization=actor.company,
        batch__created_by=actor.user,
        state=UploadState.RECEIVING,
        resume_key__in=keys,
    )
    wanted = {key_of(file) for file in files}
    found = {(row.path, row.size, row.resume_key): row for row in rows.order_by("pk")}
    return {key: row for key, row in found.items() if key in wanted}


def _check_quota(actor: Actor, files: Sequence[Upload]) -> None:
    held = Upload.objects.filter(
        batch__organization=actor.company, state=UploadState.RECEIVING
    ).aggregate(count=Count("pk"), size=Sum("size"))
    count = held["count"] + len(files)
    size = (held["size"] or 0) + sum(file.size for file in files)
    if count > MOST_UNDER_WAY or size > MOST_BYTES_UNDER_WAY:
        raise Conflict(
            f"Your organization has {held['count']} unfinished uploads; at most {MOST_UNDER_WAY} "
            f"files and {MOST_BYTES_UNDER_WAY // 1024**3} GB may be on their way in. Finish those "
            "first; what is left alone for a day is dropped."
        )


def _upload_for(batch: UploadBatch, file: Announced) -> Upload:
    upload = Upload(
        batch=batch,
        path=clean_path(file.path),
        size=min(max(file.size, 0), LARGEST_COLUMN),
        sha256=file.sha256.lower(),
        resume_key=file.resume_key[:100],
    )
    try:
        check_announced(upload.name, file)
    except DomainError as error:
        return Upload(
            batch=batch,
            path=upload.path,
            size=upload.size,
            state=UploadState.REFUSED,
            sentence=error.sentence,
        )
    return upload


def check_announced(name: str, file: Announced) -> None:
    """Raise DomainError for a file that need not be sent at all."""
    if not name.lower().endswith(ARCHIVE_EXTENSION):
        check_part_file(name)
    if file.size <= 0:
        raise DomainError(f"{name} is empty. Export it again and upload the new file.")
    if file.size > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES // 1024**2
        raise DomainError(f"{name} is larger than {limit} MB, the most we take.")
    if file.sha256 and not _SHA256.fullmatch(file.sha256.lower()):
        raise DomainError(f"The SHA-256 of {name} is not 64 hexadecimal digits.")


def append_chunk(*, actor: Actor, public_id: str, offset: int, content: bytes) -> Upload:
    """Take the next piece of a file; the last one hands it to the worker.

    `offset` is where the piece begins, in bytes. Raises Conflict for a piece that is not the next
    one (the upload says where to go on), DomainError for one that is empty, too large, or goes
    beyond the announced size.
    """
    actor.check(Permission.EDIT_PARTS)
    upload = get_upload(actor, public_id)
    _check_chunk(upload, offset, len(content))
    # Kept before the row is locked: storage may be a network away.
    key = keep_chunk(content)
    try:
        with transaction.atomic():
            upload = lock_upload(actor, public_id)
            _check_chunk(upload, offset, len(content))
            upload.chunks = [*upload.chunks, [key, len(content)]]
            upload.received += len(content)
            upload.save(update_fields=["chunks", "received"])
            if upload.received == upload.size:
                hand_over(upload, actor)
    except DomainError:
        drop_chunks([key])
        raise
    return upload


def _check_chunk(upload: Upload, offset: int, size: int) -> None:
    if upload.state != UploadState.RECEIVING:
        raise Conflict(
            f"{upload.name} is {upload.get_state_display().lower()}; send no more of it."
        )
    if offset != upload.received:
        raise Conflict(
            f"This piece of {upload.name} begins at byte {offset}; the next one begins at "
            f"{upload.received}."
        )
    if not size:
        raise DomainError("This piece is empty.")
    if size > CHUNK_BYTES:
        raise DomainError(f"A piece has at most {CHUNK_BYTES // 1024**2} MB.")
    if offset + size > upload.size:
        raise DomainError(
            f"{upload.name} was announced with {upload.size} bytes; this piece goes beyond that."
        )


def direct_key(upload: Upload) -> str:
    """Where the bytes lie that came at once (direct_uploads.py): in the folder of its day."""
    return chunk_key(timezone.localdate(upload.created_at), upload.public_id)


def hand_over(upload: Upload, actor: Actor) -> None:
    """A file that is whole goes to the worker."""
    move(upload, UPLOAD, "receive_upload", by=Side.BUYER)
    record(
        events.UPLOAD_RECEIVED,
        upload,
        actor=actor,
        thread=upload.batch,
        visible_to=[upload.batch.organization],
        name=upload.name,
    )


def sweep_uploads() -> int:
    """End uploads that were left alone for a day, forget old batches, remove stray pieces; the
    number of uploads ended."""
    now = timezone.now()
    old = Upload.objects.filter(
        state=UploadState.RECEIVING, created_at__lt=now - KEPT_UNFINISHED
    ).order_by("pk")
    ended = 0
    for pk in list(old.values_list("pk", flat=True)[:SWEEP_AT_ONCE]):
        ended += _expire(pk)
    done = UploadBatch.objects.filter(created_at__lt=now - KEPT_BATCHES).exclude(
        uploads__state__in=[UploadState.RECEIVING, UploadState.RECEIVED]
    )
    UploadBatch.objects.filter(
        pk__in=list(done.values_list("pk", flat=True)[:SWEEP_AT_ONCE])
    ).delete()
    drop_chunks_before(timezone.localdate(now - 3 * KEPT_UNFINISHED))
    return ended


def _expire(pk: int) -> int:
    with transaction.atomic():
        upload = Upload.objects.select_for_update(of=("self",)).get(pk=pk)
        if upload.state != UploadState.RECEIVING:
            return 0
        keys = [*(key for key, _ in upload.chunks), direct_key(upload)]
        upload.chunks = []
        upload.sentence = "This file never arrived whole. Drop it again to send it."
        upload.save(update_fields=["chunks", "sentence"])
        move(upload, UPLOAD, "expire_upload", by=Side.SYSTEM)
    drop_chunks(keys)
    return 1
