"""Reads of the part library. Every function starts from the actor; a stranger finds nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.errors import NotFound
from marketplace.core.history import PersonalData
from marketplace.core.pages import PAGE_SIZE, Page
from marketplace.directory.models import Material, Process
from marketplace.files.models import StoredFile
from marketplace.parts.models import (
    DrawingPage,
    FindingAcceptance,
    Part,
    PartRevision,
    RevisionUse,
    Tag,
    Upload,
    UploadBatch,
)
from marketplace.parts.states import AnalysisState

LONGEST_TEXT = 60
MOST_TAGS_AT_ONCE = 5
SORTS = ("newest", "oldest", "number")
# What the library can be narrowed to, beside tags and format.
SHOWN = ("", "reading", "look", "ready", "failed", "no_drawing", "archived")
MOST_TWINS = 3
MOST_TWIN_REVISIONS = 60
MOST_USES = 200


@dataclass(frozen=True)
class Filters:
    """What the library is narrowed to and how it is sorted; "" narrows nothing.

    `shown` is one of SHOWN: archived parts are only in "archived".
    """

    text: str = ""
    shown: str = ""
    format: str = ""
    tags: Sequence[str] = field(default_factory=tuple)
    sort: str = "newest"
    external_id: str = ""


def parts_of(actor: Actor, text: str = "", filters: Filters | None = None) -> QuerySet[Part]:
    """The acting organization's parts with their current revision, newest first.

    `text` is looked for in number, name, customer number and notes; on PostgreSQL an index of
    trigrams answers from three characters on.
    """
    chosen = filters or Filters()
    rows = Part.objects.filter(organization=actor.organization).select_related(
        "current__thumbnail", "current__drawing_file", "current__model_file"
    )
    if wanted := (text or chosen.text).strip()[:LONGEST_TEXT]:
        rows = rows.filter(search__contains=Lower(Value(wanted)))
    rows = rows.filter(archived_at__isnull=chosen.shown != "archived")
    for key in list(chosen.tags)[:MOST_TAGS_AT_ONCE]:
        rows = rows.filter(tags__key=key.lower())
    if chosen.external_id:
        rows = rows.filter(external_id=chosen.external_id)
    if chosen.format:
        rows = rows.filter(current__format=chosen.format)
    return _shown(rows, chosen.shown)


def _shown(rows: QuerySet[Part], shown: str) -> QuerySet[Part]:
    if shown == "reading":
        return rows.filter(current__state=AnalysisState.PENDING)
    if shown == "failed":
        return rows.filter(current__state=AnalysisState.FAILED)
    if shown == "ready":
        return rows.filter(current__state=AnalysisState.READY, current__warning_count=0)
    if shown == "look":
        failed = Q(current__state=AnalysisState.FAILED)
        return rows.filter(failed | Q(current__warning_count__gt=0))
    if shown == "no_drawing":
        return rows.filter(current__drawing_file=None)
    return rows


def library_page(actor: Actor, filters: Filters, after: str = "") -> Page[Part]:
    """One page of the library in the order asked for. Two queries at any depth.

    `after` is the cursor of the page before: a row number, or a part number when sorted by it.
    """
    rows = parts_of(actor, filters=filters).prefetch_related("tags")
    if filters.sort == "number":
        rows = rows.filter(number__gt=after) if after else rows
        found = list(rows.order_by("number")[: PAGE_SIZE + 1])
        cursor = found[PAGE_SIZE - 1].number if len(found) > PAGE_SIZE else ""
    else:
        if after.isascii() and after.isdigit() and len(after) < 19:
            edge = "pk__gt" if filters.sort == "oldest" else "pk__lt"
            rows = rows.filter(**{edge: int(after)})
        found = list(rows.order_by("pk" if filters.sort == "oldest" else "-pk")[: PAGE_SIZE + 1])
        cursor = str(found[PAGE_SIZE - 1].pk) if len(found) > PAGE_SIZE else ""
    return Page(found[:PAGE_SIZE], cursor, is_first=not after)


def parts_named(actor: Actor, part_ids: Collection[str]) -> list[Part]:
    """Those of the public ids that are in the acting organization's library, newest first. One
    query, none for none."""
    if not part_ids:
        return []
    return list(parts_of(actor).filter(public_id__in=part_ids).order_by("-pk"))


def tags_of(actor: Actor) -> QuerySet[Tag]:
    """The acting organization's tags with the number of parts each."""
    return Tag.objects.filter(organization=actor.organization).annotate(
        part_count=Count("parts", filter=Q(parts__archived_at=None))
    )


