"""Who may watch a request's pages."""

from accounts.actor import Actor
from quotes.models import RFQ


def may_watch_rfq(actor: Actor, public_id: str) -> bool:
    """Whether the request is the acting buyer's own: a shop is never nudged by it, because what
    happens to a request happens with its rivals. One query."""
    if actor.organization is None:
        return False
    return RFQ.objects.filter(organization=actor.organization, public_id=public_id).exists()
