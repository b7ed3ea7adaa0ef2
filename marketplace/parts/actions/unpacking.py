"""What the worker does with a file that arrived: check it, unpack it, put each in its place."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.core.files.base import File
from django.db import transaction

from accounts.actor import Actor
from accounts.callers import actor_for
from accounts.roles import Side
from marketplace.core.errors import DomainError, Unavailable
from marketplace.core.events import record
from marketplace.core.live import announce
from marketplace.core.states import move
from marketplace.files.checks import ARCHIVE_EXTENSION, clean_path
from marketplace.files.chunks import drop_chunks, join_chunks
from marketplace.parts import events
from marketplace.parts.actions.placing import check_part_file, place_file
from marketplace.parts.archive import ArchiveError, Member, extract_member, open_archive
from marketplace.parts.models import Part, Upload, UploadBatch
from marketplace.parts.states import UPLOAD, UploadState

READ_BYTES = 1 << 20


@dataclass(frozen=True)
class Result:
    """What became of a file; `taken` is False for one that was not taken."""

    taken: bool
    sentence: str
    part: Part | None = None


def take_upload(public_id: str) -> None:
    """Put one received file in its place, or say why not. Safe to call again."""
    upload = Upload.objects.select_related("batch__organization", "batch__created_by").get(
        public_id=public_id
    )
    if upload.state != UploadState.RECEIVED:
        return
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / "whole"
        try:
            actor = actor_of(upload.batch)
            _join(upload, path)
            result = _take(actor, upload, path)
        except Unavailable:
            raise  # not about this file, which is taken when the delivery is tried again
        except DomainError as error:
            result = Result(taken=False, sentence=error.sentence)
    keys = [key for key, _ in upload.chunks]
    _settle(upload, result)
    drop_chunks(keys)


def actor_of(batch: UploadBatch) -> Actor:
    """The person who sent the batch, with the rights they have now. Raises DomainError for one who
    left the organization meanwhile."""
    person = batch.created_by
    if person is not None:
        if batch.visit_label and person.is_staff:
            return Actor(
                user=person,
                organization=batch.organization,
                is_staff=True,
                via="task",
                name=batch.visit_label,
            )
        actor = actor_for(person, batch.organization.public_id)
        if actor.organization == batch.organization:
            return actor
    raise DomainError("Whoever sent this file no longer belongs to your organization.")


def _join(upload: Upload, path: Path) -> None:
    try:
        join_chunks((key for key, _ in upload.chunks), path)
    except FileNotFoundError as error:
        raise DomainError(f"{upload.name} did not arrive whole. Send it again.") from error
    if not upload.sha256:
        return
    sha = hashlib.sha256()
    with path.open("rb") as whole:
        while piece := whole.read(READ_BYTES):
            sha.update(piece)
    if sha.hexdigest() != upload.sha256:
        raise DomainError(
            f"{upload.name} arrived damaged: its SHA-256 is not the announced one. Send it again."
        )


def _take(actor: Actor, upload: Upload, path: Path) -> Result:
    if upload.name.lower().endswith(ARCHIVE_EXTENSION):
        return _unpack(actor, upload, path)
    return _place(actor, upload.name, path)


def _place(actor: Actor, name: str, path: Path) -> Result:
    with path.open("rb") as content:
        placed = place_file(actor=actor, upload=File(content, name=name))
    return Result(taken=True, sentence=placed.sentence, part=placed.part)


def _unpack(actor: Actor, upload: Upload, path: Path) -> Result:
    """Each member gets a row of its own with its own sentence."""
    try:
        members = open_archive(path)
    except ArchiveError as error:
        return Result(taken=False, sentence=error.message)
    for member in members:
        row, _ = Upload.objects.get_or_create(
            archive=upload,
            path=clean_path(f"{member.folder}/{member.name}"),
            defaults={
                "batch": upload.batch,
                "size": member.size,
                "received": member.size,
                "state": UploadState.RECEIVED,
            },
        )
        if row.state == UploadState.RECEIVED:
            _settle(row, _take_member(actor, row, path, member))
    taken = upload.members.filter(state=UploadState.STORED).count()
    refused = upload.members.filter(state=UploadState.REFUSED).count()
    sentence = f"{taken} of {taken + refused} files taken."
    return Result(taken=taken > 0, sentence=sentence)


def _take_member(actor: Actor, row: Upload, archive: Path, member: Member) -> Result:
    target = archive.with_name("member")
    try:
        # Before the bytes: what is no part file need not be unpacked.
        check_part_file(row.name)
        with target.open("wb") as content:
            extract_member(archive, member, content)
        return _place(actor, row.name, target)
    except ArchiveError as error:
        return Result(taken=False, sentence=error.message)
    except Unavailable:
        raise
    except DomainError as error:
        return Result(taken=False, sentence=error.sentence)
    finally:
        target.unlink(missing_ok=True)


@transaction.atomic
def _settle(upload: Upload, result: Result) -> None:
    row = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if row.state != UploadState.RECEIVED:
        return
    row.sentence = result.sentence[:400]
    row.part = result.part
    row.chunks = []
    row.save(update_fields=["sentence", "part", "chunks"])
    move(row, UPLOAD, "store_upload" if result.taken else "refuse_upload", by=Side.SYSTEM)
    batch = upload.batch
    announce(thread=batch.public_id, seen_by=[batch.organization.public_id])
    if not result.taken:
        record(
            events.UPLOAD_REFUSED,
            row,
            actor=Actor.system("the upload check"),
            thread=upload.batch,
            visible_to=[upload.batch.organization],
            name=row.name,
            reason=row.sentence,
        )
