"""Who may watch the pages of parts and uploads."""

from accounts.actor import Actor
from marketplace.parts.models import Part, UploadBatch


def may_watch_part(actor: Actor, public_id: str) -> bool:
    """Whether the part is the acting organization's own. One query."""
    if actor.organization is None:
        return False
    return Part.objects.filter(organization=actor.organization, public_id=public_id).exists()


def may_watch_upload(actor: Actor, public_id: str) -> bool:
    """Whether the batch of uploads is the acting organization's own. One query."""
    if actor.organization is None:
        return False
    return UploadBatch.objects.filter(organization=actor.organization, public_id=public_id).exists()
