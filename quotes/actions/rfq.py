"""A buyer's request while it is a draft."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from accounts.actor import Actor
from accounts.queries import default_address_text
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.directory.models import Finish, InspectionLevel, Material, Process
from marketplace.directory.queries import Need, match_manufacturers
from marketplace.parts.models import PartRevision
from marketplace.parts.queries import current_revisions
from quotes import events, rules
from quotes.models import RFQ, Invitation, RFQLine
from quotes.queries import lines_of, lock_rfq, manufacturers_by_id

MAX_SHIP_TO = 500


@dataclass(frozen=True)
class LineDraft:
    """How one line is to be made. `line_id` names an existing line."""

    line_id: str
    process: Process | None = None
    material: Material | None = None
    finish: Finish | None = None
    inspection: InspectionLevel | None = None
    tolerance: str = RFQLine.Tolerance.MEDIUM
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


@dataclass(frozen=True)
class Draft:
    """A whole draft as the builder sends it. `invited` are public ids of manufacturers."""

    header: Header
    lines: Sequence[LineDraft] = field(default_factory=list)
    invited: Sequence[str] = ()


@transaction.atomic
def create_rfq(*, actor: Actor, part_ids: Sequence[str], title: str = "") -> RFQ:
    """A draft with one line a part, at its current revision. Raises NotFound for a foreign part."""
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
    _append_lines(rfq, revisions)
    record(events.RFQ_CREATED, rfq, actor=actor, visible_to=[organization])
    return rfq


@transaction.atomic
def add_parts(*, actor: Actor, public_id: str, part_ids: Sequence[str]) -> RFQ:
    """Add lines to a draft; a part that is in it already is not added twice."""
    rfq = _own_draft(actor, public_id)
    present = set(rfq.lines.values_list("part_revision_id", flat=True))
    _append_lines(rfq, [r for r in current_revisions(actor, part_ids) if r.pk not in present])
    record(events.RFQ_CHANGED, rfq, actor=actor, visible_to=[rfq.organization])
    return rfq


@transaction.atomic
def remove_line(*, actor: Actor, public_id: str, line_id: str) -> RFQ:
    """Take one line out of a draft."""
    rfq = _own_draft(actor, public_id)
    deleted, _ = rfq.lines.filter(public_id=line_id).delete()
    if not deleted:
        raise NotFound()
    record(events.RFQ_CHANGED, rfq, actor=actor, visible_to=[rfq.organization])
    return rfq


@transaction.atomic
def save_rfq(*, actor: Actor, public_id: str, draft: Draft) -> RFQ:
    """Save a draft as it stands, complete or not. Raises DomainError for values that cannot be."""
    rfq = _own_draft(actor, public_id)
    _write(rfq, draft)
    record(events.RFQ_CHANGED, rfq, actor=actor, visible_to=[rfq.organization])
    return rfq


def need_of(lines: Sequence[RFQLine]) -> Need:
    """What the lines ask of a manufacturer, for matching."""
    boxes = [box for line in lines if (box := line.part_revision.box_mm)]
    largest = max(boxes, key=lambda box: box[0] * box[1] * box[2], default=None)
    return Need(
        frozenset(line.process.code for line in lines if line.process),
        frozenset(line.material.code for line in lines if line.material),
        largest,
    )


def _own_draft(actor: Actor, public_id: str) -> RFQ:
    rfq = lock_rfq(public_id)
    rules.check_owns(actor, rfq, Permission.EDIT_RFQS)
    rules.check_draft(rfq)
    return rfq


def _title_for(revisions: Sequence[PartRevision]) -> str:
    if not revisions:
        return "New request"
    more = f" and {len(revisions) - 1} more" if len(revisions) > 1 else ""
    return f"{revisions[0].part.name}{more}"[:140]


def _append_lines(rfq: RFQ, revisions: Sequence[PartRevision]) -> None:
    start = rfq.lines.count()
    if start + len(revisions) > rules.MAX_LINES:
        raise DomainError(f"A request takes at most {rules.MAX_LINES} lines.")
    for offset, revision in enumerate(revisions, start=1):
        RFQLine.objects.create(
            rfq=rfq, part_revision=revision, position=start + offset, quantities=[1]
        )


def _write(rfq: RFQ, draft: Draft) -> None:
    header = draft.header
    for name in Header.__dataclass_fields__:
        setattr(rfq, name, getattr(header, name))
    rfq.save(update_fields=list(Header.__dataclass_fields__))
    rows = {line.public_id: line for line in rfq.lines.all()}
    for wanted in draft.lines:
        line = rows.get(wanted.line_id)
        if line is None:
            raise NotFound()
        line.process, line.material = wanted.process, wanted.material
        line.finish, line.inspection = wanted.finish, wanted.inspection
        line.tolerance, line.notes = wanted.tolerance, wanted.notes
        line.quantities = _clean_quantities(wanted.quantities)
        line.save()
    kept = rfq.invitations.filter(manufacturer__public_id__in=draft.invited)
    rfq.invitations.exclude(pk__in=kept).delete()
    present = set(kept.values_list("manufacturer__public_id", flat=True))
    _invite(rfq, [m for m in draft.invited if m not in present])


def _clean_quantities(quantities: Sequence[int]) -> list[int]:
    clean = sorted(set(quantities))
    if any(q < 1 or q > rules.MAX_QUANTITY for q in clean):
        raise DomainError("A quantity is a whole number from 1 to 10,000,000.")
    if len(clean) > rules.MAX_QUANTITIES:
        raise DomainError(f"Ask for at most {rules.MAX_QUANTITIES} quantities a line.")
    return clean


def _invite(rfq: RFQ, manufacturer_ids: Sequence[str]) -> None:
    if not manufacturer_ids:
        return
    reasons = {
        match.manufacturer.pk: [*match.reasons, *match.gaps]
        for match in match_manufacturers(need_of(lines_of(rfq)), buyer=rfq.organization)
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
