"""Reading a revision's files: figures, thumbnail, preview."""

import tempfile
from pathlib import Path, PurePosixPath

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import record
from marketplace.core.states import move
from marketplace.files.actions import store_generated
from marketplace.files.models import StoredFile
from marketplace.parts import events
from marketplace.parts.geometry.facts import PartFacts
from marketplace.parts.geometry.reader import GeometryError, read_part
from marketplace.parts.models import PartRevision
from marketplace.parts.states import ANALYSIS, AnalysisState

READER = Actor.system("the reader")


def analyze_revision(public_id: str) -> None:
    """Read the model (or the drawing, without one) in the child process and keep what it found.

    Safe to call again: a revision that is not pending is left alone. Files are read and stored
    outside the transaction; only the result is written inside.
    """
    revision = PartRevision.objects.select_related(
        "part__organization", "model_file", "drawing_file"
    ).get(public_id=public_id)
    source = revision.model_file or revision.drawing_file
    if revision.state != AnalysisState.PENDING or source is None:
        return
    units = revision.units_given
    with tempfile.TemporaryDirectory(prefix="part-") as folder:
        out = Path(folder)
        path = out / f"source{PurePosixPath(source.name).suffix.lower()}"
        with source.content.open("rb") as stored, path.open("wb") as copy:
            for chunk in stored.chunks():
                copy.write(chunk)
        try:
            facts = read_part(path, out, units=units or None, name=source.name)
        except GeometryError as error:
            _fail(revision, source, error.message)
            return
        made: dict[str, StoredFile] = {
            kind: store_generated(
                organization=revision.part.organization,
                kind=kind,
                name=f"{revision.part.number} {revision.label}{suffix}",
                content=(out / file).read_bytes(),
            )
            for kind, file, suffix in (
                (StoredFile.Kind.THUMBNAIL, "thumbnail.png", ".png"),
                (StoredFile.Kind.PREVIEW, "preview.glb", ".glb"),
            )
            if (out / file).exists()
        }
    _finish(revision, source, units, facts, made)


@transaction.atomic
def _finish(
    revision: PartRevision,
    source: StoredFile,
    units: str,
    facts: PartFacts,
    made: dict[str, StoredFile],
) -> None:
    row = _still_wanted(revision, source, units)
    if row is None:
        return
    row.facts = facts.as_dict()
    row.failure = ""
    row.thumbnail = made.get(StoredFile.Kind.THUMBNAIL)
    row.preview = made.get(StoredFile.Kind.PREVIEW)
    row.save(update_fields=["facts", "failure", "thumbnail", "preview"])
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
    row.save(update_fields=["facts", "failure"])
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
    row = PartRevision.objects.select_for_update(of=("self",)).get(pk=revision.pk)
    current = row.model_file_id or row.drawing_file_id
    unchanged = current == source.pk and row.units_given == units
    return row if unchanged and row.state == AnalysisState.PENDING else None
