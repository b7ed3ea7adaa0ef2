"""A buyer's request while it is a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from accounts.actor import Actor
from accounts.queries import default_address_text
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.money import EXPONENTS
from marketplace.directory.models import (
    Certification,
    Finish,
    InspectionLevel,
    Material,
    Process,
    QualityDocument,
)
from marketplace.directory.queries import match_manufacturers
from marketplace.parts.models import PartRevision
from marketplace.parts.queries import current_revisions
from quotes import events, rules
from quotes.models import NDA, RFQ, Invitation, RFQLine
from quotes.queries import lines_of, lock_rfq, manufacturers_by_id
from quotes.queries.open_requests import need_of_request

MAX_SHIP_TO = 500


@dataclass(frozen=True)
class LineDraft:
    """How one line is to be made. `line_id` names an existing line."""

    line_id: str
    process: Process | None = None
    material: Material | None = None
    finish: Finish | None = None
    inspection: InspectionLevel | None = None
    documents: Sequence[QualityDocument] = ()
    tolerance: str = RFQLine.Tolerance.MEDIUM
    threads: str = ""
    quantities: Sequence[int] = (1,)
    notes: str = ""


@dataclass(frozen=True)
class Header:
    """What holds for the whole request."""

    title: str
    currency: str
    ship_to: str = ""
    need_by: date | None = None
    deadline: datetime | None = None
    notes: str = ""
    external_id: str = ""
    precedence: str = RFQ.Precedence.DRAWING
    visibility: str = RFQ.Visibility.INVITED
    is_sealed: bool = False
    is_export_controlled: bool = False
    countries: Sequence[str] = ()
    currencies: Sequence[str] = ()
    nda: NDA | None = None
    certifications: Sequence[Certification] = ()
    # What the buyer's own system keeps; None stays as it is, a page knows nothing of it.
    metadata: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Draft:
    """A whole draft as the builder sends it. `invited` are public ids of manufacturers.

    `edition` is the one the sender saw; None saves over whatever stands there.
    """

    header: Header
    lines: Sequence[LineDraft] = field(default_factory=list)
    invited: Sequence[str] = ()
    edition: int | None = None


@transaction.atomic
def create_rfq(*, actor: Actor, part_ids: Sequence[str], title: str = "") -> RFQ:
    """A draft with one line a part, at its current revision; without parts it waits for an import.

    Raises NotFound for a foreign part.
    """
    actor.check(Permission.EDIT_RFQS)
    organization = actor.organization
    if organization is None or not organization.is_buyer:
        raise NotFound()
    revisions = current_revisions(actor, part_ids)
    rfq = RFQ.objects.create(
        organization=organization,
        created_by=actor.user,
        title=title.strip()[:140] or _title_for(revisions),
        currency=organization.currency,
        ship_to=default_address_text(organization)[:MAX_SHIP_TO],
    )
    append_lines(rfq, revisions)
    record(events.RFQ_CREATED, rfq, actor=actor, visible_to=[organization])
    return rfq


@transaction.atomic
def add_parts(*, actor: Actor, public_id: str, part_ids: Sequence[str]) -> RFQ:
    """Add lines to a draft; a part that is in it already is not added twice."""
    rfq = own_draft(actor, public_id)
    present = set(rfq.lines.values_list("part_revision_id", flat=True))
    append_lines(rfq, [r for r in current_revisions(actor, part_ids) if r.pk not in present])
    draft_changed(actor, rfq)
    return rfq


def new_line(*, actor: Actor, rfq: RFQ, part_id: str, wanted: LineDraft) -> RFQLine:
    """One more line of a locked draft, as it is to be made; the caller records the change.

    Raises NotFound for a foreign part, DomainError for one that is in it already or has no
    revision, for values that cannot be, and beyond MAX_LINES.
    """
    try:
        revisions = current_revisions(actor, [part_id])
    except NotFound as error:
        sentence = "You have no part with this id."
        raise DomainError(sentence, fields={"part_id": sentence}) from error
    if not revisions or rfq.lines.filter(part_revision=revisions[0]).exists():
        sentence = (
            "This part is in the request already. Change its line instead."
            if revisions
            else "This part has no file yet."
        )
        raise DomainError(sentence, fields={"part_id": sentence})
    append_lines(rfq, revisions)
    line = rfq.lines.prefetch_related("documents").get(part_revision=revisions[0])
    write_line(line, wanted)
    return line


@transaction.atomic
def remove_line(*, actor: Actor, public_id: str, line_id: str) -> RFQ:
    """Take one line out of a draft."""
    rfq = own_draft(actor, public_id)
    deleted, _ = rfq.lines.filter(public_id=line_id).delete()
    if not deleted:
        raise NotFound()
    draft_changed(actor, rfq)
    return rfq


@transaction.atomic
def save_rfq(*, actor: Actor, public_id: str, draft: Draft) -> RFQ:
    """Save a draft as it stands, complete or not. Raises DomainError for values that cannot be."""
    rfq = own_draft(actor, public_id)
    write_draft(rfq, draft)
    draft_changed(actor, rfq)
    return rfq


def own_draft(actor: Actor, public_id: str) -> RFQ:
    """The acting buyer's own draft, locked. Raises NotFound, NotAllowed or WrongState."""
    rfq = lock_rfq(public_id)
    rules.check_owns(actor, rfq, Permission.EDIT_RFQS)
    rules.check_draft(rfq)
    return rfq


