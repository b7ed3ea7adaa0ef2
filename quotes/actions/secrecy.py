"""NDAs: written in versions by the buyer, accepted by each person of a shop."""

from django.db import transaction

from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.events import record
from marketplace.core.states import WrongState
from quotes import admission, events
from quotes.models import NDA, NDAAcceptance
from quotes.queries import get_invitation, lock_rfq

MAX_TEXT = 40_000


@transaction.atomic
def write_nda(*, actor: Actor, text: str) -> NDA:
    """The buyer's text as a new version; the same text again is no new one.

    Raises NotFound for who does not buy, NotAllowed, or DomainError for an empty or overlong text.
    """
    organization = actor.company
    if not organization.is_buyer:
        raise NotFound()
    actor.check(Permission.MANAGE_ORGANIZATION)
    clean = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not clean:
        raise DomainError("Write the text first.", fields={"text": "Write the text first."})
    if len(clean) > MAX_TEXT:
        sentence = f"Use at most {MAX_TEXT:,} characters; this has {len(clean):,}."
        raise DomainError(sentence, fields={"text": sentence})
    # Two at once: the second waits here and then takes the next number.
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    newest = NDA.objects.filter(organization=organization).first()
    if newest is not None and newest.text == clean:
        return newest
    version = newest.version + 1 if newest else 1
    nda = NDA.objects.create(
        organization=organization, version=version, text=clean, created_by=actor.user
    )
    record(events.NDA_WRITTEN, nda, actor=actor, visible_to=[organization], version=version)
    return nda


@transaction.atomic
def accept_nda(*, actor: Actor, rfq_id: str, seen: str) -> NDAAcceptance:
    """The person accepts, for their shop, the version on the page they read (`seen`, its id).

    Twice is once. Raises NotFound, NotAllowed for a program or staff who act for the shop,
    WrongState when the buyer put another version there meanwhile.
    """
    rfq = lock_rfq(rfq_id)
    invitation = get_invitation(actor, rfq_id)
    actor.check(Permission.QUOTE)
    if rfq.nda is None:
        raise NotFound()
    if actor.is_program or actor.visit is not None:
        raise NotAllowed("Only a person of the company accepts an agreement, on the page.")
    if seen != rfq.nda.public_id:
        raise WrongState("The buyer changed the agreement. Read the new version and accept it.")
    known = admission.accepted_by(actor, rfq.nda)
    if known is not None:
        return known
    shop = invitation.manufacturer.organization
    acceptance = NDAAcceptance.objects.create(
        nda=rfq.nda,
        organization=shop,
        user=actor.user,
        name=actor.user.name if actor.user else actor.name,
    )
    record(
        events.NDA_ACCEPTED,
        invitation,
        actor=actor,
        thread=rfq,
        visible_to=[rfq.organization, shop],
        version=rfq.nda.version,
    )
    return acceptance
