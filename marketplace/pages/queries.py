"""What each home page shows first: what waits for this person."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.directory.queries import listed_manufacturers, manufacturer_of
from marketplace.parts.models import Part
from orders.models import Order
from orders.queries import awaiting_my_approval, purchases_of, sales_of
from orders.states import ORDER, OrderState
from quotes.queries import rfqs_of, unanswered
from quotes.states import RFQState

SHOWN = 8
# What the side whose turn it is does next, in the words of the button on the order's page.
TODO_OF = {
    OrderState.AWAITING_PAYMENT: "Pay",
    OrderState.SHIPPED: "Confirm delivery",
    OrderState.DELIVERED: "Inspect and accept",
    OrderState.PLACED: "Confirm the order",
    OrderState.CONFIRMED: "Start production",
    OrderState.IN_PRODUCTION: "Finish production",
    OrderState.QUALITY_CHECK: "Check the parts",
    OrderState.READY_TO_SHIP: "Ship",
}


@dataclass(frozen=True)
class Step:
    """One step of the checklist that leads a newcomer to their first result."""

    text: str
    link: str
    done: bool


def _states_of(side: str) -> list[str]:
    return [state for state, turn in ORDER.turn.items() if turn == side]


def _newest(rows: QuerySet[Any], number: int = SHOWN) -> list[Any]:
    return list(rows.order_by("-pk")[:number])


def _with_todo(orders: QuerySet[Order]) -> list[tuple[Order, str]]:
    return [(order, TODO_OF.get(OrderState(order.state), "")) for order in _newest(orders)]


def buyer_board(actor: Actor) -> dict[str, Any]:
    """Orders and requests that wait for the buyer, and the first-steps checklist. Six queries."""
    approvals = _newest(awaiting_my_approval(actor))
    # An approval waits for those who may give it, not for everybody on the buyer's side.
    mine = [state for state in _states_of(Side.BUYER) if state != OrderState.AWAITING_APPROVAL]
    waiting = _with_todo(purchases_of(actor).filter(state__in=mine))
    rfqs = _newest(
        rfqs_of(actor).filter(state__in=[RFQState.DRAFT, RFQState.OPEN, RFQState.CLOSED])
    )
    has_parts = Part.objects.filter(organization=actor.organization).exists()
    orders = Order.objects.filter(buyer=actor.organization).aggregate(
        all=Count("pk"),
        running=Count("pk", filter=~Q(state__in=["closed", "cancelled", "accepted"])),
    )
    published = any(rfq.state != RFQState.DRAFT for rfq in rfqs) or bool(orders["all"])
    return {
        "waiting": waiting,
        "approvals": approvals,
        "rfqs": rfqs,
        "running": orders["running"],
        "steps": [
            Step("Upload your first parts", "parts", has_parts),
            Step("Publish a request for quotation", "create_rfq", published),
            Step("Accept a quote and place an order", "rfqs", bool(orders["all"])),
        ],
    }


def portal_board(actor: Actor) -> dict[str, Any]:
    """Requests to answer and orders to work on, and the first-steps checklist. Five queries."""
    profile = manufacturer_of(actor)
    open_requests = _newest(unanswered(actor))
    waiting = _with_todo(sales_of(actor).filter(state__in=_states_of(Side.MANUFACTURER)))
    running = sales_of(actor).exclude(state__in=["closed", "cancelled", "accepted"]).count()
    return {
        "profile": profile,
        "requests": open_requests,
        "waiting": waiting,
        "running": running,
        "steps": [
            Step("Describe what you make", "portal_profile", profile is not None),
            Step(
                "Get verified by our staff",
                "portal_profile",
                bool(profile and profile.state == "verified"),
            ),
            Step(
                "Set up payouts",
                "portal_payouts",
                bool(profile and profile.payouts_enabled),
            ),
            Step("Send your first quote", "portal_requests", running > 0 or bool(waiting)),
        ],
    }


def landing_manufacturers() -> list[Any]:
    """A few verified manufacturers for the landing page."""
    return _newest(listed_manufacturers(), 6)
