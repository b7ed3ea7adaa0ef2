"""Reading a revision's files: figures, thumbnail, preview, and the pages of the drawing."""

import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.states import move
from marketplace.files.actions import erase_files, store_generated
from marketplace.files.models import StoredFile
from marketplace.parts import events
from marketplace.parts.geometry.facts import PartFacts
from marketplace.parts.geometry.reader import GeometryError, read_part
from marketplace.parts.models import DrawingPage, PartRevision
from marketplace.parts.states import ANALYSIS, AnalysisState

READER = Actor.system("the reader")
MOST_PAGES = 20


def analyze_revision(public_id: str) -> None:
    """Read the model (or the drawing, without one) in the child process and keep what it found.

    Safe to call again: a revision that is not pending is left alone. Files are read and stored
    outside the transaction; only the result is written inside. A drawing beside a model is read
    after it and never spoils the model's figures.
    """
    revision = _revision(public_id)
    if revision is None:  # deleted meanwhile
        return
    source = revision.model_file or revision.drawing_file
    if revision.state == AnalysisState.PENDING and source is not None:
        _read_main(revision, source)
    read_drawing(public_id)


def read_drawing(public_id: str) -> None:
    """Read the drawing beside a model: its text and its pages. Safe to call again."""
    revision = _revision(public_id)
    if revision is None:
        return
    drawing = revision.drawing_file
    done = revision.drawing_facts or revision.drawing_failure
    if drawing is None or revision.model_file is None or done:
        return
    with tempfile.TemporaryDirectory(prefix="drawing-") as folder:
        out = Path(folder)
        try:
            facts = read_part(copy_of(drawing, out), out, name=drawing.name)
        except GeometryError as error:
            PartRevision.objects.filter(pk=revision.pk, drawing_file=drawing).update(
                drawing_failure=error.message[:400]
            )
            return
        pages = _store_pages(revision, out)
    with transaction.atomic():
        row = PartRevision.objects.select_for_update(of=("self",)).filter(pk=revision.pk).first()
        if row is None or row.drawing_file_id != drawing.pk or row.drawing_facts:
            erase_files(actor=READER, files=pages, rows=True)
            return
        _keep_drawing(row, facts.as_dict(), pages)


def _revision(public_id: str) -> PartRevision | None:
    return (
        PartRevision.objects.select_related("part__organization", "model_file", "drawing_file")
        .filter(public_id=public_id)
        .first()
    )


def copy_of(source: StoredFile, folder: Path) -> Path:
    """A copy of a stored file in `folder`, for a child process to read."""
    path = folder / f"source{PurePosixPath(source.name).suffix.lower()}"
    with source.content.open("rb") as stored, path.open("wb") as copy:
        for chunk in stored.chunks():
            copy.write(chunk)
    return path


def _read_main(revision: PartRevision, source: StoredFile) -> None:
    units = revision.units_given
    with tempfile.TemporaryDirectory(prefix="part-") as folder:
        out = Path(folder)
        try:
            facts = read_part(copy_of(source, out), out, units=units or None, name=source.name)
        except GeometryError as error:
            _fail(revision, source, error.message)
            return
        made: dict[str, StoredFile] = {
            kind: _store(revision, kind, out / file, suffix)
            for kind, file, suffix in (
                (StoredFile.Kind.THUMBNAIL, "thumbnail.png", ".png"),
                (StoredFile.Kind.PREVIEW, "preview.glb", ".glb"),
            )
            if (out / file).exists()
        }
        pages = _store_pages(revision, out) if revision.model_file is None else []
    _finish(revision, source, units, facts, made, pages)


def _store(revision: PartRevision, kind: str, path: Path, suffix: str) -> StoredFile:
    return store_generated(
        organization=revision.part.organization,
        kind=kind,
        name=f"{revision.part.number} {revision.label}{suffix}",
        content=path.read_bytes(),
    )


def _store_pages(revision: PartRevision, folder: Path) -> list[StoredFile]:
    return [
        _store(revision, StoredFile.Kind.PAGE, path, f" page {number}.png")
        for number, path in enumerate(sorted(folder.glob("page-*.png"))[:MOST_PAGES], start=1)
    ]


def _keep_drawing(row: PartRevision, facts: dict[str, Any], pages: list[StoredFile]) -> None:
    row.drawing_facts = facts
    row.drawing_failure = ""
    row.save(update_fields=["drawing_facts", "drawing_failure"])
    DrawingPage.objects.filter(revision=row).delete()
    DrawingPage.objects.bulk_create(
        [
            DrawingPage(revision=row, number=number, file=file)
            for number, file in enumerate(pages, 1)
        ]
    )


@transaction.atomic
def _finish(
    revision: PartRevision,
    source: StoredFile,
    units: str,
    facts: PartFacts,
    made: dict[str, StoredFile],
    pages: list[StoredFile],
) -> None:
    row = _still_wanted(revision, source, units)
    if row is None:
        erase_files(actor=READER, files=[*made.values(), *pages], rows=True)
        return
    figures = facts.as_dict()
    row.facts = figures
    row.failure = ""
    row.format = facts.format[:12]
    row.warning_count = len(facts.warnings)
    row.shape_key = str(figures.get("shape_key") or "")[:80]
    row.thumbnail = made.get(StoredFile.Kind.THUMBNAIL)
    row.preview = made.get(StoredFile.Kind.PREVIEW)
    row.save(
        update_fields=[
            "facts",
            "failure",
            "format",
            "warning_count",
            "shape_key",
            "thumbnail",
            "preview",
        ]
    )
    if row.model_file_id is None:
        _keep_drawing(row, figures, pages)
    move(row, ANALYSIS, "finish_analysis", by=Side.SYSTEM)
    organization = revision.part.organization
    record(events.PART_READ, row, actor=READER, thread=revision.part, visible_to=[organization])


@transaction.atomic
def _fail(revision: PartRevision, source: StoredFile, sentence: str) -> None:
    row = _still_wanted(revision, source, revision.units_given)
    if row is None:
        return
    row.facts = {}
    row.failure = sentence[:400]
    row.warning_count = 0
    row.shape_key = ""
    row.save(update_fields=["facts", "failure", "warning_count", "shape_key"])
    move(row, ANALYSIS, "fail_analysis", by=Side.SYSTEM)
    record(
        events.PART_UNREADABLE,
        row,
        actor=READER,
        thread=revision.part,
        visible_to=[revision.part.organization],
        reason=row.failure,
    )


def _still_wanted(revision: PartRevision, source: StoredFile, units: str) -> PartRevision | None:
    """The row under lock, or None when a newer file or unit arrived while reading."""
    row = PartRevision.objects.select_for_update(of=("self",)).filter(pk=revision.pk).first()
    if row is None:  # the part was deleted meanwhile
        return None
    current = row.model_file_id or row.drawing_file_id
    unchanged = current == source.pk and row.units_given == units
    return row if unchanged and row.state == AnalysisState.PENDING else None