def get_part(actor: Actor, public_id: str) -> Part:
    """One of the acting organization's own parts. Raises NotFound."""
    found = (
        parts_of_any_age(actor)
        .select_related(
            "current__preview",
            "current__thumbnail",
            "current__drawing_file",
            "current__model_file",
            "current__taken_from__part",
        )
        .prefetch_related(
            "tags",
            Prefetch(
                "revisions",
                PartRevision.objects.select_related("model_file", "drawing_file").defer("facts"),
            ),
        )
        .filter(public_id=public_id)
        .first()
        if actor.organization
        else None
    )
    if found is None:
        raise NotFound()
    return found


def parts_of_any_age(actor: Actor) -> QuerySet[Part]:
    """The acting organization's parts, archived ones too."""
    return Part.objects.filter(organization=actor.organization)


def get_revision(actor: Actor, part_id: str, label: str) -> PartRevision:
    """One revision of the acting organization's own part, with its files. Raises NotFound."""
    found = (
        PartRevision.objects.filter(
            part__organization=actor.organization, part__public_id=part_id, label=label
        )
        .select_related("part", "preview", "thumbnail", "model_file", "drawing_file")
        .first()
        if actor.organization
        else None
    )
    if found is None:
        raise NotFound()
    return found


def revisions_of(actor: Actor, part_id: str) -> list[PartRevision]:
    """Every revision of the acting organization's own part with its files, the newest first. Raises
    NotFound."""
    part = get_part(actor, part_id)
    return list(
        PartRevision.objects.filter(part=part).select_related(
            "preview", "thumbnail", "model_file", "drawing_file"
        )
    )


def current_revisions_of(actor: Actor, parts: Sequence[Part]) -> dict[int, PartRevision]:
    """Primary key of each of the acting organization's own parts -> its current revision with its
    files. One query."""
    rows = PartRevision.objects.filter(
        part__organization=actor.organization, pk__in=[part.current_id for part in parts]
    ).select_related("preview", "thumbnail", "model_file", "drawing_file")
    return {revision.part_id: revision for revision in rows}


