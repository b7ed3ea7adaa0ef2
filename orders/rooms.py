"""The pages of one order, for both sides: one row a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.roles import Side
from orders.models import Order

# URL name -> what the page is called. The portal's names begin with "portal_".
ROOMS: Mapping[str, str] = {
    "order_detail": "Overview",
    "order_quality": "Quality",
    "order_shipments": "Shipments",
    "order_messages": "Messages",
    "order_changes": "Changes",
    "order_problems": "Problems",
    "order_documents": "Documents",
    "order_money": "Payment",
}

LAYOUTS = {Side.BUYER: "layouts/buyer.html", Side.MANUFACTURER: "layouts/portal.html"}


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


def frame_of(order: Order, side: str, room: str) -> dict[str, Any]:
    """What the frame around every page of an order shows: its layout, head and pages. `room` is
    the page that is marked."""
    return {
        "order": order,
        "side": side,
        "layout": LAYOUTS[Side(side)],
        "rooms": links_of(order, side, room),
        "here": room,
    }


def links_of(order: Order, side: str, current: str) -> list[Link]:
    """Every page of an order, the `current` one marked."""
    return [
        Link(label, url_of(room, order, side), room == current) for room, label in ROOMS.items()
    ]
