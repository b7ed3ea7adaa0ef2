"""Blanket orders: the buyer proposes and calls off, the manufacturer answers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page, portal_page
from accounts.http import Request
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import timeline
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import keyset_page, render_page
from orders import blanket_queries as queries
from orders import blanket_rules as rules
from orders.actions import blanket_orders as actions
from orders.forms.blanket import BlanketForm, BlanketReasonForm, CallOffForm, first_values
from orders.models import BlanketOrder, Order
from orders.queries import get_order, side_of
from orders.reordering import check_reorderable

PAGES = {Side.BUYER: "blanket_order", Side.MANUFACTURER: "portal_blanket_order"}
TEMPLATES = {
    Side.BUYER: "orders/buyer/blanket_order.html",
    Side.MANUFACTURER: "orders/portal/blanket_order.html",
}
MARKED = "Something is missing or cannot be used. It is marked below; nothing you typed is lost."
USUAL_PERIOD = timedelta(days=365)


@buyer_page
def blanket_orders(request: Request) -> HttpResponse:
    """What the organization agreed to call off."""
    return _list(request, "buyer", "orders/buyer/blanket_orders.html")


@portal_page
def portal_blanket_orders(request: Request) -> HttpResponse:
    """What the organization agreed to deliver in batches."""
    return _list(request, "manufacturer", "orders/portal/blanket_orders.html")


@buyer_page
def propose_blanket(request: Request, order: str) -> HttpResponse:
    """The form, filled from an order, and the proposal."""
    actor = request.actor
    found = get_order(actor, order)
    if side_of(actor, found) != Side.BUYER:
        raise NotFound()
    actor.check(Permission.AWARD)
    check_reorderable(found)
    lines = [line for line in found.lines.all() if line.quantity]
    typed = request.POST if request.method == "POST" else kept_typed(request)
    if typed is None:
        today = timezone.localdate()
        initial = first_values(
            lines,
            today=today,
            ends_on=today + USUAL_PERIOD,
            title=found.title,
            ship_to=found.ship_to,
            lead_time_days=found.lead_time_days,
        )
        return _form(request, found, BlanketForm(lines=lines, initial=initial))
    form = BlanketForm(typed, lines=lines)
    sentence, status = MARKED, 422
    if request.method == "POST" and form.is_valid():
        try:
            given = {name: form.cleaned_data[name] for name in ("ship_to", "title", "notes")}
            blanket = actions.propose_blanket(
                actor=actor,
                order_id=order,
                period=form.period,
                lines=form.agreed,
                **given,
            )
        except DomainError as error:
            add_errors(form, error)
            sentence, status = error.sentence, error.status
        else:
            messages.success(request, f"Proposed. {blanket.manufacturer.name} is told.")
            return redirect("blanket_order", blanket.public_id)
    if request.method != "POST":
        sentence, status = "You were signed out. Here is what you typed; send it again.", 200
    return _form(request, found, form, sentence, status)


@buyer_page
def blanket_order(request: Request, blanket: str) -> HttpResponse:
    """One, from the buyer's side."""
    return _show(request, blanket, Side.BUYER)


@portal_page
def portal_blanket_order(request: Request, blanket: str) -> HttpResponse:
    """One, from the manufacturer's side."""
    return _show(request, blanket, Side.MANUFACTURER)


@buyer_page
@require_POST
def call_off(request: Request, blanket: str) -> HttpResponse:
    """Order a batch."""
    found = _own(request.actor, blanket, Side.BUYER)
    form = CallOffForm(request.POST, lines=found.lines.all())
    sentence, status = MARKED, 422
    if form.is_valid():
        try:
            order = actions.call_off(
                actor=request.actor,
                public_id=blanket,
                quantities=form.quantities,
                seen=form.cleaned_data["seen"],
                po_number=form.cleaned_data["po_number"],
            )
        except DomainError as error:
            add_errors(form, error)
            sentence, status = error.sentence, error.status
        else:
            messages.success(request, "Called off. It is an order of its own.")
            return redirect("order_detail", order.public_id)
    return _show(request, blanket, Side.BUYER, call_off=form, sentence=sentence, status=status)


