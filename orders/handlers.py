"""Who is told what about an order."""

from django.urls import reverse

from accounts.models import Organization
from accounts.queries import members_with
from accounts.roles import Permission
from marketplace.core.events import Event
from marketplace.notifications.actions import notify
from orders.models import Order


def _order(event: Event) -> Order:
    return Order.objects.select_related("buyer", "manufacturer").get(public_id=event.thread)


def _tell(event: Event, order: Order, organization: Organization, permission: str) -> None:
    """Tell the members with `permission`, except the one who did it."""
    people = members_with(organization, permission).exclude(public_id=event.actor_id or "-")
    page = "order_detail" if organization.pk == order.buyer_id else "portal_order_detail"
    notify(
        event,
        people,
        organization=organization,
        template=f"orders/emails/{event.type}",
        link=reverse(page, args=[order.public_id]),
        link_text="Open the order",
        order=order,
        for_buyer=organization.pk == order.buyer_id,
    )


def tell_buyer(event: Event) -> None:
    """The buyer's people who receive goods."""
    order = _order(event)
    _tell(event, order, order.buyer, Permission.RECEIVE)


def tell_manufacturer(event: Event) -> None:
    """The manufacturer's people who produce."""
    order = _order(event)
    _tell(event, order, order.manufacturer, Permission.PRODUCE)


def tell_both(event: Event) -> None:
    """Both parties."""
    tell_buyer(event)
    tell_manufacturer(event)
