"""An organization comes from another installation: people, parts and files live on, the rest is
kept to be read.

Contracts and money are not continued: a ledger of another installation says nothing about money
that is held here. Nobody is told, nothing is done again.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.files.base import File
from django.db import transaction

from accounts.actions.taking_over import take_over_organization
from accounts.actor import Actor
from accounts.models import Organization
from marketplace.core.errors import Conflict
from marketplace.core.events import record
from marketplace.files.actions import take_over_file
from marketplace.files.models import StoredFile
from marketplace.operations import events
from marketplace.operations.leaving.archive import BLOCK
from marketplace.operations.leaving.opening import Archive
from marketplace.operations.models import EarlierRecord
from marketplace.parts.actions.taking_over import take_over_part
from marketplace.parts.models import Part

IMPORTER = Actor.system("import of an organization")
PART_CHAPTERS = ("parts", "archived_parts")
# These become rows of their own; the reader finds findings anew.
TAKEN_OVER = frozenset(
    {"organization", "members", "addresses", "approval_rules"}
    | {chapter + of for chapter in PART_CHAPTERS for of in ("", ".revisions", ".findings")}
)
# The reader makes them anew from the models and drawings.
MADE_ANEW = frozenset({StoredFile.Kind.PREVIEW, StoredFile.Kind.THUMBNAIL, StoredFile.Kind.PAGE})
TITLES = ("title", "reference", "name", "number", "file_name", "sentence", "email")


def import_organization(archive: Archive) -> Organization:
    """Take everything of a checked archive over. All or nothing.

    Raises Conflict when the organization, or a part or file of it, is here already.
    """
    _check_free(archive)
    kept: dict[str, StoredFile] = {}
    try:
        with transaction.atomic():
            return _take_over(archive, kept)
    except BaseException:
        # The rows are gone with the transaction, what was written to the storage is not.
        for file in kept.values():
            file.content.delete(save=False)
        raise


def _take_over(archive: Archive, kept: dict[str, StoredFile]) -> Organization:
    organization = take_over_organization(
        archive.things("organization")[0],
        members=archive.things("members"),
        addresses=archive.things("addresses"),
        rules=archive.things("approval_rules"),
    )
    for row in archive.files.values():
        if row["kind"] not in MADE_ANEW:
            kept[row["id"]] = _keep(organization, archive, row)
    _parts(organization, archive, kept.__getitem__)
    EarlierRecord.objects.bulk_create(_earlier(organization, archive), batch_size=500)
    record(
        events.ORGANIZATION_IMPORTED,
        organization,
        actor=IMPORTER,
        visible_to=[organization],
        site=archive.manifest["site"],
        rows=sum(chapter["rows"] for chapter in archive.manifest["chapters"]),
        files=len(archive.files),
    )
    return organization


def _check_free(archive: Archive) -> None:
    parts = [part["id"] for name in PART_CHAPTERS for part in archive.things(name)]
    for model, ids in ((Part, parts), (StoredFile, list(archive.files))):
        taken = model.objects.filter(public_id__in=ids).values_list("public_id", flat=True)[:1]
        if taken:
            raise Conflict(f"{taken[0]} is here already. Nothing was changed.")


def _keep(organization: Organization, archive: Archive, row: Mapping[str, Any]) -> StoredFile:
    with archive.bundle.open(row["place"]) as packed, tempfile.TemporaryFile() as content:
        while block := packed.read(BLOCK):
            content.write(block)
        content.seek(0)
        return take_over_file(
            organization=organization,
            public_id=row["id"],
            kind=row["kind"],
            name=row["name"],
            content=File(content, name=row["name"]),
        )


def _parts(
    organization: Organization, archive: Archive, file_of: Callable[[str], StoredFile]
) -> None:
    revisions: dict[str, list[Any]] = defaultdict(list)
    things: list[Any] = []
    for chapter in PART_CHAPTERS:
        things += archive.things(chapter)
        for of, thing in archive.rows(f"{chapter}.revisions"):
            revisions[of].append(thing)
    # Oldest first: lists show the newest row first.
    for thing in sorted(things, key=lambda part: str(part["created_at"])):
        take_over_part(organization, thing, revisions[thing["id"]], file_of=file_of, actor=IMPORTER)


def _earlier(organization: Organization, archive: Archive) -> Iterator[EarlierRecord]:
    for chapter in archive.chapters:
        if chapter in TAKEN_OVER:
            continue
        for of, thing in archive.rows(chapter):
            known = thing if isinstance(thing, dict) else {}
            title = next((str(known[name]) for name in TITLES if known.get(name)), "")
            yield EarlierRecord(
                organization=organization,
                chapter=chapter,
                of=of,
                thing_id=str(known.get("id") or ""),
                title=title[:200],
                thing=thing,
            )
