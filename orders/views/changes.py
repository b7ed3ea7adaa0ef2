"""Change orders, for both sides: what is proposed, what it costs, and what was agreed."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.http import Request
from accounts.roles import Permission, Side
from marketplace.core.errors import NotFound
from marketplace.core.kept import kept_typed
from marketplace.files.links import link_to
from orders import change_queries as queries
from orders.actions import changes
from orders.actions.change_fits import REVISABLE
from orders.change_rules import PROPOSE_CHANGE, can_propose, change_moves
from orders.change_states import CHANGE, ChangeState
from orders.forms import problems as problem_forms
from orders.forms.changes import ChangeForm
from orders.models import ChangeOrder, FirstArticle, Order
from orders.rooms import url_of
from orders.states import FirstArticleState
from orders.views.room import Room, act_in_room, order_at, show_room

SHOWN = 50


def _context(actor: Actor, order: Order, side: str) -> dict[str, Any]:
    rows = list(queries.changes_of(order, side)[:SHOWN])
    waiting = queries.waiting_change(order, side)
    return {
        "changes": [row for row in rows if waiting is None or row.pk != waiting.pk],
        "waiting": waiting and shown_change(actor, order, side, waiting),
        "can_propose": can_propose(actor, order),
    }


def shown_change(actor: Actor, order: Order, side: str, change: ChangeOrder) -> dict[str, Any]:
    """A change order with what this person may do, whose turn it is, and the new files."""
    change.order = order
    moves = change_moves(actor, change)
    revisions = queries.revisions_in(change)
    return {
        "change": change,
        "state": state_of(change, side),
        "moves": moves,
        "may_pay": change.state == ChangeState.ACCEPTED
        and side == Side.BUYER
        and actor.may(Permission.PAY),
        "files": [
            (row.part.number, row.label, [(f.name, link_to(f, actor)) for f in row.files])
            for row in revisions.values()
        ],
        "first_articles": _approved_articles(order, list(revisions)),
    }


def state_of(change: ChangeOrder, side: str) -> tuple[str, str]:
    """(state, label) for the pill; who approves for the buyer is not the manufacturer's to know."""
    state = change.state
    if state == ChangeState.AWAITING_APPROVAL and side == Side.MANUFACTURER:
        state = ChangeState.OPEN
    return state, CHANGE.label(state)


def _approved_articles(order: Order, lines: list[str]) -> list[FirstArticle]:
    """Approved reports that a new revision asks for again."""
    if not lines:
        return []
    rows = order.first_articles.filter(line__public_id__in=lines).select_related("line")
    return list(rows.filter(state=FirstArticleState.APPROVED))


ROOM = Room(
    "order_changes",
    "orders/order_changes.html",
    _context,
    forms={"decline": problem_forms.ReasonForm},
)


def order_changes(request: Request, side: str, order: str) -> HttpResponse:
    """What is proposed now, and every change order before."""
    return show_room(request, ROOM, side, order)


def _propose_context(actor: Actor, order: Order, side: str) -> dict[str, Any]:
    approved = order.first_articles.filter(state=FirstArticleState.APPROVED)
    is_revisable = (order.left_state or order.state) in REVISABLE
    return {
        "can_propose": can_propose(actor, order),
        "approved": list(approved.select_related("line")) if is_revisable else [],
    }


PROPOSE = Room(
    "propose_change",
    "orders/propose_change.html",
    _propose_context,
    parent="order_changes",
    leads_back=True,
)


def _form(order: Order, side: str, data: Any = None) -> ChangeForm:
    can_revise = side == Side.BUYER and (order.left_state or order.state) in REVISABLE
    newer = queries.newer_revisions(order) if can_revise else {}
    return ChangeForm(data, order=order, side=side, terms=queries.terms_of(order), newer=newer)


def propose_change(request: Request, side: str, order: str) -> HttpResponse:
    """The order as it is, to be changed."""
    found = order_at(request.actor, side, order)
    if request.method != "POST":
        typed = kept_typed(request, url_of("propose_change", order, side))
        return show_room(request, PROPOSE, side, order, bound={"change": _form(found, side, typed)})
    form = _form(found, side, request.POST)

    def action(*, actor: Actor, public_id: str, **given: Any) -> Any:
        PROPOSE_CHANGE.check(actor, found)
        return changes.propose_change(
            actor=actor,
            public_id=public_id,
            wanted=form.proposal(),
            reason=given["reason"],
            seen=given["seen"],
        )

    done = "Proposed. The order goes on as it is until the change is in force."
    return act_in_room(request, PROPOSE, side, order, action, done, "change", form)


# Word in the address -> the act, what is said when it is done, and its form.
ANSWERS: Mapping[str, tuple[Callable[..., Any], str, str]] = {
    "accept": (changes.accept_change, "Accepted.", ""),
    "approve": (changes.approve_change, "Approved.", ""),
    "decline": (changes.decline_change, "Declined; the order goes on as it was.", "decline"),
    "withdraw": (changes.withdraw_change, "Taken back; the order goes on as it was.", ""),
}


@require_POST
def answer_change(
    request: Request, side: str, order: str, change: str, answer: str
) -> HttpResponse:
    """Accept, approve, decline with a reason, or take back."""
    if answer not in ANSWERS:
        raise NotFound()
    act, done, form = ANSWERS[answer]
    return act_in_room(request, ROOM, side, order, partial(act, change=change), done, form)
