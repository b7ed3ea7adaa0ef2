"""A manufacturer's quote: started, priced, submitted, withdrawn; or a no-bid."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.states import WrongState, move
from marketplace.parts.actions.parts import note_use
from orders.queries import get_order
from orders.states import OrderState
from quotes import admission, events, rules
from quotes.actions.award import SYSTEM, end_waiting_award
from quotes.actions.quote_writing import QuoteDraft, write_quote
from quotes.actions.talks import end_counters, end_talks, note_new_prices
from quotes.models import RFQ, Invitation, Quote, QuoteLine, QuotePrice
from quotes.queries import (
    fingerprint_of,
    get_invitation,
    lines_of,
    lock_quote,
    lock_rfq,
    quote_of,
    waiting_awards,
)
from quotes.states import INVITATION, LIVE, QUOTE, InvitationState


@transaction.atomic
def view_rfq(*, actor: Actor, rfq_id: str) -> Invitation:
    """Note that the manufacturer opened the request; only the first time is a fact."""
    invitation = get_invitation(actor, rfq_id)
    if invitation.state == InvitationState.SENT:
        lock_rfq(rfq_id)
        invitation = get_invitation(actor, rfq_id)
    if invitation.state == InvitationState.SENT:
        move(invitation, INVITATION, "view_rfq", by=Side.MANUFACTURER)
        _record(events.RFQ_VIEWED, invitation, actor, invitation)
    return invitation


@transaction.atomic
def start_quote(*, actor: Actor, rfq_id: str) -> Quote:
    """The shop's quote on a request; a second call returns the same one."""
    actor.check(Permission.QUOTE)
    rfq = lock_rfq(rfq_id)
    invitation = get_invitation(actor, rfq_id)
    admission.check_may_open(actor, rfq)
    existing = quote_of(invitation)
    if existing is not None:
        return existing
    if not rfq.takes_quotes:
        raise WrongState("The deadline for quotes has passed, or the buyer closed the request.")
    if INVITATION.find("start_quote", invitation.state):
        move(invitation, INVITATION, "start_quote", by=Side.MANUFACTURER)
    quote = Quote.objects.create(
        rfq=rfq,
        manufacturer=invitation.manufacturer,
        currency=rfq.currency,
        valid_until=timezone.localdate() + timedelta(days=settings.QUOTE_VALIDITY_DAYS),
    )
    QuoteLine.objects.bulk_create(QuoteLine(quote=quote, rfq_line=line) for line in rfq.lines.all())
    _record(events.QUOTE_STARTED, quote, actor, invitation, private=True)
    return quote


@transaction.atomic
def save_quote(*, actor: Actor, public_id: str, draft: QuoteDraft) -> Quote:
    """Keep a draft as it stands, also of a shop whose certificate ended while somebody typed.

    Raises DomainError for values that cannot be.
    """
    rfq, quote = _own(actor, public_id)
    admission.check_nda(actor, rfq)
    write_quote(rfq, quote, draft)
    return quote


@transaction.atomic
def submit_quote(*, actor: Actor, public_id: str, draft: QuoteDraft | None = None) -> Quote:
    """Save what the builder sends and hand it to the buyer, pinned to what it prices.

    Raises DomainError when nothing is priced or the validity has passed, WrongState after the
    deadline.
    """
    rfq, quote = _own(actor, public_id)
    admission.check_nda(actor, rfq)
    if draft is not None:
        write_quote(rfq, quote, draft)
    rules.check_can_quote(actor, rfq, quote)
    if not QuotePrice.objects.filter(line__quote=quote).exists():
        raise DomainError("Price at least one line at one quantity before you submit.")
    bare = quote.lines.filter(option__gt=0, prices=None).select_related("rfq_line").first()
    if bare is not None:
        raise DomainError(
            f"Line {bare.rfq_line.position}, alternate {bare.option} has no price. "
            "Price it at one quantity or remove it."
        )
    if not quote.is_valid_today:
        raise DomainError(
            "The quote must be valid today or longer.",
            fields={"valid_until": "Choose a later day."},
        )
    quote.submitted_at = timezone.now()
    quote.rfq_revision = rfq.revision
    quote.fingerprint = fingerprint_of(rfq)
    quote.edition += 1
    quote.save(update_fields=["submitted_at", "rfq_revision", "fingerprint", "edition"])
    move(quote, QUOTE, "submit_quote", by=Side.MANUFACTURER)
    if not rfq.is_sealed:
        revisions = [line.part_revision for line in lines_of(rfq)]
        note_use(revisions=revisions, kind="quote", thing=quote.public_id, label=quote.reference)
    _record(events.QUOTE_SUBMITTED, quote, actor, _invitation_of(quote))
    note_new_prices(rfq, quote, actor)
    return quote


