"""A buyer's request goes out, and ends: published, closed, cancelled."""

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from marketplace.core.ids import new_public_id
from marketplace.core.states import WrongState, move
from marketplace.directory.queries.supplier_lists import is_askable
from marketplace.parts.actions.parts import lock_revisions, note_use
from quotes import events, rules
from quotes.actions.rfq import Draft, add_invitations, own_draft, write_draft
from quotes.actions.talks import end_talks
from quotes.completeness import completeness_of
from quotes.models import RFQ, Invitation
from quotes.queries import lines_of, lock_rfq, manufacturers_by_id, waiting_order_of
from quotes.queries.questions import asked_organizations
from quotes.states import QUOTE, RFQ_LIFECYCLE, RFQState

# What a request that is asked anew takes over.
REISSUED = (
    "title",
    "currency",
    "currencies",
    "ship_to",
    "notes",
    "precedence",
    "visibility",
    "is_sealed",
    "is_export_controlled",
    "countries",
    "nda",
)


@transaction.atomic
def publish_rfq(*, actor: Actor, public_id: str, draft: Draft | None = None) -> RFQ:
    """Save what the builder sends and send the request out.

    Raises DomainError with one sentence for each thing that is missing, or naming each shop that
    was ticked and is not verified any more; nothing is saved then.
    """
    rfq = own_draft(actor, public_id)
    if draft is not None:
        write_draft(rfq, draft)
    lines = lines_of(rfq)
    invitations = list(rfq.invitations.select_related("manufacturer__organization"))
    rules.check_can_ask([invitation.manufacturer for invitation in invitations])
    if missing := completeness_of(rfq, lines, len(invitations)).missing:
        raise DomainError(" ".join(check.sentence for check in missing), code="incomplete")
    revisions = [line.part_revision for line in lines]
    lock_revisions(revisions)
    note_use(revisions=revisions, kind="rfq", thing=rfq.public_id, label=rfq.reference)
    rfq.published_at = timezone.now()
    rfq.save(update_fields=["published_at"])
    move(rfq, RFQ_LIFECYCLE, "publish_rfq", by=Side.BUYER)
    record(
        events.RFQ_PUBLISHED,
        rfq,
        actor=actor,
        visible_to=[rfq.organization],
        deadline=rfq.deadline.isoformat() if rfq.deadline else "",
    )
    for invitation in invitations:
        record_invitation(rfq, invitation, actor)
    return rfq


@transaction.atomic
def invite_manufacturer(*, actor: Actor, public_id: str, manufacturer_id: str) -> Invitation:
    """Ask one more manufacturer while the request is open. Twice is once.

    Raises NotFound for an unknown one, DomainError for one that is not verified now.
    """
    rfq = lock_rfq(public_id)
    rules.check_owns(actor, rfq, Permission.EDIT_RFQS)
    if not rfq.takes_quotes:
        raise DomainError("The request is not open, so nobody can be invited.")
    known = rfq.invitations.filter(manufacturer__public_id=manufacturer_id).first()
    if known:
        return known
    if not all(is_askable(shop) for shop in manufacturers_by_id([manufacturer_id])):
        raise DomainError("This manufacturer is not verified now, so it cannot be asked.")
    add_invitations(rfq, [manufacturer_id])
    invitation = rfq.invitations.select_related("manufacturer__organization").get(
        manufacturer__public_id=manufacturer_id
    )
    record_invitation(rfq, invitation, actor)
    return invitation


@transaction.atomic
def close_rfq(*, actor: Actor, public_id: str) -> RFQ:
    """Stop taking quotes, by the buyer or by the deadline's timer."""
    rfq = lock_rfq(public_id)
    if not actor.is_system:
        rules.check_owns(actor, rfq, Permission.EDIT_RFQS)
    move(rfq, RFQ_LIFECYCLE, "close_rfq", by=Side.SYSTEM if actor.is_system else Side.BUYER)
    record(events.RFQ_CLOSED, rfq, actor=actor, visible_to=[rfq.organization])
    return rfq


