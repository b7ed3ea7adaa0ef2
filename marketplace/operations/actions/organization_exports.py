"""An organization's archive: asked for by an owner, made in steps, kept some days.

A step reads one page of one chapter and everything below its things and keeps the lines as a piece.
After STEP_SECONDS a fact calls for the next steps. A worker that dies loses one step.
"""

from __future__ import annotations

import json
import tempfile
import time
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.callers import actor_for
from accounts.models import User
from accounts.roles import Permission, Side
from marketplace.core.events import record
from marketplace.core.states import move
from marketplace.files.actions import erase_files, store_personal
from marketplace.operations import events
from marketplace.operations.leaving.archive import write_archive
from marketplace.operations.leaving.chapters import CHAPTERS
from marketplace.operations.leaving.reading import Reader, reader_for
from marketplace.operations.models import ExportPiece, OrganizationExport
from marketplace.operations.states import EXPORT, ExportState

MAKER = Actor.system("archive of an organization")
# A delivery may run for CELERY_TASK_TIME_LIMIT; the archive itself is written in the last one.
STEP_SECONDS = 120.0
PATIENCE = timedelta(hours=24)


@transaction.atomic
def ask_organization_export(*, actor: Actor) -> OrganizationExport:
    """Ask for the archive; while one is in the making, it is that one.

    Raises NotAllowed for anybody but an owner.
    """
    actor.check(Permission.OWN)
    export, is_new = OrganizationExport.objects.get_or_create(
        organization=actor.company,
        state=ExportState.REQUESTED,
        defaults={"asked_by": actor.user},
    )
    if is_new:
        record(
            events.ORGANIZATION_EXPORT_ASKED,
            actor.company,
            actor=actor,
            visible_to=[actor.company],
            export=export.public_id,
        )
    return export


def go_on(public_id: str) -> None:
    """Take steps for STEP_SECONDS, then ask for more, or write the archive. Safe to call again."""
    export = (
        OrganizationExport.objects.select_related("organization", "asked_by")
        .filter(public_id=public_id, state=ExportState.REQUESTED)
        .first()
    )
    if export is None:
        return
    actor = _reader_of(export)
    if actor is None:
        end_export(export.pk, "fail_export")
        return
    until = time.monotonic() + STEP_SECONDS
    while export.chapter < len(CHAPTERS):
        _take_step(export, reader_for(actor, export.public_id))
        if time.monotonic() > until:
            _call_for_more(export)
            return
    _finish(export)


def _reader_of(export: OrganizationExport) -> Actor | None:
    """The owner who asked, None once they are none."""
    if export.asked_by is None or not export.asked_by.is_active:
        return None
    actor = actor_for(export.asked_by, export.organization.public_id)
    same = actor.organization == export.organization
    return actor if same and actor.may(Permission.OWN) else None


def _take_step(export: OrganizationExport, reader: Reader) -> None:
    """One page of the present chapter; its lines are kept before the position moves."""
    lines, following = reader.page(CHAPTERS[export.chapter], export.position)
    text = "".join(
        json.dumps([line.chapter, line.of, line.thing], ensure_ascii=False) + "\n" for line in lines
    )
    number = export.pieces.count()
    kept = None
    if lines:
        kept = store_personal(
            user=_asker(export),
            name=f"{export.public_id}-{number}.jsonl",
            content=ContentFile(text.encode(), name="piece.jsonl"),
        )
    with transaction.atomic():
        if kept is not None:
            ExportPiece.objects.create(
                export=export, number=number, lines=kept, files=sorted(reader.files)
            )
        export.position = following
        export.chapter += 0 if following else 1
        export.rows += len(lines)
        export.save(update_fields=["chapter", "position", "rows"])


@transaction.atomic
def _call_for_more(export: OrganizationExport) -> None:
    chapter = CHAPTERS[min(export.chapter, len(CHAPTERS) - 1)].name
    record(
        events.ORGANIZATION_EXPORT_WENT_ON,
        export.organization,
        actor=MAKER,
        export=export.public_id,
        chapter=chapter,
    )


def _finish(export: OrganizationExport) -> None:
    with tempfile.TemporaryFile() as archive:
        write_archive(export, archive)
        archive.seek(0)
        day = timezone.localdate()
        stored = store_personal(
            user=_asker(export),
            name=f"{export.organization.public_id}-{day}.zip",
            content=File(archive, name="archive.zip"),
        )
    with transaction.atomic():
        row = OrganizationExport.objects.select_for_update(of=("self",)).get(pk=export.pk)
        if row.state != ExportState.REQUESTED:
            erase_files(actor=MAKER, files=[stored], rows=True)
            return
        row.file = stored
        row.expires_at = timezone.now() + timedelta(days=settings.EXPORT_KEPT_DAYS)
        row.save(update_fields=["file", "expires_at"])
        move(row, EXPORT, "finish_export", by=Side.SYSTEM)
        _forget_pieces(row)
        record(
            events.ORGANIZATION_EXPORT_READY,
            export.organization,
            actor=MAKER,
            visible_to=[export.organization],
            export=export.public_id,
        )


def _forget_pieces(export: OrganizationExport) -> None:
    files = [piece.lines for piece in export.pieces.select_related("lines")]
    export.pieces.all().delete()
    erase_files(actor=MAKER, files=files, rows=True)


def expire_organization_exports() -> int:
    """Delete archives whose days are over, and give up on those that cannot be made; how many."""
    now = timezone.now()
    rows = OrganizationExport.objects
    over = rows.filter(state=ExportState.READY, expires_at__lte=now)
    stuck = rows.filter(state=ExportState.REQUESTED, asked_at__lte=now - PATIENCE)
    return sum(
        end_export(pk, verb)
        for verb, found in (("expire_export", over), ("fail_export", stuck))
        for pk in list(found.values_list("pk", flat=True)[:500])
    )


@transaction.atomic
def end_export(pk: int, verb: str) -> int:
    """The archive is gone or will not come; 1 when this call did it."""
    export = (
        OrganizationExport.objects.select_for_update(of=("self",))
        .select_related("organization", "file")
        .get(pk=pk)
    )
    if EXPORT.find(verb, export.state) is None:
        return 0
    move(export, EXPORT, verb, by=Side.SYSTEM)
    _forget_pieces(export)
    if export.file is not None:
        erase_files(actor=MAKER, files=[export.file], rows=True)
    fact = (
        events.ORGANIZATION_EXPORT_EXPIRED
        if verb == "expire_export"
        else events.ORGANIZATION_EXPORT_FAILED
    )
    record(
        fact,
        export.organization,
        actor=MAKER,
        visible_to=[export.organization],
        export=export.public_id,
    )
    return 1


def _asker(export: OrganizationExport) -> User:
    assert export.asked_by is not None
    return export.asked_by
