"""Where a new file belongs: a new part, the next revision, a gap beside a model, or nowhere."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Q, Value

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from marketplace.core.states import move
from marketplace.files.actions import digest_of, erase_files, store_upload
from marketplace.files.checks import MODEL_EXTENSIONS, check_upload, clean_name, kind_of
from marketplace.files.models import StoredFile
from marketplace.parts import events
from marketplace.parts.models import Part, PartRevision
from marketplace.parts.models.part import key_of
from marketplace.parts.naming import Named, name_from, next_label, read_name
from marketplace.parts.queries import lock_part
from marketplace.parts.states import ANALYSIS, AnalysisState

HEAD_BYTES = 64


class Outcome(StrEnum):
    NEW_PART = "new_part"
    NEW_REVISION = "new_revision"
    COMPLETED = "completed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Placement:
    """Where a file came to lie. `sentence` says it to the person who sent it."""

    part: Part
    revision: PartRevision
    outcome: Outcome
    sentence: str


def upload_part_file(*, actor: Actor, upload: File) -> Part:
    """As `place_file`, for callers who only want the part."""
    return place_file(actor=actor, upload=upload).part


def place_file(*, actor: Actor, upload: File) -> Placement:
    """Take one model or drawing and put it where its name says.

    The name gives the part number and may give a revision ("BRK-014_revB.pdf"). A file that
    completes a revision (a drawing beside its model) joins it; a changed file makes the next
    revision; the same file again changes nothing. Raises DomainError for a file we do not take.
    """
    actor.check(Permission.EDIT_PARTS)
    name = clean_name(upload.name or "file")
    kind = check_part_file(name)
    named = read_name(name)
    upload.seek(0)
    check_upload(name, upload.size, upload.read(HEAD_BYTES), kind)
    digest, _ = digest_of(upload)
    slot = _slot_of(kind)
    if (known := _same_file(actor, named, slot, digest)) is not None:
        return _unchanged(known)
    file = store_upload(actor=actor, upload=upload, kind=kind)
    with transaction.atomic():
        return _place(actor, file, named)


def check_part_file(name: str) -> str:
    """The kind of a part file. Raises DomainError for a name that is none."""
    kind = kind_of(name)
    if kind is None:
        known = ", ".join(sorted(ext.lstrip(".").upper() for ext in MODEL_EXTENSIONS))
        raise DomainError(f"{name} is not a part file. Upload {known} models or PDF drawings.")
    return kind


def _slot_of(kind: str) -> str:
    return "model_file" if kind == StoredFile.Kind.MODEL else "drawing_file"


def _same_file(actor: Actor, named: Named, slot: str, digest: str) -> PartRevision | None:
    """The revision of the part that has this very file already, the newest first."""
    rows = PartRevision.objects.filter(
        Q(part__number_key=key_of(Value(named.number))),
        part__organization=actor.organization,
        **{f"{slot}__sha256": digest},
    ).select_related("part")
    if named.label:
        rows = rows.filter(label__iexact=named.label)
    return rows.order_by("-pk").first()


def _unchanged(revision: PartRevision) -> Placement:
    sentence = f"The same file as {_called(revision)}; nothing was stored twice."
    return Placement(revision.part, revision, Outcome.UNCHANGED, sentence)


def _called(revision: PartRevision) -> str:
    return f"{revision.part.number} rev {revision.label}"


def _place(actor: Actor, file: StoredFile, named: Named) -> Placement:
    part, is_new = _part_for(actor, named)
    slot = _slot_of(file.kind)
    if (known := _same_file(actor, named, slot, file.sha256)) is not None:
        # Another window sent the same file a moment ago.
        erase_files(actor=actor, files=[file], rows=True)
        return _unchanged(known)
    if not is_new and (gap := _gap_for(part, slot, named)) is not None:
        _complete(gap, slot, file, actor)
        sentence = f"Joined {_called(gap)}."
        return Placement(part, gap, Outcome.COMPLETED, sentence)
    if part.archived_at is not None:
        Part.objects.filter(pk=part.pk).update(archived_at=None)
    revision = add_revision(
        part=part, label=_label_for(part, named), values={**_carried(part, slot, named), slot: file}
    )
    _record_upload(revision, actor)
    if is_new:
        return Placement(part, revision, Outcome.NEW_PART, f"New part {_called(revision)}.")
    sentence = f"New revision {_called(revision)}."
    if named.label and revision.label != named.label:
        sentence = (
            f"Rev {named.label} of {part.number} has another file already, so this is rev "
            f"{revision.label}."
        )
    return Placement(part, revision, Outcome.NEW_REVISION, sentence)


def add_revision(*, part: Part, label: str, values: dict[str, Any]) -> PartRevision:
    """The newest revision of a locked part; it becomes the current one."""
    model: StoredFile | None = values.get("model_file")
    revision = PartRevision.objects.create(
        part=part, label=label, model_sha256=model.sha256 if model else "", **values
    )
    Part.objects.filter(pk=part.pk).update(current=revision)
    part.current = revision
    return revision


def _part_for(actor: Actor, named: Named) -> tuple[Part, bool]:
    """The part with this number, however it is spelled, locked; made when there is none."""
    found = list(
        Part.objects.filter(
            organization=actor.company, number_key=key_of(Value(named.number))
        ).order_by("pk")[:10]
    )
    exact = next((part for part in found if part.number == named.number), None)
    if exact is None and found:
        exact = found[0]
    made = False
    if exact is None:
        exact, made = Part.objects.get_or_create(
            organization=actor.company,
            number=named.number,
            defaults={"name": name_from(named.number), "created_by": actor.user},
        )
    return lock_part(actor, exact.public_id), made


def _gap_for(part: Part, slot: str, named: Named) -> PartRevision | None:
    """The revision that lacks this file and may still be completed."""
    revisions = list(part.revisions.select_related("part", "model_file", "drawing_file"))
    wanted = next((row for row in revisions if row.label.upper() == named.label), None)
    current = next((row for row in revisions if row.pk == part.current_id), None)
    if named.label and wanted is None and current is not None and not _label_was_named(current):
        # "BRK-014.step" beside "BRK-014_revB.pdf": the drawing knows which revision it is.
        if _may_join(current, slot):
            PartRevision.objects.filter(pk=current.pk).update(label=named.label)
            current.label = named.label
            return current
        return None
    chosen = wanted if named.label else current
    return chosen if chosen is not None and _may_join(chosen, slot) else None


def _may_join(revision: PartRevision, slot: str) -> bool:
    return revision.locked_at is None and getattr(revision, f"{slot}_id") is None


def _label_was_named(revision: PartRevision) -> bool:
    return any(read_name(file.name).label for file in revision.files)


def _label_for(part: Part, named: Named) -> str:
    taken = {label.upper() for label in part.revisions.values_list("label", flat=True)}
    if named.label and named.label not in taken:
        return named.label
    label = next_label(part.current.label if part.current else "")
    while label.upper() in taken:
        label = next_label(label)
    return label


def _carried(part: Part, slot: str, named: Named) -> dict[str, StoredFile]:
    """A changed drawing goes with the unchanged model. A new model starts without the old drawing,
    and so does a drawing that names its revision: its model may be the next file."""
    current = part.current
    if slot == "model_file" or named.label or current is None or current.model_file is None:
        return {}
    return {"model_file": current.model_file}


def _complete(revision: PartRevision, slot: str, file: StoredFile, actor: Actor) -> None:
    setattr(revision, slot, file)
    changed = [slot]
    if slot == "model_file":
        revision.model_sha256 = file.sha256
        changed.append("model_sha256")
    revision.save(update_fields=changed)
    if slot == "model_file":
        if revision.state != AnalysisState.PENDING:
            move(revision, ANALYSIS, "read_again", by=Side.BUYER)
        _record_upload(revision, actor)
        return
    record(
        events.DRAWING_ATTACHED,
        revision,
        actor=actor,
        thread=revision.part,
        visible_to=[revision.part.organization],
        name=file.name,
    )


def _record_upload(revision: PartRevision, actor: Actor) -> None:
    record(
        events.PART_UPLOADED,
        revision,
        actor=actor,
        thread=revision.part,
        visible_to=[revision.part.organization],
        number=revision.part.number,
    )
