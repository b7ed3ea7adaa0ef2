"""Bodies of an assembly become parts of their own."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.actor import Actor
from accounts.models import User
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.events import Fact, record
from marketplace.files.actions import store_generated
from marketplace.files.models import StoredFile
from marketplace.parts import events
from marketplace.parts.actions.analysis import READER, copy_of
from marketplace.parts.actions.placing import add_revision
from marketplace.parts.geometry.reader import GeometryError, split_bodies
from marketplace.parts.models import Part, PartRevision
from marketplace.parts.naming import next_label
from marketplace.parts.queries import lock_part

MOST_BODIES = 100
LONGEST_BASE = 54


@transaction.atomic
def take_bodies(*, actor: Actor, part_id: str, indexes: Sequence[int]) -> int:
    """Ask for a part of each of these bodies; the worker makes them. The number asked for.

    Raises DomainError when none is chosen or the assembly has no such body.
    """
    actor.check(Permission.EDIT_PARTS)
    part = lock_part(actor, part_id)
    revision = part.current
    chosen = sorted(set(indexes))
    if revision is None or revision.model_file_id is None or not chosen:
        raise DomainError("Choose at least one body.")
    if len(chosen) > MOST_BODIES:
        raise DomainError(f"Choose at most {MOST_BODIES} bodies at once.")
    if not set(chosen) <= bodies_by_index(revision).keys():
        raise DomainError("This assembly has no such body. Reload the page to see what it has.")
    record(
        events.BODIES_WANTED,
        revision,
        actor=actor,
        thread=part,
        visible_to=[part.organization],
        count=len(chosen),
        bodies=chosen,
    )
    return len(chosen)


def make_bodies(revision_id: str, indexes: Sequence[int], person_id: str) -> None:
    """Write each body as a model of its own and make a part of it. Safe to call again: a body that
    has its part already is left alone."""
    revision = (
        PartRevision.objects.select_related("part__organization", "model_file")
        .filter(public_id=revision_id)
        .first()
    )
    if revision is None or revision.model_file is None:
        return
    bodies = bodies_by_index(revision)
    missing = [
        index
        for index in indexes
        if index in bodies and not _has_part(revision, number_for(revision, index))
    ]
    if not missing:
        return
    with tempfile.TemporaryDirectory(prefix="bodies-") as folder:
        out = Path(folder)
        try:
            made = split_bodies(
                copy_of(revision.model_file, out),
                out,
                missing,
                units=revision.units_given or None,
                name=revision.model_file.name,
            )
        except GeometryError as error:
            _told(events.BODIES_FAILED, revision, reason=error.message)
            return
        numbers = [
            _make_part(revision, bodies[index], number_for(revision, index), path, person_id)
            for index, path in made
        ]
    _told(events.BODIES_TAKEN, revision, numbers=", ".join(numbers)[:300])


def bodies_by_index(revision: PartRevision) -> dict[int, dict[str, Any]]:
    """The distinct bodies that reading the model found."""
    rows = revision.facts.get("bodies") or []
    return {row["index"]: row for row in rows if isinstance(row.get("index"), int)}


def number_for(revision: PartRevision, index: int) -> str:
    """The number of a body's part: that of the assembly and the body's place, from 01."""
    return f"{revision.part.number[:LONGEST_BASE]}-{index + 1:02d}"


def _has_part(revision: PartRevision, number: str) -> bool:
    return PartRevision.objects.filter(
        part__organization=revision.part.organization, part__number=number, taken_from=revision
    ).exists()


def _make_part(
    revision: PartRevision, body: dict[str, Any], number: str, path: Path, person_id: str
) -> str:
    organization = revision.part.organization
    file = store_generated(
        organization=organization,
        kind=StoredFile.Kind.MODEL,
        name=f"{number}{path.suffix}",
        content=path.read_bytes(),
    )
    with transaction.atomic():
        person = User.objects.filter(public_id=person_id).first() if person_id else None
        name = str(body.get("name") or "")[:140] or f"Body of {revision.part.name}"[:140]
        part, _ = Part.objects.get_or_create(
            organization=organization, number=number, defaults={"name": name, "created_by": person}
        )
        taken = {label.upper() for label in part.revisions.values_list("label", flat=True)}
        label = revision.label
        while label.upper() in taken:
            label = next_label(label)
        fresh = add_revision(
            part=part, label=label, values={"model_file": file, "taken_from": revision}
        )
        record(
            events.PART_UPLOADED,
            fresh,
            actor=READER,
            thread=part,
            visible_to=[organization],
            number=number,
        )
    return number


def _told(fact: Fact, revision: PartRevision, **data: str) -> None:
    with transaction.atomic():
        record(
            fact,
            revision,
            actor=READER,
            thread=revision.part,
            visible_to=[revision.part.organization],
            **data,
        )
