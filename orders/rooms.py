"""The pages of one order, for both sides: one row a page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from accounts.roles import Side
from orders.models import Order

# URL name -> what the page is called. The portal's names begin with "portal_".
ROOMS: Mapping[str, str] = {
    "order_detail": "Overview",
    "order_quality": "Quality",
    "order_shipments": "Shipments",
    "order_messages": "Messages",
    "order_problems": "Problems",
    "order_documents": "Documents",
    "order_money": "Payment",
}


@dataclass(frozen=True)
class Link:
    """One page of the order as a link."""

    label: str
    url: str
    is_current: bool


def url_of(room: str, order: Order | str, side: str, *arguments: str) -> str:
    """The address of a page of an order, for the side that looks."""
    name = room if side == Side.BUYER else f"portal_{room}"
    return reverse(name, args=[order if isinstance(order, str) else order.public_id, *arguments])


def links_of(order: Order, side: str, current: str) -> list[Link]:
    """Every page of an order, the `current` one marked."""
    return [
        Link(label, url_of(room, order, side), room == current) for room, label in ROOMS.items()
    ]