@portal_page
@require_POST
def accept_blanket(request: Request, blanket: str) -> HttpResponse:
    """The manufacturer agrees."""
    done = "Accepted. The buyer is told; each call-off comes to you as an order."
    return _act(request, blanket, Side.MANUFACTURER, None, actions.accept_blanket, done)


@portal_page
@require_POST
def decline_blanket(request: Request, blanket: str) -> HttpResponse:
    """The manufacturer says no, and why."""
    form = BlanketReasonForm(request.POST)
    done = "Declined. The buyer reads why."
    return _act(request, blanket, Side.MANUFACTURER, form, actions.decline_blanket, done)


@buyer_page
@require_POST
def cancel_blanket(request: Request, blanket: str) -> HttpResponse:
    """The buyer ends it, and says why."""
    form = BlanketReasonForm(request.POST)
    done = "Cancelled. Orders that were placed stay."
    return _act(request, blanket, Side.BUYER, form, actions.cancel_blanket, done)


def _list(request: Request, side: str, template: str) -> HttpResponse:
    rows = queries.blankets_of(request.actor, side=side)
    page = keyset_page(rows, request.GET.get("after", ""))
    return render_page(request, template, {"page": page})


def _form(
    request: Request, order: Order, form: BlanketForm, sentence: str = "", status: int = 200
) -> HttpResponse:
    context = {"order": order, "form": form, "sentence": sentence}
    return render_page(request, "orders/buyer/propose_blanket.html", context, status=status)


def _own(actor: Actor, public_id: str, side: Side) -> BlanketOrder:
    """The blanket order, seen from the side whose page this is. Raises NotFound."""
    found = queries.get_blanket(actor, public_id)
    if queries.side_of_blanket(actor, found) != side:
        raise NotFound()
    return found


def _act(
    request: Request,
    public_id: str,
    side: Side,
    form: Form | None,
    action: Callable[..., Any],
    done: str,
) -> HttpResponse:
    """Run one action and go back to the page, or show it with the sentence."""
    _own(request.actor, public_id, side)
    sentence, status = MARKED, 422
    if form is None or form.is_valid():
        try:
            given = form.cleaned_data if form else {}
            action(actor=request.actor, public_id=public_id, **given)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            sentence, status = error.sentence, error.status
        else:
            messages.success(request, done)
            return redirect(PAGES[side], public_id)
    return _show(request, public_id, side, reason=form, sentence=sentence, status=status)


def _show(
    request: Request,
    public_id: str,
    side: Side,
    *,
    call_off: CallOffForm | None = None,
    reason: Form | None = None,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    found = _own(actor, public_id, side)
    today = timezone.localdate()
    lines = list(found.lines.all())
    called = queries.called_by_line(actor, found)
    page = keyset_page(queries.call_offs_of(actor, found), request.GET.get("after", ""))
    seen = found.call_offs.count()
    form = None
    if side == Side.BUYER and rules.can_call_off(actor, found, today):
        form = CallOffForm(lines=lines, initial={"seen": seen})
        if call_off is not None:
            # Shown again it knows of the call-offs made meanwhile; what was typed stays.
            call_off.data = {**dict(call_off.data.items()), "seen": seen}
            form = call_off
    context = {
        "blanket": found,
        "side": side,
        "lines": [
            (line, called.get(line.pk, 0), line.quantity - called.get(line.pk, 0)) for line in lines
        ],
        "page": page,
        "form": form,
        "moves": rules.available_moves(actor, found),
        "reason_form": reason or BlanketReasonForm(),
        "is_early": today < found.starts_on,
        "is_used_up": not any(line.left for line in lines),
        "timeline": timeline(found, actor.organization),
        "sentence": sentence,
    }
    return render_page(request, TEMPLATES[side], context, status=status)