@transaction.atomic
def edit_quote(*, actor: Actor, public_id: str) -> Quote:
    """Take a submitted quote back to change it; until it is submitted again the buyer has none."""
    rfq, quote = _own(actor, public_id)
    rules.check_can_quote(actor, rfq, quote)
    _end_award(rfq, quote, "took its quote back to change it")
    move(quote, QUOTE, "edit_quote", by=Side.MANUFACTURER)
    end_counters(rfq, actor, "the quote was taken back to change it", quote=quote)
    # Until it is submitted again there is nothing the buyer may see, however the draft ends.
    quote.submitted_at = None
    quote.fingerprint = ""
    quote.save(update_fields=["submitted_at", "fingerprint"])
    _record(events.QUOTE_REOPENED, quote, actor, _invitation_of(quote))
    return quote


@transaction.atomic
def withdraw_quote(*, actor: Actor, public_id: str) -> Quote:
    """Take a quote back for good."""
    rfq, quote = _own(actor, public_id)
    _end_award(rfq, quote, "withdrew its quote")
    move(quote, QUOTE, "withdraw_quote", by=Side.MANUFACTURER)
    end_talks(rfq, actor, "the quote was withdrawn", quote=quote)
    _record(events.QUOTE_WITHDRAWN, quote, actor, _invitation_of(quote))
    return quote


@transaction.atomic
def decline_to_quote(*, actor: Actor, rfq_id: str, reason: str) -> Invitation:
    """Say no with a reason; a draft or submitted quote is withdrawn with it."""
    actor.check(Permission.QUOTE)
    lock_rfq(rfq_id)
    invitation = get_invitation(actor, rfq_id)
    if not reason.strip():
        raise DomainError("Tell the buyer why.", fields={"reason": "Tell the buyer why."})
    quote = quote_of(invitation)
    if quote is not None:
        withdraw_quote(actor=actor, public_id=quote.public_id)
    move(invitation, INVITATION, "decline_to_quote", by=Side.MANUFACTURER)
    invitation.decline_reason = reason.strip()[:200]
    invitation.save(update_fields=["decline_reason"])
    _record(
        events.QUOTE_DECLINED_TO_BID,
        invitation,
        actor,
        invitation,
        reason=invitation.decline_reason,
    )
    return invitation


def expire_quotes() -> int:
    """End submitted quotes whose validity has passed; the number ended. Called by the timer.

    An award that still waits for its approval ends with the quote, and the buyer's people are
    told: a shop is not bound to a price beyond the day it named.
    """
    due = Quote.objects.filter(state__in=LIVE, valid_until__lt=timezone.localdate())
    ended = 0
    for rfq_id, public_id in list(due.values_list("rfq__public_id", "public_id")[:500]):
        with transaction.atomic():
            rfq, quote = lock_rfq(rfq_id), lock_quote(public_id)
            if quote.state in LIVE and not _is_approved(rfq, quote):
                _end_award(rfq, quote, "let its quote expire: the validity ended")
                move(quote, QUOTE, "expire_quote", by=Side.SYSTEM)
                actor = Actor.system("validity timer")
                end_talks(rfq, actor, "the quote's validity ended", quote=quote)
                _record(events.QUOTE_EXPIRED, quote, actor, _invitation_of(quote))
                ended += 1
    return ended


def _own(actor: Actor, public_id: str) -> tuple[RFQ, Quote]:
    """The actor's own quote and its request, locked in the fixed order."""
    rfq_id = Quote.objects.filter(public_id=public_id).values_list("rfq__public_id", flat=True)
    first = rfq_id.first()
    if first is None:
        raise NotFound()
    rfq = lock_rfq(first)
    quote = lock_quote(public_id)
    rules.check_quotes_for(actor, quote)
    return rfq, quote


def _end_award(rfq: RFQ, quote: Quote, what: str) -> None:
    quote.rfq = rfq
    end_waiting_award(quote=quote, why=f"{quote.manufacturer.organization.name} {what}")


def _is_approved(rfq: RFQ, quote: Quote) -> bool:
    """Whether the quote is an order that counts, though `finish_award` has not run yet."""
    waiting = waiting_awards(rfq).filter(quote=quote).values_list("order_id", flat=True)
    return any(get_order(SYSTEM, one).state != OrderState.AWAITING_APPROVAL for one in waiting)


def _invitation_of(quote: Quote) -> Invitation:
    return Invitation.objects.select_related("rfq__organization", "manufacturer__organization").get(
        rfq=quote.rfq_id, manufacturer=quote.manufacturer_id
    )


def _record(
    fact: Fact,
    subject: Quote | Invitation,
    actor: Actor,
    invitation: Invitation,
    *,
    private: bool = False,
    **data: str,
) -> None:
    """Record for the shop and, unless `private`, for the buyer; never for a rival."""
    shop, buyer = invitation.manufacturer.organization, invitation.rfq.organization
    record(
        fact,
        subject,
        actor=actor,
        thread=invitation.rfq,
        visible_to=[shop] if private else [shop, buyer],
        **data,
    )
