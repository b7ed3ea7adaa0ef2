"""What each home page shows first: what waits for this person."""

from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.directory.queries import listed_manufacturers, manufacturer_of
from marketplace.messaging.queries import unread_of
from marketplace.pages.onboarding import buyer_checklist, portal_checklist
from orders.models import Order
from orders.queries import awaiting_my_approval, purchases_of, sales_of
from orders.states import ORDER, OrderState
from orders.workload import own_load
from quotes.lists import rfq_rows
from quotes.models import RFQ
from quotes.queries import invitations_for, unanswered
from quotes.states import RFQState
from quotes.win_rate import own_win_rate

SHOWN = 8
# Unread messages are looked for on so many of the newest requests.
TALKED_OF = 200
TALKING = (RFQState.OPEN, RFQState.CLOSED)
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


def _states_of(side: str) -> list[str]:
    return [state for state, turn in ORDER.turn.items() if turn == side]


def _newest(rows: QuerySet[Any], number: int = SHOWN) -> list[Any]:
    return list(rows.order_by("-pk")[:number])


def _with_todo(orders: QuerySet[Order]) -> list[tuple[Order, str]]:
    return [(order, TODO_OF.get(OrderState(order.state), "")) for order in _newest(orders)]


def _unread(actor: Actor, rfqs: QuerySet[RFQ]) -> list[tuple[RFQ, int]]:
    """The newest of `rfqs` with texts the person has not read, and how many. Three queries."""
    newest = list(rfqs.only("public_id", "title", "reference").order_by("-pk")[:TALKED_OF])
    counts = unread_of(actor, [rfq.public_id for rfq in newest])
    return [(r, counts[r.public_id]) for r in newest if r.public_id in counts][:SHOWN]


def buyer_board(actor: Actor) -> dict[str, Any]:
    """Orders and requests that wait for the buyer, and the first steps. Nine queries."""
    approvals = _newest(awaiting_my_approval(actor))
    # An approval waits for those who may give it, not for everybody on the buyer's side.
    mine = [state for state in _states_of(Side.BUYER) if state != OrderState.AWAITING_APPROVAL]
    waiting = _with_todo(purchases_of(actor).filter(state__in=mine))
    rfqs = _newest(
        rfq_rows(actor).filter(state__in=[RFQState.DRAFT, RFQState.OPEN, RFQState.CLOSED])
    )
    running = purchases_of(actor).exclude(state__in=["closed", "cancelled", "accepted"]).count()
    return {
        "waiting": waiting,
        "approvals": approvals,
        "rfqs": rfqs,
        "unread": _unread(
            actor, RFQ.objects.filter(organization=actor.organization, state__in=TALKING)
        ),
        "running": running,
        "checklist": buyer_checklist(actor),
    }


def portal_board(actor: Actor) -> dict[str, Any]:
    """Requests to answer and orders to work on, and the first steps. Ten queries."""
    profile = manufacturer_of(actor)
    open_requests = _newest(unanswered(actor))
    waiting = _with_todo(sales_of(actor).filter(state__in=_states_of(Side.MANUFACTURER)))
    running = sales_of(actor).exclude(state__in=["closed", "cancelled", "accepted"]).count()
    return {
        "profile": profile,
        "requests": open_requests,
        "unread": _unread(
            actor,
            RFQ.objects.filter(pk__in=invitations_for(actor).values("rfq"), state__in=TALKING),
        ),
        "waiting": waiting,
        "running": running,
        "load": own_load(actor),
        "win_rate": own_win_rate(actor),
        "checklist": portal_checklist(actor),
    }


def landing_manufacturers() -> list[Any]:
    """A few verified manufacturers for the landing page."""
    return _newest(listed_manufacturers(), 6)
