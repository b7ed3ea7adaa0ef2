"""Who is told what about a blanket order, and what the end of an order gives back to it."""

from django.urls import reverse

from accounts.models import Organization
from accounts.queries import members_with
from accounts.roles import Permission
from marketplace.core.events import Event
from marketplace.notifications.actions import notify
from orders.actions.blanket_orders import release_call_off
from orders.models import BlanketOrder


def tell_buyer(event: Event) -> None:
    """The buyer's people who award."""
    blanket = _blanket(event)
    _tell(event, blanket, blanket.buyer, Permission.AWARD)


def tell_manufacturer(event: Event) -> None:
    """The manufacturer's people who produce."""
    blanket = _blanket(event)
    _tell(event, blanket, blanket.manufacturer, Permission.PRODUCE)


def tell_both(event: Event) -> None:
    """Both sides."""
    tell_buyer(event)
    tell_manufacturer(event)


def release(event: Event) -> None:
    """An order ended: if it was a call-off, its pieces can be called off again."""
    release_call_off(order_id=event.thread)


def _blanket(event: Event) -> BlanketOrder:
    rows = BlanketOrder.objects.select_related("buyer", "manufacturer")
    return rows.get(public_id=event.subject)


def _tell(event: Event, blanket: BlanketOrder, organization: Organization, permission: str) -> None:
    is_buyer = organization.pk == blanket.buyer_id
    people = members_with(organization, permission).exclude(public_id=event.actor_id or "-")
    page = "blanket_order" if is_buyer else "portal_blanket_order"
    notify(
        event,
        people,
        organization=organization,
        template=f"orders/emails/{event.type}",
        link=reverse(page, args=[blanket.public_id]),
        link_text="Open the blanket order",
        blanket=blanket,
        for_buyer=is_buyer,
        other=blanket.manufacturer.name if is_buyer else blanket.buyer.name,
    )
