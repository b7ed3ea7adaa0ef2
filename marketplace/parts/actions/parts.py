"""Parts come into the library by their files."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.states import move
from marketplace.files.actions import store_upload
from marketplace.files.checks import MODEL_EXTENSIONS, clean_name, kind_of
from marketplace.files.models import StoredFile
from marketplace.parts import events
from marketplace.parts.models import Part, PartRevision
from marketplace.parts.queries import lock_part
from marketplace.parts.states import ANALYSIS, AnalysisState

UNITS = ("mm", "cm", "m", "in")


def upload_part_file(*, actor: Actor, upload: File) -> Part:
    """Take one model or drawing and put it where it belongs.

    The file's name without its extension is the part number. A file that completes the current
    revision (a drawing beside its model) joins it; a changed file makes the next revision; the
    same file again changes nothing. Raises DomainError for a file we do not take.
    """
    actor.check(Permission.EDIT_PARTS)
    name = clean_name(upload.name or "file")
    kind = kind_of(name)
    if kind is None:
        known = ", ".join(sorted(ext.lstrip(".").upper() for ext in MODEL_EXTENSIONS))
        raise DomainError(f"{name} is not a part file. Upload {known} models or PDF drawings.")
    file = store_upload(actor=actor, upload=upload, kind=kind)
    with transaction.atomic():
        return _place(actor, file, PurePosixPath(name).stem[:60])


def _place(actor: Actor, file: StoredFile, number: str) -> Part:
    assert actor.organization is not None
    part, _ = Part.objects.get_or_create(
        organization=actor.organization,
        number=number,
        defaults={"name": _name_from(number), "created_by": actor.user},
    )
    part = lock_part(actor, part.public_id)
    slot = "model_file" if file.kind == StoredFile.Kind.MODEL else "drawing_file"
    current = part.current
    present = getattr(current, slot) if current else None
    if present is not None and present.sha256 == file.sha256:
        return part
    if current is not None and present is None and current.locked_at is None:
        _complete(current, slot, file, actor)
        return part
    revision = PartRevision.objects.create(
        part=part,
        label=_next_label(current.label if current else ""),
        **{**_carried(current, slot), slot: file},
    )
    Part.objects.filter(pk=part.pk).update(current=revision)
    part.current = revision
    record(
        events.PART_UPLOADED,
        revision,
        actor=actor,
        thread=part,
        visible_to=[actor.organization],
        number=number,
    )
    return part


def _carried(current: PartRevision | None, slot: str) -> dict[str, StoredFile]:
    """A new drawing goes with the unchanged model; a new model starts without the old drawing."""
    if current is None or slot == "model_file" or current.model_file is None:
        return {}
    return {"model_file": current.model_file}


def _complete(revision: PartRevision, slot: str, file: StoredFile, actor: Actor) -> None:
    setattr(revision, slot, file)
    revision.save(update_fields=[slot])
    if slot == "drawing_file":
        fact, data = events.DRAWING_ATTACHED, {"name": file.name}
    else:
        if revision.state != AnalysisState.PENDING:
            move(revision, ANALYSIS, "read_again", by=Side.BUYER)
        fact, data = events.PART_UPLOADED, {"number": revision.part.number}
    record(
        fact,
        revision,
        actor=actor,
        thread=revision.part,
        visible_to=[revision.part.organization],
        **data,
    )


@transaction.atomic
def change_part(*, actor: Actor, public_id: str, number: str, name: str, notes: str) -> Part:
    """Change how the part is called. Raises DomainError for a number that is taken."""
    actor.check(Permission.EDIT_PARTS)
    part = lock_part(actor, public_id)
    taken = Part.objects.filter(organization=part.organization, number=number).exclude(pk=part.pk)
    if taken.exists():
        raise DomainError(
            f"Another part has the number {number}.", fields={"number": "This number is taken."}
        )
    part.number, part.name, part.notes = number, name, notes
    part.save(update_fields=["number", "name", "notes"])
    record(events.PART_CHANGED, part, actor=actor, visible_to=[part.organization], number=number)
    return part


@transaction.atomic
def give_units(*, actor: Actor, public_id: str, units: str) -> Part:
    """Say in which unit a file without units is drawn; it is read again.

    Raises Conflict once the revision is part of a published request.
    """
    actor.check(Permission.EDIT_PARTS)
    if units not in UNITS:
        raise DomainError("Choose millimeters, centimeters, meters or inches.")
    part = lock_part(actor, public_id)
    revision = part.current
    if revision is None or revision.model_file is None:
        raise NotFound()
    if revision.locked_at is not None:
        raise Conflict("This revision is part of a published request. Upload a new revision.")
    if revision.state != AnalysisState.PENDING:
        move(revision, ANALYSIS, "read_again", by=Side.BUYER)
    revision.units_given = units
    revision.save(update_fields=["units_given"])
    record(
        events.UNITS_GIVEN,
        revision,
        actor=actor,
        thread=part,
        visible_to=[part.organization],
        units=units,
    )
    return part


def lock_revisions(revisions: Iterable[PartRevision]) -> None:
    """From now on these revisions never change; called when a request is published."""
    PartRevision.objects.filter(
        pk__in=[revision.pk for revision in revisions], locked_at=None
    ).update(locked_at=timezone.now())


def _name_from(number: str) -> str:
    words = number.replace("_", " ").replace("-", " ").split()
    return " ".join(words).capitalize()[:140] or number


def _next_label(label: str) -> str:
    """A, B, ... Z, AA, AB, ..."""
    if not label:
        return "A"
    value = 0
    for letter in label:
        value = value * 26 + ord(letter) - ord("A") + 1
    value += 1
    letters = ""
    while value:
        value, rest = divmod(value - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
