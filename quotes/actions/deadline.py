"""The deadline of a published request: extended, remembered, quotes opened before it."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError
from marketplace.core.events import Fact, record
from marketplace.core.states import WrongState, check_move, move
from quotes import events, rules
from quotes.models import RFQ, Invitation, Quote
from quotes.queries import lock_rfq, waiting_order_of
from quotes.queries.questions import asked_organizations
from quotes.states import INVITATION, RFQ_LIFECYCLE, InvitationState, RFQState

WAITING = [InvitationState.SENT, InvitationState.VIEWED, InvitationState.QUOTING]
MAX_REASON = 200


@transaction.atomic
def extend_rfq(*, actor: Actor, public_id: str, deadline: datetime) -> RFQ:
    """Take quotes until a later moment; a closed request opens again. All who were asked are told.

    Sealed quotes that could be read already stay readable. Raises DomainError for a moment that is
    not later, WrongState when the request ended or an award waits.
    """
    rfq = lock_rfq(public_id)
    rules.check_owns(actor, rfq, Permission.EDIT_RFQS)
    if waiting_order_of(rfq) is not None:
        raise WrongState("An award of this request waits for approval. Cancel that order first.")
    if rfq.state != RFQState.OPEN:
        check_move(rfq, RFQ_LIFECYCLE, "extend_rfq", by=Side.BUYER)
    now = timezone.now()
    if rfq.deadline is None or deadline <= max(rfq.deadline, now):
        sentence = "Choose a moment after the present deadline, in the future."
        raise DomainError(sentence, fields={"deadline": sentence})
    if rfq.need_by and rfq.need_by < deadline.date():
        sentence = "The parts are needed before that day. Choose an earlier moment."
        raise DomainError(sentence, fields={"deadline": sentence})
    if rfq.is_sealed and rfq.unsealed_at is None and rfq.deadline <= now:
        rfq.unsealed_at = now
    rfq.deadline = deadline
    rfq.save(update_fields=["deadline", "unsealed_at"])
    # Who was reminded of the old deadline is reminded of the new one too.
    rfq.invitations.update(reminded_at=None)
    if rfq.state != RFQState.OPEN:
        move(rfq, RFQ_LIFECYCLE, "extend_rfq", by=Side.BUYER)
    _record_for_all(events.RFQ_EXTENDED, rfq, actor, deadline=deadline.isoformat())
    return rfq


@transaction.atomic
def unseal_rfq(*, actor: Actor, public_id: str, reason: str) -> RFQ:
    """Open sealed quotes before the deadline, for a reason every manufacturer asked is told.

    Raises DomainError without a reason, WrongState when nothing is sealed.
    """
    rfq = lock_rfq(public_id)
    rules.check_owns(actor, rfq, Permission.AWARD)
    if not rfq.is_sealed_now or rfq.state not in (RFQState.OPEN, RFQState.CLOSED):
        raise WrongState("The quotes of this request are not sealed. Reload the page.")
    clean = reason.strip()[:MAX_REASON]
    if not clean:
        raise DomainError("Say why; the manufacturers are told.", fields={"reason": "Say why."})
    rfq.unsealed_at = timezone.now()
    rfq.save(update_fields=["unsealed_at"])
    _record_for_all(events.RFQ_UNSEALED, rfq, actor, reason=clean)
    return rfq


def remind_unanswered() -> int:
    """Remind, once a deadline, those who have not answered; how many. Called by the timer."""
    now = timezone.now()
    ahead = now + timedelta(hours=settings.RFQ_REMINDER_HOURS)
    due = Invitation.objects.filter(
        state__in=WAITING,
        reminded_at=None,
        rfq__state=RFQState.OPEN,
        rfq__deadline__gt=now,
        rfq__deadline__lte=ahead,
        # Who was asked a moment ago needs no reminder.
        created_at__lt=now - timedelta(hours=settings.RFQ_REMINDER_HOURS),
    ).exclude(pk__in=_answered())
    found = list(due.select_related("rfq__organization", "manufacturer__organization")[:500])
    return sum(_remind(invitation) for invitation in found)


@transaction.atomic
def _remind(invitation: Invitation) -> int:
    fresh = Invitation.objects.filter(pk=invitation.pk, reminded_at=None, state__in=WAITING)
    if not fresh.update(reminded_at=timezone.now()):
        return 0
    _record_for_shop(events.INVITATION_REMINDED, invitation, Actor.system("deadline timer"))
    return 1


def expire_invitations() -> int:
    """End invitations without a quote of requests that ended; how many. Called by the timer."""
    over = [RFQState.AWARDED, RFQState.NO_AWARD, RFQState.CANCELLED]
    due = Invitation.objects.filter(state__in=WAITING, rfq__state__in=over).exclude(
        pk__in=_answered()
    )
    ended = 0
    for pk in list(due.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            invitation = (
                Invitation.objects.select_for_update(of=("self",))
                .select_related("rfq__organization", "manufacturer__organization")
                .get(pk=pk)
            )
            if invitation.state in WAITING:
                move(invitation, INVITATION, "expire_invitation", by=Side.SYSTEM)
                actor = Actor.system("deadline timer")
                _record_for_shop(events.INVITATION_EXPIRED, invitation, actor)
                ended += 1
    return ended


def _answered() -> Any:
    """Subquery: invitations of shops whose quote was handed over."""
    sent = Quote.objects.filter(
        rfq=OuterRef("rfq"), manufacturer=OuterRef("manufacturer"), submitted_at__isnull=False
    )
    return Invitation.objects.filter(Exists(sent)).values("pk")


def _record_for_all(fact: Fact, rfq: RFQ, actor: Actor, **data: Any) -> None:
    shops = [i.manufacturer.organization for i in asked_organizations(rfq)]
    record(fact, rfq, actor=actor, visible_to=[rfq.organization, *shops], **data)


def _record_for_shop(fact: Fact, invitation: Invitation, actor: Actor) -> None:
    buyer, shop = invitation.rfq.organization, invitation.manufacturer.organization
    record(fact, invitation, actor=actor, thread=invitation.rfq, visible_to=[buyer, shop])
