"""Parts leave the manufacturer, arrive, and are accepted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import NotFound
from marketplace.core.events import record
from marketplace.core.states import WrongState, check_move, move
from orders import events
from orders.actions.conclusion import has_open_problem
from orders.actions.documents import issue_document
from orders.actions.instalments import check_everything_paid
from orders.actions.milestones import pass_milestones, reach_milestones
from orders.first_articles import check_first_article_approved
from orders.models import (
    Milestone,
    Nonconformance,
    Order,
    OrderDocument,
    OrderLine,
    Package,
    Shipment,
    ShipmentLine,
)
from orders.papers.shipping import delivery_note, packing_list
from orders.progress import everything_shipped, progress_of
from orders.quality import check_inspected, check_papers
from orders.queries import lock_order, side_of
from orders.rules import check_can, receive_gate
from orders.shipping_terms import Box, Carriage, Piece, read_carriage, read_pieces
from orders.states import ORDER, NonconformanceState, OrderState


@transaction.atomic
def ship_order(
    *, actor: Actor, public_id: str, carrier: str, tracking_number: str, note: str = ""
) -> Shipment:
    """Hand everything that is left to a carrier, in one shipment.

    Raises WrongState before the quality check is passed, DomainError without a tracking number.
    """
    order = lock_order(public_id)
    side = check_can("ship_order", actor, order)
    check_move(order, ORDER, "ship_order", by=side)
    pieces = [
        Piece(line.line.public_id, line.to_ship) for line in progress_of(order) if line.to_ship
    ]
    carriage = Carriage(carrier, tracking_number, note=note)
    return _send(actor, order, side, pieces, [], carriage)


@transaction.atomic
def ship_parts(
    *,
    actor: Actor,
    public_id: str,
    pieces: Sequence[Piece],
    packages: Sequence[Box] = (),
    carriage: Carriage,
) -> Shipment:
    """Hand some of what is left to a carrier; the last pieces complete the order.

    Delivery note and packing list are issued with it. Raises NotFound, NotAllowed, WrongState, and
    DomainError with a sentence for more than is left, a line that is not the order's, or packages
    and carriers that cannot be.
    """
    order = lock_order(public_id)
    side = check_can("ship_part", actor, order)
    check_move(order, ORDER, "ship_part", by=side)
    return _send(actor, order, side, pieces, packages, carriage)


def _send(
    actor: Actor,
    order: Order,
    side: str,
    pieces: Sequence[Piece],
    packages: Sequence[Box],
    carriage: Carriage,
) -> Shipment:
    check_first_article_approved(order)
    check_everything_paid(order)
    progress = progress_of(order)
    taken = read_pieces(progress, pieces)
    check_inspected(order, progress, taken)
    shipment = write_shipment(order, taken, packages, carriage)
    is_last = everything_shipped(progress_of(order))
    _move_on(order, side, is_last=is_last)
    write_papers(actor, order, shipment)
    data: dict[str, Any] = {
        "carrier": shipment.carrier_label,
        "tracking": shipment.tracking_number,
    }
    if not is_last:
        data["pieces"] = sum(quantity for _, _, quantity in taken)
    fact = events.ORDER_SHIPPED if is_last else events.PARTS_SHIPPED
    record(fact, order, actor=actor, visible_to=order.parties, **data)
    return shipment


def write_shipment(
    order: Order,
    taken: Sequence[tuple[OrderLine, str, int]],
    packages: Sequence[Box],
    carriage: Carriage,
    *,
    purpose: str = Shipment.Purpose.ORDER,
    problem: Nonconformance | None = None,
) -> Shipment:
    """The rows of a shipment that leaves now. The caller holds the order's lock.

    Raises WrongState for a tracking number the order has already, DomainError for a carrier or
    number that cannot be.
    """
    terms = read_carriage(carriage)
    same = order.shipments.filter(
        carrier=terms["carrier"], tracking_number=terms["tracking_number"]
    )
    if same.exists():
        raise WrongState(
            f"This order has a shipment with the tracking number {terms['tracking_number']} "
            "already. Enter the number of the new one."
        )
    shipment = Shipment.objects.create(
        order=order,
        number=order.shipments.count() + 1,
        purpose=purpose,
        problem=problem,
        **terms,
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line=line, lot=lot, quantity=quantity)
        for line, lot, quantity in taken
    )
    Package.objects.bulk_create(Package(shipment=shipment, **vars(box)) for box in packages)
    return shipment


def write_papers(actor: Actor, order: Order, shipment: Shipment) -> None:
    """Delivery note and packing list of a shipment."""
    papers = {
        OrderDocument.Kind.DELIVERY_NOTE: delivery_note,
        OrderDocument.Kind.PACKING_LIST: packing_list,
    }
    for kind, write in papers.items():
        issue_document(
            actor=actor,
            order=order,
            kind=kind,
            subject=shipment.public_id,
            write=partial(write, order, shipment),
        )


def _move_on(order: Order, side: str, *, is_last: bool) -> None:
    """A part leaves from the production or the check on; the last pieces when both are done."""
    if not is_last:
        move(order, ORDER, "ship_part", by=side)
        return
    if ORDER.find("ship_order", order.state) is None:
        raise WrongState(
            "These are the last pieces of the order. Finish the production and pass the quality "
            "check before they leave, or ship a part of them."
        )
    check_papers(order)
    move(order, ORDER, "ship_order", by=side)
    reach_milestones(order, [Milestone.Kind.SHIPMENT, Milestone.Kind.ACCEPTANCE])


@transaction.atomic
def deliver_shipment(
    *, actor: Actor, shipment: Shipment, source: str, at: datetime | None = None
) -> bool:
    """A shipment has arrived, whoever says so: the buyer, the shop or staff from a
    carrier's table.

    Every way to deliver ends here. When everything has been shipped and has arrived the order is
    delivered and the time to inspect starts. `at` is when it arrived, now unless said; never
    before it left. The caller has checked who may say so. False when it had arrived already.
    """
    order = lock_order(shipment.order.public_id)
    shipment.refresh_from_db()
    if shipment.delivered_at is not None:
        return False
    now = timezone.now()
    shipment.delivered_at = max(min(at or now, now), shipment.shipped_at)
    shipment.delivery_source = source
    shipment.status = Shipment.Status.DELIVERED
    shipment.status_at = shipment.delivered_at
    shipment.save(update_fields=["delivered_at", "delivery_source", "status", "status_at"])
    is_ordered = shipment.purpose == Shipment.Purpose.ORDER
    is_last = (
        is_ordered
        and order.state == OrderState.SHIPPED
        and not order.shipments.filter(delivered_at=None, purpose=Shipment.Purpose.ORDER).exists()
    )
    record(
        events.SHIPMENT_DELIVERED,
        shipment,
        actor=actor,
        thread=order,
        visible_to=order.parties,
        number=shipment.number,
        how=shipment.arrival_source,
        is_last=is_last,
    )
    if shipment.problem_id is not None:
        # The time to look at what was put right starts now, not when it left.
        Nonconformance.objects.filter(
            pk=shipment.problem_id, state=NonconformanceState.REMEDIED
        ).update(respond_by=now + timedelta(days=settings.ACCEPTANCE_WINDOW_DAYS), reminded=False)
    if is_last:
        by = Side.BUYER if source == Shipment.Source.BUYER else Side.SYSTEM
        _arrive(actor, order, by)
    return True


def _arrive(actor: Actor, order: Order, side: str) -> None:
    """All of the order is with the buyer: the time to inspect starts now."""
    move(order, ORDER, "confirm_delivery", by=side)
    # While something is open silence is no acceptance.
    until = timezone.now() + timedelta(days=settings.ACCEPTANCE_WINDOW_DAYS)
    order.accept_by = None if has_open_problem(order) else until
    order.save(update_fields=["accept_by"])
    pass_milestones(actor=actor, order=order, kinds=[Milestone.Kind.SHIPMENT])
    record(events.DELIVERY_CONFIRMED, order, actor=actor, visible_to=order.parties)


@transaction.atomic
def confirm_shipment(*, actor: Actor, public_id: str, shipment: str) -> Shipment:
    """One shipment is in hand: the buyer says so, of a return the manufacturer.

    Raises NotFound, NotAllowed, WrongState when it had arrived already.
    """
    order = lock_order(public_id)
    found = order.shipments.select_related("order").filter(public_id=shipment).first()
    if found is None:
        side_of(actor, order)
        raise NotFound()
    side = receive_gate(found).check(actor, order)
    source = Shipment.Source.BUYER if side == Side.BUYER else Shipment.Source.MANUFACTURER
    if not deliver_shipment(actor=actor, shipment=found, source=source):
        raise WrongState("This shipment has arrived already. Reload the page to see it.")
    return found


@transaction.atomic
def confirm_delivery(*, actor: Actor, public_id: str) -> Order:
    """Everything that travels has arrived; the time to inspect it starts. Who says so for the
    buyer confirms with it what the shop alone had reported.

    Raises WrongState while pieces are still with the manufacturer.
    """
    order = lock_order(public_id)
    side = check_can("confirm_delivery", actor, order)
    check_move(order, ORDER, "confirm_delivery", by=side)
    sent = order.shipments.filter(purpose=Shipment.Purpose.ORDER)
    for shipment in sent.filter(delivered_at=None).select_related("order").order_by("pk"):
        deliver_shipment(actor=actor, shipment=shipment, source=Shipment.Source.BUYER)
    sent.exclude(delivery_source=Shipment.Source.STAFF).update(
        delivery_source=Shipment.Source.BUYER
    )
    order.refresh_from_db()
    if order.state == OrderState.SHIPPED:
        # All had arrived while the order stood still (on hold, disputed).
        _arrive(actor, order, side)
    return order
