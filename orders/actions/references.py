"""What one party's own system calls an order."""

from collections.abc import Mapping

from django.db import transaction

from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Permission, Side
from marketplace.core.errors import NotFound
from marketplace.core.events import record
from orders import events
from orders.models import OrderReference
from orders.queries import find_order, lock_order, side_of


@transaction.atomic
def refer_to_order(
    *,
    actor: Actor,
    public_id: str,
    external_id: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> OrderReference:
    """Keep the acting side's own id and metadata of an order, in any state; None stays as it is.

    Raises NotFound for a stranger, NotAllowed.
    """
    find_order(actor, public_id)
    order = lock_order(public_id)
    side = side_of(actor, order)
    if not side:
        raise NotFound()
    actor.check(Permission.RECEIVE if side == Side.BUYER else Permission.PRODUCE)
    found, _ = OrderReference.objects.get_or_create(order=order, organization=actor.company)
    if external_id is not None:
        found.external_id = external_id
    if metadata is not None:
        found.metadata = dict(metadata)
    found.save()
    record(events.ORDER_REFERRED_TO, order, actor=actor, visible_to=[actor.company])
    return found


def forget_references(*, organization: Organization) -> None:
    """Drop what an organization that is deleted called its orders. The caller holds the
    transaction."""
    OrderReference.objects.filter(organization=organization).delete()
