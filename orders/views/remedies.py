"""What travels for a problem: the shop ships pieces anew, the buyer sends pieces back."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page, portal_page
from accounts.http import Request
from accounts.roles import Side
from marketplace.core.kept import kept_typed
from orders import rules
from orders.actions import problem_shipping
from orders.actions.problem_steps import problem_of
from orders.forms.shipping import ReturnForm, ShipPartsForm
from orders.models import Order
from orders.shipping_terms import Carriage
from orders.views.problems import problem_room
from orders.views.room import Room, act_in_room, order_at, show_room


@portal_page
def ship_remedy(request: Request, order: str, problem: str) -> HttpResponse:
    """The form of a shipment, with the pieces of one problem."""
    found = problem_of(order_at(request.actor, Side.MANUFACTURER, order), problem)
    is_sent = request.method == "POST"
    typed = request.POST if is_sent else kept_typed(request, request.path)
    form = ShipPartsForm(problem_shipping.due_of(found), typed)
    # All of them travel together.
    form.initial = {row.line.public_id: row.to_ship for row in form.progress}

    def context(actor: Actor, _: Order, side: str) -> dict[str, Any]:
        moves = rules.problem_moves(actor, found)
        return {
            "form": form,
            "problem": found,
            "may_ship": "report_remedy" in moves and found.may_travel,
        }

    room = Room(
        "order_problem",
        "orders/portal/ship_parts.html",
        context,
        parent="order_problems",
        arguments=(problem,),
    )
    if not is_sent:
        return show_room(request, room, Side.MANUFACTURER, order)
    action = partial(problem_shipping.ship_remedy, problem=problem)
    done = "Shipped. The buyer looks at the pieces when they have arrived."
    return act_in_room(request, room, Side.MANUFACTURER, order, action, done, form=form)


@buyer_page
@require_POST
def send_return(request: Request, order: str, problem: str) -> HttpResponse:
    """The pieces are on their way back, under the RMA number."""
    problem_of(order_at(request.actor, Side.BUYER, order), problem)
    form = ReturnForm(request.POST)

    def action(*, actor: Actor, public_id: str, **carriage: str) -> Any:
        return problem_shipping.send_return(
            actor=actor, public_id=public_id, problem=problem, carriage=Carriage(**carriage)
        )

    done = "Sent. The manufacturer confirms when the pieces have arrived."
    room = problem_room(problem)
    return act_in_room(request, room, Side.BUYER, order, action, done, "carriage", form)
