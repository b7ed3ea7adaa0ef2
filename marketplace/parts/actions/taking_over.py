"""A part comes from another installation; its files are read anew here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from accounts.actor import Actor
from accounts.models import Organization
from marketplace.core.events import record
from marketplace.files.models import StoredFile
from marketplace.parts import events
from marketplace.parts.actions.tags import set_tags
from marketplace.parts.models import Part, PartRevision

Kind = StoredFile.Kind


def take_over_part(
    organization: Organization,
    thing: Mapping[str, Any],
    revisions: Sequence[Mapping[str, Any]],
    *,
    file_of: Callable[[str], StoredFile],
    actor: Actor,
) -> Part:
    """The part and its revisions, oldest first, in the caller's transaction.

    `thing` and `revisions` are what the API of the other installation answered; `file_of` gives the
    file that stands here for an id of theirs. What was locked stays locked.
    """
    part = Part.objects.create(
        public_id=thing["id"],
        organization=organization,
        archived_at=thing["archived_at"],
        created_at=thing["created_at"],
        **{
            name: thing[name]
            for name in ("number", "name", "customer_number", "notes", "external_id", "metadata")
        },
    )
    set_tags(part, thing["tags"])
    made = [
        _take_over_revision(part, row, {f["kind"]: file_of(f["id"]) for f in row["files"]})
        for row in sorted(revisions, key=lambda row: str(row["created_at"]))
    ]
    current = (thing["current"] or {}).get("id")
    part.current = next((one for one in made if one.public_id == current), None)
    part.save(update_fields=["current"])
    for revision in made:
        record(
            events.PART_UPLOADED,
            revision,
            actor=actor,
            thread=part,
            visible_to=[organization],
            number=part.number,
        )
    return part


def _take_over_revision(
    part: Part, row: Mapping[str, Any], files: Mapping[str, StoredFile]
) -> PartRevision:
    figures = row["figures"]
    return PartRevision.objects.create(
        public_id=row["id"],
        part=part,
        label=row["label"],
        model_file=files.get(Kind.MODEL),
        drawing_file=files.get(Kind.DRAWING),
        model_sha256=files[Kind.MODEL].sha256 if Kind.MODEL in files else "",
        units_given=figures["units"] if figures["units_source"] == "given" else "",
        locked_at=row["locked_at"],
        created_at=row["created_at"],
    )