def draft_changed(actor: Actor, rfq: RFQ) -> None:
    """Count the saved draft and record it."""
    rfq.edition += 1
    rfq.save(update_fields=["edition"])
    record(events.RFQ_CHANGED, rfq, actor=actor, visible_to=[rfq.organization])


def _title_for(revisions: Sequence[PartRevision]) -> str:
    if not revisions:
        return "New request"
    more = f" and {len(revisions) - 1} more" if len(revisions) > 1 else ""
    return f"{revisions[0].part.name}{more}"[:140]


def append_lines(rfq: RFQ, revisions: Sequence[PartRevision]) -> None:
    """One new line a revision, after the others. Raises DomainError beyond MAX_LINES."""
    if rfq.lines.count() + len(revisions) > rules.MAX_LINES:
        raise DomainError(f"A request takes at most {rules.MAX_LINES} lines.")
    last = rfq.lines.aggregate(last=Max("position"))["last"] or 0
    RFQLine.objects.bulk_create(
        RFQLine(rfq=rfq, part_revision=revision, position=position, quantities=[1])
        for position, revision in enumerate(revisions, start=last + 1)
    )


def write_draft(rfq: RFQ, draft: Draft) -> None:
    """Write a whole draft over a locked request, complete or not.

    Raises EditedMeanwhile when somebody saved after the sender had opened it, NotFound for a line,
    agreement or manufacturer of somebody else, DomainError for values that cannot be.
    """
    rules.check_edition(draft.edition, rfq.edition)
    header = draft.header
    if header.nda is not None and header.nda.organization_id != rfq.organization_id:
        raise NotFound()
    unset = {"certifications", *(["metadata"] if header.metadata is None else [])}
    columns = [name for name in Header.__dataclass_fields__ if name not in unset]
    for name in columns:
        setattr(rfq, name, getattr(header, name))
    rfq.countries = list(header.countries)
    if set(header.currencies) - set(EXPONENTS):
        sentence = "Choose currencies traded here."
        raise DomainError(sentence, fields={"currencies": sentence})
    rfq.currencies = [code for code in EXPONENTS if code in header.currencies]
    rfq.save(update_fields=columns)
    rfq.certifications.set(header.certifications)
    rows = {line.public_id: line for line in rfq.lines.prefetch_related("documents")}
    for wanted in draft.lines:
        line = rows.get(wanted.line_id)
        if line is None:
            raise NotFound()
        write_line(line, wanted)
    kept = rfq.invitations.filter(manufacturer__public_id__in=draft.invited)
    rfq.invitations.exclude(pk__in=kept).delete()
    present = set(kept.values_list("manufacturer__public_id", flat=True))
    add_invitations(rfq, [m for m in draft.invited if m not in present])


LINE_COLUMNS = (
    "process",
    "material",
    "finish",
    "inspection",
    "tolerance",
    "threads",
    "quantities",
    "notes",
)


def write_line(line: RFQLine, wanted: LineDraft) -> None:
    """Write how a line is to be made; no query when nothing changed (documents prefetched)."""
    values = {name: getattr(wanted, name) for name in LINE_COLUMNS}
    values["quantities"] = clean_quantities(wanted.quantities)
    changed = [name for name, value in values.items() if getattr(line, name) != value]
    for name in changed:
        setattr(line, name, values[name])
    if changed:
        line.save(update_fields=changed)
    if {row.pk for row in line.documents.all()} != {row.pk for row in wanted.documents}:
        line.documents.set(wanted.documents)


def clean_quantities(quantities: Sequence[int]) -> list[int]:
    """The quantities rising, each once. Raises DomainError for more or others than a line takes."""
    clean = sorted(set(quantities))
    if any(q < 1 or q > rules.MAX_QUANTITY for q in clean):
        raise DomainError("A quantity is a whole number from 1 to 10,000,000.")
    if len(clean) > rules.MAX_QUANTITIES:
        raise DomainError(f"Ask for at most {rules.MAX_QUANTITIES} quantities a line.")
    return clean


def add_invitations(rfq: RFQ, manufacturer_ids: Sequence[str]) -> None:
    """One invitation a manufacturer, with why it matches. Raises NotFound for an unknown one."""
    if not manufacturer_ids:
        return
    reasons = {
        match.manufacturer.pk: match.reasons
        for match in match_manufacturers(
            need_of_request(rfq, lines_of(rfq)), buyer=rfq.organization, also=manufacturer_ids
        )
    }
    found = manufacturers_by_id(list(manufacturer_ids))
    if len(found) != len(set(manufacturer_ids)):
        raise NotFound()
    for manufacturer in found:
        if manufacturer.organization_id == rfq.organization_id:
            raise DomainError("An organization cannot ask itself for a quote.")
        Invitation.objects.create(
            rfq=rfq, manufacturer=manufacturer, reasons=reasons.get(manufacturer.pk, [])
        )
