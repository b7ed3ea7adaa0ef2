"""Parts leave the manufacturer, arrive, and are accepted."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from marketplace.core.states import move
from orders import events
from orders.actions.milestones import pass_milestones, reach_milestones
from orders.models import Milestone, Order, Shipment, ShipmentLine
from orders.progress import progress_of
from orders.queries import lock_order
from orders.rules import check_can
from orders.states import ORDER


@transaction.atomic
def ship_order(
    *, actor: Actor, public_id: str, carrier: str, tracking_number: str, note: str = ""
) -> Shipment:
    """Hand the parts to a carrier. Raises DomainError without a tracking number."""
    order = lock_order(public_id)
    side = check_can("ship_order", actor, order)
    if carrier not in Shipment.Carrier.values:
        raise DomainError("Choose a carrier.", fields={"carrier": "Choose a carrier."})
    tracking_number = "".join(tracking_number.split())
    if not tracking_number:
        raise DomainError(
            "Enter the carrier's tracking number.", fields={"tracking_number": "Enter it."}
        )
    move(order, ORDER, "ship_order", by=side)
    shipment = Shipment.objects.create(
        order=order, carrier=carrier, tracking_number=tracking_number[:60], note=note
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line=line.line, quantity=line.to_ship)
        for line in progress_of(order)
        if line.to_ship
    )
    reach_milestones(order, [Milestone.Kind.SHIPMENT, Milestone.Kind.ACCEPTANCE])
    record(
        events.ORDER_SHIPPED,
        order,
        actor=actor,
        visible_to=order.parties,
        carrier=shipment.get_carrier_display(),
        tracking=shipment.tracking_number,
    )
    return shipment


@transaction.atomic
def confirm_delivery(*, actor: Actor, public_id: str) -> Order:
    """The parts arrived; the time to inspect them starts."""
    order = lock_order(public_id)
    move(order, ORDER, "confirm_delivery", by=check_can("confirm_delivery", actor, order))
    now = timezone.now()
    order.shipments.filter(delivered_at=None).update(delivered_at=now)
    order.accept_by = now + timedelta(days=settings.ACCEPTANCE_WINDOW_DAYS)
    order.save(update_fields=["accept_by"])
    pass_milestones(actor=actor, order=order, kinds=[Milestone.Kind.SHIPMENT])
    record(events.DELIVERY_CONFIRMED, order, actor=actor, visible_to=order.parties)
    return order
