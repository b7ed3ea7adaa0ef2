"""Shipments of an order: both sides see them, the shop ships, the buyer confirms."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page, portal_page
from accounts.http import Request
from accounts.roles import Side
from marketplace.core.errors import DomainError
from marketplace.core.kept import kept_typed
from marketplace.core.pages import Page, keyset_page, render_page
from orders import rules
from orders.actions import shipping, tracking
from orders.forms.shipping import ShipPartsForm, TableForm, TrackingForm, table_in
from orders.models import Order, Shipment
from orders.progress import progress_of
from orders.shipments import find_shipment, papers_of, shipments_of
from orders.tracking import COLUMNS, read_tracking
from orders.views.room import Room, act_in_room, order_at, show_room

NAME = "order_shipments"


def order_shipments(request: Request, side: str, order: str) -> HttpResponse:
    """What has left, what has arrived, what is still to come."""

    def context(actor: Actor, found: Order, side: str) -> dict[str, Any]:
        page: Page[Shipment] = keyset_page(shipments_of(found), request.GET.get("after", ""))
        papers = papers_of(found, [shipment.public_id for shipment in page])
        progress = progress_of(found)
        moves = rules.available_moves(actor, found)
        rows = [
            (shipment, papers[shipment.public_id], _can_receive(actor, found, shipment))
            for shipment in page
        ]
        return {
            "page": page,
            "shipments": rows,
            "progress": progress,
            "ordered": sum(row.ordered for row in progress),
            "shipped": sum(row.shipped for row in progress),
            "delivered": sum(row.delivered for row in progress),
            "may_ship": "ship_part" in moves,
            "may_ship_rest": "ship_order" in moves,
            "can_receive": any(can_receive for _, _, can_receive in rows),
        }

    return show_room(request, Room(NAME, "orders/order_shipments.html", context), side, order)


def _can_receive(actor: Actor, order: Order, shipment: Shipment) -> bool:
    """The buyer's button: a return is confirmed on the page of its problem."""
    return (
        shipment.delivered_at is None
        and shipment.purpose != Shipment.Purpose.RETURN
        and rules.receive_gate(shipment).is_open(actor, order)
    )


def _detail(public_id: str, form: TrackingForm | None = None) -> Room:
    def context(actor: Actor, found: Order, side: str) -> dict[str, Any]:
        shipment = find_shipment(found, public_id)
        can_track = (
            side == Side.MANUFACTURER
            and shipment.delivered_at is None
            and rules.track_gate(shipment).is_open(actor, found)
        )
        return {
            "shipment": shipment,
            "shipment_lines": shipment.lines.select_related("line"),
            "packages": shipment.packages.all(),
            "papers": papers_of(found, [shipment.public_id])[shipment.public_id],
            "can_receive": _can_receive(actor, found, shipment),
            "can_track": can_track,
            "form": form or TrackingForm(initial=vars(shipment)),
        }

    return Room(NAME, "orders/order_shipment.html", context)


def order_shipment(request: Request, side: str, order: str, shipment: str) -> HttpResponse:
    """One shipment: its pieces, packages, papers, and where it is."""
    return show_room(request, _detail(shipment), side, order)


@buyer_page
@require_POST
def confirm_shipment(request: Request, order: str, shipment: str) -> HttpResponse:
    """This shipment arrived."""

    def action(*, actor: Actor, public_id: str) -> Any:
        return shipping.confirm_shipment(actor=actor, public_id=public_id, shipment=shipment)

    find_shipment(order_at(request.actor, Side.BUYER, order), shipment)
    done = "Confirmed. The manufacturer sees it."
    return act_in_room(request, _detail(shipment), Side.BUYER, order, action, done)


@portal_page
@require_POST
def update_tracking(request: Request, order: str, shipment: str) -> HttpResponse:
    """Correct the carrier, or say what it said."""

    def action(*, actor: Actor, public_id: str, **values: Any) -> Any:
        return tracking.update_tracking(
            actor=actor, public_id=public_id, shipment=shipment, **values
        )

    find_shipment(order_at(request.actor, Side.MANUFACTURER, order), shipment)
    form = TrackingForm(request.POST)
    room, done = _detail(shipment, form), "Saved. The buyer sees it."
    return act_in_room(request, room, Side.MANUFACTURER, order, action, done, form=form)


@portal_page
def ship_parts(request: Request, order: str) -> HttpResponse:
    """The form of a shipment: pieces, packages, carrier."""
    progress = progress_of(order_at(request.actor, Side.MANUFACTURER, order))
    is_sent = request.method == "POST"
    form = ShipPartsForm(progress, request.POST if is_sent else kept_typed(request, request.path))

    def context(actor: Actor, found: Order, side: str) -> dict[str, Any]:
        moves = rules.available_moves(actor, found)
        return {"form": form, "may_ship": "ship_part" in moves}

    room = Room(NAME, "orders/portal/ship_parts.html", context)
    if not is_sent:
        return show_room(request, room, Side.MANUFACTURER, order)
    done = "Shipped. Delivery note and packing list are below; the buyer has the tracking number."
    return act_in_room(
        request, room, Side.MANUFACTURER, order, shipping.ship_parts, done, form=form
    )


@portal_page
def import_tracking(request: Request) -> HttpResponse:
    """A carrier's table moves many shipments at once, or none."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = TableForm(*sent)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            table = read_tracking(table_in(form))
            done = tracking.import_tracking(actor=request.actor, table=table)
        except DomainError as fault:
            if fault.status in (403, 404):
                raise
            faults = getattr(fault, "faults", [fault.sentence])
        else:
            messages.success(
                request, f"Imported: {done.changed} changed, {done.delivered} of them delivered."
            )
            return redirect("portal_orders")
    context = {"form": form, "faults": faults, "columns": [names[0] for names in COLUMNS.values()]}
    status = 422 if faults or form.errors else 200
    return render_page(request, "orders/portal/import_tracking.html", context, status=status)
