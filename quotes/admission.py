"""What a shop must have done or hold before it sees a request's files and quotes it."""

from accounts.actor import Actor
from marketplace.core.errors import NotAllowed
from quotes.models import NDA, RFQ, NDAAcceptance

NDA_REQUIRED = "nda_required"


def accepted_by(actor: Actor, nda: NDA) -> NDAAcceptance | None:
    """The acting person's own acceptance of a version, for the organization they act for."""
    if actor.organization is None:
        return None
    rows = NDAAcceptance.objects.filter(nda=nda, organization=actor.organization, user=actor.user)
    return rows.first()


def needs_nda(actor: Actor, rfq: RFQ) -> bool:
    """Whether the acting shop's member still has to accept the request's NDA. At most one query."""
    return rfq.nda is not None and accepted_by(actor, rfq.nda) is None


def check_nda(actor: Actor, rfq: RFQ) -> None:
    """Raise NotAllowed (code nda_required) until the person accepted the request's NDA."""
    if needs_nda(actor, rfq):
        raise NotAllowed(
            "This request is under a non-disclosure agreement. Read and accept it on the "
            "request's page first.",
            code=NDA_REQUIRED,
        )
