"""One part: its details, its unit, its revision's label, its lock."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.states import move
from marketplace.parts import events
from marketplace.parts.actions.tags import set_tags
from marketplace.parts.models import Part, PartRevision, RevisionUse
from marketplace.parts.naming import LONGEST_LABEL
from marketplace.parts.queries import lock_part, twins_of
from marketplace.parts.states import ANALYSIS, AnalysisState

UNITS = ("mm", "cm", "m", "in")
LOCKED = "This revision is part of a published request. Upload a new revision."


@transaction.atomic
def change_part(
    *,
    actor: Actor,
    public_id: str,
    number: str,
    name: str,
    notes: str,
    customer_number: str | None = None,
    tags: Sequence[str] | None = None,
    external_id: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Part:
    """Change what the part is called and tagged, and what the buyer's own system keeps; None leaves
    a value as it is.

    Raises DomainError for a number that is taken.
    """
    actor.check(Permission.EDIT_PARTS)
    part = lock_part(actor, public_id)
    taken = Part.objects.filter(organization=part.organization, number=number).exclude(pk=part.pk)
    if taken.exists():
        raise DomainError(
            f"Another part has the number {number}.", fields={"number": "This number is taken."}
        )
    part.number, part.name, part.notes = number, name, notes
    if customer_number is not None:
        part.customer_number = customer_number
    if external_id is not None:
        part.external_id = external_id
    if metadata is not None:
        part.metadata = dict(metadata)
    own = ["customer_number", "external_id", "metadata"]
    part.save(update_fields=["number", "name", "notes", *own])
    if tags is not None:
        set_tags(part, tags)
    record(events.PART_CHANGED, part, actor=actor, visible_to=[part.organization], number=number)
    return part


@transaction.atomic
def relabel_revision(*, actor: Actor, public_id: str, label: str) -> Part:
    """Name the current revision as the drawing does.

    Raises Conflict once it is part of a published request, DomainError for a label that is taken.
    """
    actor.check(Permission.EDIT_PARTS)
    label = label.strip()
    if not label or len(label) > LONGEST_LABEL or not label.isprintable():
        sentence = f"A revision is named by 1 to {LONGEST_LABEL} characters."
        raise DomainError(sentence, fields={"label": sentence})
    part = lock_part(actor, public_id)
    revision = _current(part)
    if revision.locked_at is not None:
        raise Conflict(LOCKED)
    if revision.label == label:
        return part
    if part.revisions.filter(label__iexact=label).exclude(pk=revision.pk).exists():
        sentence = f"This part has a revision {label} already."
        raise DomainError(sentence, fields={"label": sentence})
    old, revision.label = revision.label, label
    revision.save(update_fields=["label"])
    record(
        events.REVISION_RELABELED,
        revision,
        actor=actor,
        thread=part,
        visible_to=[part.organization],
        old=old,
        label=label,
    )
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
        raise Conflict(LOCKED)
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


@transaction.atomic
def keep_twin(*, actor: Actor, public_id: str) -> Part:
    """The buyer wants the part beside another of the same file or shape: no note any more."""
    actor.check(Permission.EDIT_PARTS)
    part = lock_part(actor, public_id)
    revision = _current(part)
    twins = twins_of(revision)
    if revision.twin_kept or not twins:
        return part
    revision.twin_kept = True
    revision.save(update_fields=["twin_kept"])
    record(
        events.TWIN_KEPT,
        revision,
        actor=actor,
        thread=part,
        visible_to=[part.organization],
        twin=twins[0].part.number,
    )
    return part


def lock_revisions(revisions: Iterable[PartRevision]) -> None:
    """From now on these revisions never change; called when a request is published."""
    PartRevision.objects.filter(
        pk__in=[revision.pk for revision in revisions], locked_at=None
    ).update(locked_at=timezone.now())


def note_use(*, revisions: Iterable[PartRevision], kind: str, thing: str, label: str) -> None:
    """Remember that a request, quote or order has these revisions. Twice is once.

    `thing` is its public id, `label` what people call it. Called in the caller's transaction by the
    app that makes it.
    """
    RevisionUse.objects.bulk_create(
        [
            RevisionUse(revision=revision, kind=RevisionUse.Kind(kind), thing=thing, label=label)
            for revision in revisions
        ],
        ignore_conflicts=True,
    )


def _current(part: Part) -> PartRevision:
    if part.current is None:
        raise NotFound()
    return part.current