def two_revisions(
    actor: Actor, part_id: str, old: str = "", new: str = ""
) -> tuple[PartRevision, PartRevision]:
    """The revisions with these labels; without labels the newest and the one before it, which is
    the same while there is only one. Raises NotFound."""
    part = get_part(actor, part_id)
    labels = [row.label for row in part.revisions.all()]
    newer = new or (labels[0] if labels else "")
    older = old or next((label for label in labels if label != newer), newer)
    return get_revision(actor, part_id, older), get_revision(actor, part_id, newer)


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
        .select_related("organization", "current")
        .filter(organization=actor.organization, public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def lock_parts(actor: Actor, part_ids: Sequence[str]) -> list[Part]:
    """The acting organization's parts with these ids, locked in one order. Raises NotFound when one
    of them is not theirs."""
    rows = list(
        Part.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(organization=actor.organization, public_id__in=part_ids)
        .order_by("pk")
    )
    if len(rows) != len(set(part_ids)):
        raise NotFound()
    return rows


def twins_of(revision: PartRevision) -> list[PartRevision]:
    """Revisions of other parts of the same organization with the same file or the same shape, one
    of each part that is in use: its current one, else the newest older one. Current ones first.

    Older ones count: an outdated shape that comes back under a new number is the dangerous twin.
    """
    same = Q(pk=None)
    if revision.model_sha256:
        same |= Q(model_sha256=revision.model_sha256)
    if revision.shape_key:
        same |= Q(shape_key=revision.shape_key)
    rows = (
        PartRevision.objects.filter(
            same, part__organization=revision.part.organization_id, part__archived_at=None
        )
        .exclude(part=revision.part_id)
        .annotate(is_older=Case(When(part__current=F("pk"), then=0), default=1))
        .select_related("part__current")
        .defer("facts", "part__current__facts")
        .order_by("is_older", "-pk")[:MOST_TWIN_REVISIONS]
    )
    one_each: dict[int, PartRevision] = {}
    for row in rows:
        one_each.setdefault(row.part_id, row)
    return list(one_each.values())[:MOST_TWINS]


def acceptances_of(revision: PartRevision, process: str) -> list[FindingAcceptance]:
    """Findings somebody accepted for a process and did not take back."""
    return list(
        revision.acceptances.filter(process=process, revoked_at=None).select_related("accepted_by")
    )


def pages_of(revision: PartRevision) -> list[DrawingPage]:
    """The pages of the revision's drawing as pictures, in order."""
    return list(revision.pages.select_related("file"))


def pages_by_revision(revisions: Collection[PartRevision]) -> dict[int, list[StoredFile]]:
    """Revision row -> the pictures of its drawing's pages, in order. One query.

    For callers who already know that these revisions may be seen.
    """
    found: dict[int, list[StoredFile]] = {}
    for page in DrawingPage.objects.filter(revision__in=revisions).select_related("file"):
        found.setdefault(page.revision_id, []).append(page.file)
    return found


def uses_of(part: Part) -> list[RevisionUse]:
    """Where the part's revisions are used, the newest first; a few hundred at most."""
    return list(
        RevisionUse.objects.filter(revision__part=part).select_related("revision")[:MOST_USES]
    )


def process_names() -> dict[str, str]:
    """Code -> name of every process, in the order of the taxonomy."""
    return dict(Process.objects.filter(is_active=True).values_list("code", "name"))


def materials_with_density() -> dict[str, Material]:
    """Code -> material for those of which a mass can be told."""
    rows = Material.objects.filter(is_active=True, density_g_cm3__isnull=False)
    return {row.code: row for row in rows}


def get_batch(actor: Actor, public_id: str) -> UploadBatch:
    """A batch of the acting organization with its uploads in the order they came; members of an
    archive follow it. Raises NotFound."""
    found = (
        UploadBatch.objects.filter(organization=actor.organization, public_id=public_id)
        .prefetch_related(
            Prefetch(
                "uploads",
                Upload.objects.select_related("part__current", "archive")
                .defer("part__current__facts")
                .order_by("pk"),
            )
        )
        .first()
        if actor.organization
        else None
    )
    if found is None:
        raise NotFound()
    return found


def get_upload(actor: Actor, public_id: str) -> Upload:
    """An upload of the acting organization. Raises NotFound."""
    return _upload(actor, Upload.objects.all(), public_id)


def lock_upload(actor: Actor, public_id: str) -> Upload:
    """An upload of the acting organization, locked until the transaction ends."""
    return _upload(actor, Upload.objects.select_for_update(of=("self",)), public_id)


def _upload(actor: Actor, rows: QuerySet[Upload], public_id: str) -> Upload:
    found = (
        rows.select_related("batch__organization", "part", "archive")
        .filter(batch__organization=actor.organization, public_id=public_id)
        .first()
        if actor.organization
        else None
    )
    if found is None:
        raise NotFound()
    return found


def personal_data_of(user: User) -> PersonalData:
    """Name of a file -> rows: the parts the person brought in for an organization, the batches they
    sent, the findings they accepted."""
    return {
        "parts": list(
            Part.objects.filter(created_by=user).values(
                "number", "name", "notes", "organization__name", "created_at"
            )
        ),
        "part_uploads": list(
            Upload.objects.filter(batch__created_by=user).values(
                "path", "size", "state", "sentence", "batch__organization__name", "created_at"
            )
        ),
        "accepted_findings": list(
            FindingAcceptance.objects.filter(accepted_by=user).values(
                "revision__part__number", "process", "rule", "note", "at", "revoked_at"
            )
        ),
    }