@transaction.atomic
def cancel_rfq(*, actor: Actor, public_id: str, reason: str = "") -> RFQ:
    """End a request without an award; those who were asked are told."""
    rfq = lock_rfq(public_id)
    rules.check_owns(actor, rfq, Permission.EDIT_RFQS)
    if waiting_order_of(rfq) is not None:
        raise WrongState("An award of this request waits for approval. Cancel that order first.")
    if rfq.state != RFQState.DRAFT and not reason.strip():
        raise DomainError(
            "Say why, so that the manufacturers understand.", fields={"reason": "Say why."}
        )
    was_draft = rfq.state == RFQState.DRAFT
    move(rfq, RFQ_LIFECYCLE, "cancel_rfq", by=Side.BUYER)
    end_talks(rfq, actor, "the request was cancelled")
    # A draft is the buyer's alone, whoever is ticked in it.
    asked = [] if was_draft else asked_organizations(rfq)
    record(
        events.RFQ_CANCELLED,
        rfq,
        actor=actor,
        visible_to=[rfq.organization, *(i.manufacturer.organization for i in asked)],
        reason=reason.strip() or "draft discarded",
    )
    return rfq


@transaction.atomic
def end_without_award(*, actor: Actor, public_id: str, reason: str) -> RFQ:
    """End a closed request without choosing a quote; every manufacturer is told the reason.

    Raises DomainError without a reason, WrongState while an award waits or quotes are taken.
    """
    rfq = lock_rfq(public_id)
    rules.check_owns(actor, rfq, Permission.EDIT_RFQS)
    if waiting_order_of(rfq) is not None:
        raise WrongState("An award of this request waits for approval. Cancel that order first.")
    clean = reason.strip()[:200]
    if not clean:
        raise DomainError("Say why; the manufacturers are told.", fields={"reason": "Say why."})
    move(rfq, RFQ_LIFECYCLE, "end_without_award", by=Side.BUYER)
    end_talks(rfq, actor, "the request ended without an award")
    quotes = rfq.quotes.select_for_update(of=("self",)).order_by("pk")
    for quote in quotes:
        if QUOTE.find("decline_quote", quote.state):
            move(quote, QUOTE, "decline_quote", by=Side.BUYER)
    shops = [i.manufacturer.organization for i in asked_organizations(rfq)]
    record(events.RFQ_ENDED, rfq, actor=actor, visible_to=[rfq.organization, *shops], reason=clean)
    return rfq


@transaction.atomic
def reissue_rfq(*, actor: Actor, public_id: str) -> RFQ:
    """A new draft with everything of a request that was sent out but its deadline; the old stays.

    Every verified shop asked before is ticked again, unless its access was ended; a company that
    was asked by link is not, as a draft holds no links. Raises NotFound, or WrongState for a draft.
    """
    old = lock_rfq(public_id)
    rules.check_owns(actor, old, Permission.EDIT_RFQS)
    if old.published_at is None:
        raise WrongState("This request was never sent out. Edit the draft itself.")
    new = RFQ(
        organization=old.organization,
        created_by=actor.user,
        reissued_from=old,
        **{name: getattr(old, name) for name in REISSUED},
    )
    new.save()
    new.certifications.set(old.certifications.all())
    for line in old.lines.all():
        documents = list(line.documents.all())
        line.pk, line.public_id, line.rfq = None, new_public_id("rfl"), new
        line._state.adding = True
        line.save()
        line.documents.set(documents)
    for invitation in asked_organizations(old):
        if is_askable(invitation.manufacturer):
            Invitation.objects.create(
                rfq=new, manufacturer=invitation.manufacturer, reasons=invitation.reasons
            )
    record(events.RFQ_CREATED, new, actor=actor, visible_to=[old.organization])
    record(
        events.RFQ_REISSUED,
        old,
        actor=actor,
        visible_to=[old.organization],
        reference=new.reference,
    )
    return new


def close_due_rfqs() -> int:
    """Close what has passed its deadline; the number closed. Called by the timer."""
    due = RFQ.objects.filter(state=RFQState.OPEN, deadline__lte=timezone.now())
    closed = 0
    for public_id in list(due.values_list("public_id", flat=True)[:500]):
        with transaction.atomic():
            if lock_rfq(public_id).state == RFQState.OPEN:
                close_rfq(actor=Actor.system("deadline timer"), public_id=public_id)
                closed += 1
    return closed


def record_invitation(rfq: RFQ, invitation: Invitation, actor: Actor) -> None:
    """The fact that a manufacturer was asked, for it and for the buyer only."""
    record(
        events.MANUFACTURER_INVITED,
        invitation,
        actor=actor,
        thread=rfq,
        # The manufacturer's own timeline names itself only; the buyer's names all.
        visible_to=[rfq.organization, invitation.manufacturer.organization],
        name=invitation.manufacturer.organization.name,
    )
