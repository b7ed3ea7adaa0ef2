"""Reads of the part library."""

from collections.abc import Collection, Sequence

from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.errors import NotFound
from marketplace.core.history import PersonalData
from marketplace.parts.models import Part, PartRevision


def parts_of(actor: Actor, text: str = "") -> QuerySet[Part]:
    """The acting organization's parts with their current revision; `text` is in number or name."""
    rows = Part.objects.filter(organization=actor.organization).select_related(
        "current__thumbnail", "current__drawing_file", "current__model_file"
    )
    if text:
        rows = rows.filter(number__icontains=text[:60]) | rows.filter(name__icontains=text[:60])
    return rows


def get_part(actor: Actor, public_id: str) -> Part:
    """One of the acting organization's own parts. Raises NotFound."""
    found = (
        parts_of(actor)
        .select_related("current__preview")
        .prefetch_related("revisions__model_file", "revisions__drawing_file")
        .filter(public_id=public_id)
        .first()
        if actor.organization
        else None
    )
    if found is None:
        raise NotFound()
    return found


def current_revisions(actor: Actor, part_ids: Sequence[str]) -> list[PartRevision]:
    """The current revisions of the acting organization's parts, in the order of `part_ids`.

    Raises NotFound when one of them is not theirs.
    """
    rows = {
        part.public_id: part.current
        for part in Part.objects.filter(
            organization=actor.organization, public_id__in=part_ids
        ).select_related("current__part")
    }
    wanted = list(dict.fromkeys(part_ids))
    if set(rows) != set(wanted):
        raise NotFound()
    return [revision for part_id in wanted if (revision := rows[part_id]) is not None]


def parts_by_number(actor: Actor, numbers: Collection[str]) -> dict[str, Part]:
    """The acting organization's parts of these numbers, by number in lower case (casefold).

    Numbers that differ in case only name the part written exactly so, else the newest. One query.
    """
    folded = {number.casefold() for number in numbers}
    rows = Part.objects.filter(organization=actor.organization, current__isnull=False)
    rows = rows.annotate(folded=Lower("number")).filter(folded__in=folded)
    found: dict[str, Part] = {}
    for part in rows.select_related("current__part").order_by("pk"):
        key = part.number.casefold()
        if key not in found or part.number in numbers:
            found[key] = part
    return found


def lock_part(actor: Actor, public_id: str) -> Part:
    """One of the acting organization's own parts, locked until the transaction ends."""
    found = (
        Part.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(organization=actor.organization, public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def personal_data_of(user: User) -> PersonalData:
    """Name of a file -> rows: the parts the person brought in for an organization."""
    rows = Part.objects.filter(created_by=user)
    return {
        "parts": list(rows.values("number", "name", "notes", "organization__name", "created_at"))
    }
