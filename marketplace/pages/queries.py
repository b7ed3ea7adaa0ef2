"""What each home page shows first: what waits for this person."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.money import Money
from marketplace.directory.queries import listed_manufacturers, manufacturer_of
from marketplace.messaging.queries import unanswered_on, unread_of
from marketplace.pages.deadlines import deadlines_of
from marketplace.pages.onboarding import buyer_checklist, portal_checklist
from orders.change_queries import changes_waiting_for
from orders.models import Order
from orders.queries import awaiting_my_approval, coming_due, purchases_of, sales_of
from orders.states import ORDER, OrderState
from orders.workload import own_load
from quotes.lists import rfq_rows
from quotes.models import RFQ
from quotes.queries import invitations_for, unanswered
from quotes.queries.decisions import closing_requests, expiring_quotes, requests_to_compare
from quotes.queries.savings import awarded_lines_of, times_to_award
from quotes.savings import median_time, savings
from quotes.states import RFQState
from quotes.win_rate import own_win_rate

SHOWN = 8
# Unread messages are looked for on so many of the newest requests.
TALKED_OF = 200
# How far ahead a home page looks, and when the end of a quote is a decision for today.
AHEAD, SOON = timedelta(days=14), timedelta(days=5)
LOOKED_AT = 50
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


def _talked_of(rfqs: QuerySet[RFQ]) -> list[RFQ]:
    """The newest of `rfqs`, with what a line about their texts shows. One query."""
    return list(rfqs.only("public_id", "title", "reference").order_by("-pk")[:TALKED_OF])


def _unread(actor: Actor, rfqs: QuerySet[RFQ]) -> list[tuple[RFQ, int]]:
    """The newest of `rfqs` with texts the person has not read, and how many. Three queries."""
    newest = _talked_of(rfqs)
    counts = unread_of(actor, [rfq.public_id for rfq in newest])
    return [(r, counts[r.public_id]) for r in newest if r.public_id in counts][:SHOWN]


def _talks(actor: Actor) -> dict[str, Any]:
    """Requests on which shops wait for an answer, and others with texts to read. Four queries."""
    rfqs = _talked_of(RFQ.objects.filter(organization=actor.organization, state__in=TALKING))
    ids = [rfq.public_id for rfq in rfqs]
    waiting, unread = unanswered_on(actor.company, ids), unread_of(actor, ids)
    asked = [rfq for rfq in rfqs if rfq.public_id in waiting][:SHOWN]
    told = [rfq for rfq in rfqs if rfq.public_id in unread.keys() - waiting.keys()][:SHOWN]
    return {
        "questions": [(r, waiting[r.public_id], unread.get(r.public_id, 0)) for r in asked],
        "unread": [(r, unread[r.public_id]) for r in told],
    }


def _dates(actor: Actor) -> dict[str, Any]:
    """Quotes that end soon, and what comes up within two weeks. Three queries."""
    now, today = timezone.now(), timezone.localdate()
    last = today + AHEAD
    quotes = list(expiring_quotes(actor, today, last, now)[:LOOKED_AT])
    rfqs = closing_requests(actor, now, now + AHEAD)[:LOOKED_AT]
    orders = coming_due(actor, today, last).order_by("pk")[:LOOKED_AT]
    soon = [quote for quote in quotes if quote.valid_until and quote.valid_until <= today + SOON]
    return {
        "expiring": soon[:SHOWN],
        "deadlines": deadlines_of(rfqs, quotes, orders, today, last),
    }


def _record(actor: Actor) -> dict[str, Any]:
    """What the awards of a year saved, and how long they took. Four queries."""
    times = times_to_award(actor)
    return {
        "savings": [
            (Money(abs(s.saved_minor), s.currency), s.saved_minor < 0, s.lines)
            for s in savings(awarded_lines_of(actor))
        ],
        "time_to_award": median_time(times),
        "awarded_requests": len(times),
    }


def buyer_board(actor: Actor) -> dict[str, Any]:
    """What a buyer has to decide, what comes up, what was saved, and the first steps. Eighteen
    queries at most."""
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
        "changes": _newest(changes_waiting_for(actor, Side.BUYER)),
        "approvals": approvals,
        "rfqs": rfqs,
        "to_compare": _newest(requests_to_compare(actor, timezone.now())),
        **_talks(actor),
        **_dates(actor),
        **_record(actor),
        "running": running,
        "checklist": buyer_checklist(actor),
    }


def portal_board(actor: Actor) -> dict[str, Any]:
    """Requests to answer and orders to work on, and the first steps. Eleven queries."""
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
        "changes": _newest(changes_waiting_for(actor, Side.MANUFACTURER)),
        "running": running,
        "load": own_load(actor),
        "win_rate": own_win_rate(actor),
        "checklist": portal_checklist(actor),
    }


def landing_manufacturers() -> list[Any]:
    """A few verified manufacturers for the landing page."""
    return _newest(listed_manufacturers(), 6)
