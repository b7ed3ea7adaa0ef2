"""Many parts at once: tags, names, notes, archive, delete."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from marketplace.core.errors import Conflict, DomainError
from marketplace.core.events import record
from marketplace.files.actions import erase_files
from marketplace.files.models import StoredFile
from marketplace.parts import events
from marketplace.parts.actions.tags import clean_tags, drop_unused_tags, tags_named
from marketplace.parts.models import Part, PartRevision, RevisionUse
from marketplace.parts.naming import changed_name
from marketplace.parts.queries import lock_parts

MOST_AT_ONCE = 200
NAME_RULES = ("from_number", "upper", "sentence")


@dataclass(frozen=True)
class BulkChange:
    """What to do with each part; "" and empty change nothing. `notes` are written below the old
    ones, so that nothing somebody else wrote is lost."""

    add_tags: Sequence[str] = field(default_factory=tuple)
    drop_tags: Sequence[str] = field(default_factory=tuple)
    name_rule: str = ""
    notes: str = ""


@transaction.atomic
def change_parts(*, actor: Actor, part_ids: Sequence[str], change: BulkChange) -> int:
    """Apply one change to several parts; the number of parts changed.

    Raises DomainError when nothing is to be changed or a note would become too long.
    """
    parts = _locked(actor, part_ids)
    added = tags_named(actor.company, clean_tags(change.add_tags))
    dropped = {word.lower() for word in clean_tags(change.drop_tags)}
    if not (added or dropped or change.name_rule or change.notes.strip()):
        raise DomainError("Say what to change: tags, the rule for names, or a note.")
    if change.name_rule and change.name_rule not in NAME_RULES:
        raise DomainError("Choose one of the rules for names.")
    for part in parts:
        if change.name_rule:
            part.name = changed_name(change.name_rule, part.number, part.name)
        if change.notes.strip():
            part.notes = f"{part.notes}\n{change.notes.strip()}".strip()
            if len(part.notes) > 2000:
                sentence = f"The notes of {part.number} would be longer than 2,000 characters."
                raise DomainError(sentence, fields={"notes": sentence})
        part.save(update_fields=["name", "notes"])
        part.tags.add(*added)
        if dropped:
            part.tags.remove(*part.tags.filter(key__in=dropped))
        record(
            events.PART_CHANGED,
            part,
            actor=actor,
            visible_to=[part.organization],
            number=part.number,
        )
    drop_unused_tags(actor.company)
    return len(parts)


@transaction.atomic
def archive_parts(*, actor: Actor, part_ids: Sequence[str]) -> int:
    """Take parts out of sight; requests and orders keep theirs. The number that was not archived
    before."""
    waiting = [part for part in _locked(actor, part_ids) if part.archived_at is None]
    for part in waiting:
        part.archived_at = timezone.now()
        part.save(update_fields=["archived_at"])
        record(
            events.PART_ARCHIVED,
            part,
            actor=actor,
            visible_to=[part.organization],
            number=part.number,
        )
    return len(waiting)


@transaction.atomic
def restore_parts(*, actor: Actor, part_ids: Sequence[str]) -> int:
    """Bring archived parts back; the number that was archived."""
    archived = [part for part in _locked(actor, part_ids) if part.archived_at is not None]
    for part in archived:
        part.archived_at = None
        part.save(update_fields=["archived_at"])
        record(
            events.PART_RESTORED,
            part,
            actor=actor,
            visible_to=[part.organization],
            number=part.number,
        )
    return len(archived)


@transaction.atomic
def delete_parts(*, actor: Actor, part_ids: Sequence[str]) -> int:
    """Delete parts with their files for good; the number deleted.

    All or none: raises Conflict naming the parts that a request, a quote or an order has.
    """
    parts = _locked(actor, part_ids)
    used = [part.number for part in parts if not _remove(actor, part)]
    if used:
        some = ", ".join(used[:5]) + (f" and {len(used) - 5} more" if len(used) > 5 else "")
        raise Conflict(
            f"A request or an order has {some}, so nothing was deleted. Archive what is used."
        )
    drop_unused_tags(actor.company)
    return len(parts)


def _remove(actor: Actor, part: Part) -> bool:
    """False, and nothing changed, when something has the part."""
    revisions = PartRevision.objects.filter(part=part)
    locked = revisions.filter(locked_at__isnull=False).exists()
    if locked or RevisionUse.objects.filter(revision__part=part).exists():
        return False
    files = files_of(part)
    organization, number, public_id = part.organization, part.number, part.public_id
    try:
        with transaction.atomic():
            delete_rows(part)
            erase_files(actor=actor, files=files, rows=True)
    except ProtectedError:
        return False
    part.public_id = public_id
    record(events.PART_DELETED, part, actor=actor, visible_to=[organization], number=number)
    return True


def delete_rows(part: Part) -> None:
    """The rows of a part, its files not included. Raises ProtectedError when something has it."""
    Part.objects.filter(pk=part.pk).update(current=None)
    PartRevision.objects.filter(part=part).delete()
    part.delete()


def files_of(part: Part) -> list[StoredFile]:
    """Every file of a part: models, drawings, what was made of them."""
    ids: set[int] = set()
    revisions = PartRevision.objects.filter(part=part)
    for slots in revisions.values_list("model_file", "drawing_file", "preview", "thumbnail"):
        ids.update(pk for pk in slots if pk)
    ids.update(pk for pk in revisions.values_list("pages__file", flat=True) if pk)
    return list(StoredFile.objects.filter(pk__in=ids))


def _locked(actor: Actor, part_ids: Sequence[str]) -> list[Part]:
    actor.check(Permission.EDIT_PARTS)
    wanted = list(dict.fromkeys(part_ids))
    if not wanted:
        raise DomainError("Choose at least one part.")
    if len(wanted) > MOST_AT_ONCE:
        raise DomainError(f"Choose at most {MOST_AT_ONCE} parts at once.")
    return lock_parts(actor, wanted)
