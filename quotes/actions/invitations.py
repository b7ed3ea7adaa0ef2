"""Who takes part in a request: shops that join an open one, and those whose access ends."""

from django.db import transaction

from accounts.actions.guests import end_guest_access
from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.states import WrongState, move
from marketplace.directory.queries import manufacturer_of
from marketplace.directory.queries.supplier_lists import suppliers_to_ask
from marketplace.files.actions import let_in, shut_out
from quotes import events, rules
from quotes.actions.publication import record_invitation
from quotes.actions.rfq import add_invitations
from quotes.actions.talks import end_talks
from quotes.models import RFQ, Invitation
from quotes.queries import get_invitation, lock_quote, lock_rfq, quote_of, waiting_awards
from quotes.queries.open_requests import get_open_request, with_reasons
from quotes.states import INVITATION, QUOTE

MAX_REASON = 200


@transaction.atomic
def join_rfq(*, actor: Actor, rfq_id: str) -> Invitation:
    """A verified shop takes part in a request that is open to everybody. Twice is once.

    Raises NotFound for a request that is not open to it, which looks like a missing one.
    """
    actor.check(Permission.QUOTE)
    rfq = lock_rfq(rfq_id)
    shop = manufacturer_of(actor)
    if shop is None:
        raise NotFound()
    if rfq.invitations.filter(manufacturer=shop).exists():
        return get_invitation(actor, rfq_id)
    found = get_open_request(actor, rfq_id)
    ((_, match),) = with_reasons(actor, [found])
    invitation = Invitation.objects.create(
        rfq=rfq,
        manufacturer=shop,
        reasons=match.reasons,
    )
    record(
        events.RFQ_JOINED,
        invitation,
        actor=actor,
        thread=rfq,
        visible_to=[rfq.organization, shop.organization],
    )
    return invitation


@transaction.atomic
def invite_list(*, actor: Actor, public_id: str, list_id: str) -> list[Invitation]:
    """Ask everybody on a supplier list who was not asked yet; the new invitations. Twice is once.

    Whoever is not verified now is left out, and whose access was ended stays out. Raises NotFound
    for a foreign request or list, DomainError when the request is not open or nobody can be asked.
    """
    rfq = lock_rfq(public_id)
    rules.check_owns(actor, rfq, Permission.EDIT_RFQS)
    if not rfq.takes_quotes:
        raise DomainError("The request is not open, so nobody can be invited.")
    found, can, _ = suppliers_to_ask(actor, list_id)
    if not can:
        raise DomainError(f"Nobody on the list {found.name} can be asked now.")
    asked = set(rfq.invitations.values_list("manufacturer__public_id", flat=True))
    new = [shop for shop in can if shop not in asked]
    add_invitations(rfq, new)
    made = rfq.invitations.select_related("manufacturer__organization")
    invitations = list(made.filter(manufacturer__public_id__in=new).order_by("pk"))
    for invitation in invitations:
        record_invitation(rfq, invitation, actor)
    return invitations


@transaction.atomic
def revoke_invitation(
    *, actor: Actor, public_id: str, invitation_id: str, reason: str = ""
) -> Invitation:
    """End a shop's access at once: it finds the request no more, and its links open nothing.

    A submitted quote of it ends too. Raises NotFound, DomainError without a reason, WrongState
    when it is done already or an award to this shop waits for approval.
    """
    rfq, invitation = _own(actor, public_id, invitation_id)
    clean = reason.strip()[:MAX_REASON]
    if not clean:
        raise DomainError("Say why; the manufacturer is told.", fields={"reason": "Say why."})
    quote = quote_of(invitation)
    if quote is not None and waiting_awards(rfq).filter(quote=quote).exists():
        raise WrongState("An award to this manufacturer waits for approval. Cancel that first.")
    move(invitation, INVITATION, "revoke_invitation", by=Side.BUYER)
    if quote is not None and QUOTE.find("supersede_quote", quote.state):
        move(lock_quote(quote.public_id), QUOTE, "supersede_quote", by=Side.SYSTEM)
        end_talks(rfq, actor, "the access to the request ended", quote=quote)
    # A guest is out at once; a claimed invitation has no guest any more, and nothing happens.
    end_guest_access(organization=invitation.manufacturer.organization)
    shut_out(organization=invitation.manufacturer.organization, room=public_id)
    _record(events.ACCESS_ENDED, rfq, invitation, actor, reason=clean)
    return invitation


@transaction.atomic
def restore_invitation(*, actor: Actor, public_id: str, invitation_id: str) -> Invitation:
    """Give a shop its access back; a quote that ended is made anew. Raises NotFound, WrongState."""
    rfq, invitation = _own(actor, public_id, invitation_id)
    move(invitation, INVITATION, "restore_invitation", by=Side.BUYER)
    let_in(organization=invitation.manufacturer.organization, room=public_id)
    _record(events.ACCESS_RESTORED, rfq, invitation, actor)
    return invitation


def _own(actor: Actor, rfq_id: str, invitation_id: str) -> tuple[RFQ, Invitation]:
    rfq = lock_rfq(rfq_id)
    rules.check_owns(actor, rfq, Permission.EDIT_RFQS)
    invitation = (
        rfq.invitations.select_for_update(of=("self",))
        .select_related("manufacturer__organization")
        .filter(public_id=invitation_id)
        .first()
    )
    if invitation is None:
        raise NotFound()
    invitation.rfq = rfq
    return rfq, invitation


def _record(fact: Fact, rfq: RFQ, invitation: Invitation, actor: Actor, **data: str) -> None:
    shop = invitation.manufacturer.organization
    record(
        fact,
        invitation,
        actor=actor,
        thread=rfq,
        visible_to=[rfq.organization, shop],
        name=shop.name,
        **data,
    )
