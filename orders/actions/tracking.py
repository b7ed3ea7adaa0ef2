"""What carriers say about shipments: typed in one by one, or imported as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.states import WrongState
from orders import events
from orders.actions.shipping import deliver_shipment
from orders.models import Order, Shipment
from orders.queries import lock_order, orders_visible_to, side_of
from orders.rules import track_gate
from orders.shipping_terms import Carriage, read_carriage
from orders.table_faults import TableFaults
from orders.tracking import TrackingRow, TrackingTable

# What the buyer is told of at once.
TROUBLE = (Shipment.Status.DELAYED, Shipment.Status.LOST, Shipment.Status.RETURNED)


@dataclass(frozen=True)
class Imported:
    """How many shipments a table changed, and how many of them it delivered."""

    changed: int
    delivered: int


@transaction.atomic
def update_tracking(
    *,
    actor: Actor,
    public_id: str,
    shipment: str,
    carriage: Carriage,
    status: str,
    status_note: str = "",
) -> Shipment:
    """Correct who carries a shipment and say what the carrier said of it, until it arrived.

    Raises NotFound, NotAllowed, WrongState once it arrived, DomainError with a sentence a field.
    A delivery is the buyer's or the carrier's to state, not this form's.
    """
    order = lock_order(public_id)
    found = order.shipments.filter(public_id=shipment).first()
    if found is None:
        side_of(actor, order)
        raise NotFound()
    track_gate(found).check(actor, order)
    if status not in Shipment.Status.values or status == Shipment.Status.DELIVERED:
        raise DomainError("Choose where the shipment is.", fields={"status": "Choose one."})
    if found.delivered_at is not None:
        raise WrongState("This shipment has arrived; its tracking does not change any more.")
    _change(actor, order, found, carriage, status, " ".join(status_note.split()), None)
    return found


@transaction.atomic
def import_tracking(*, actor: Actor, table: TrackingTable) -> Imported:
    """Take a carrier's table: every shipment it names moves, or none does.

    A shop reaches its own orders, staff every order. Orders are locked in the order of their rows
    in the database, so that two imports wait for each other. A shipment that had arrived already
    is left alone. Raises NotAllowed, and TableFaults with every fault by its row, those of rows
    that could not be read among them.
    """
    rows, faults = table.rows, dict(table.faults)
    found = orders_visible_to(actor).filter(reference__in={row.order for row in rows})
    if not actor.is_staff:
        actor.check(Permission.PRODUCE)
        found = found.filter(manufacturer=actor.organization)
    locked = {order.reference: lock_order(order.public_id) for order in found.order_by("pk")}
    shipments: dict[int, list[Shipment]] = {}
    for shipment in Shipment.objects.filter(order__in=locked.values()).select_related("order"):
        shipments.setdefault(shipment.order_id, []).append(shipment)
    changed, delivered = set(), 0
    for row in rows:
        try:
            order = _order_of(actor, row, locked)
            shipment = _shipment_of(row, shipments.get(order.pk, []))
            if shipment.delivered_at is not None:
                continue
            is_delivered = _take(actor, order, shipment, row)
        except DomainError as fault:
            faults[row.row] = fault.sentence
            continue
        changed.add(shipment.pk)
        delivered += is_delivered
    if faults:
        raise TableFaults([f"Row {at}: {faults[at]}" for at in sorted(faults)])
    return Imported(len(changed), delivered)


def _order_of(actor: Actor, row: TrackingRow, locked: dict[str, Order]) -> Order:
    order = locked.get(row.order)
    if order is None:
        raise DomainError(f"{row.order} is not one of your orders.")
    return order


def _shipment_of(row: TrackingRow, shipments: Sequence[Shipment]) -> Shipment:
    if row.number:
        found = [one for one in shipments if one.number == row.number]
    else:
        found = [one for one in shipments if one.tracking_number == row.tracking_number]
        travelling = [one for one in shipments if one.delivered_at is None]
        if not found and len(travelling) == 1:
            found = travelling
    if len(found) == 1:
        return found[0]
    if not shipments:
        raise DomainError(f"{row.order} has no shipment yet.")
    names = ", ".join(f"{row.order}/{one.number}" for one in shipments[:10])
    raise DomainError(f"Say which shipment is meant: {names}.")


def _take(actor: Actor, order: Order, shipment: Shipment, row: TrackingRow) -> bool:
    track_gate(shipment).check(actor, order)
    left = timezone.localdate(shipment.shipped_at)
    if row.at is not None and timezone.localdate(row.at) < left:
        raise DomainError(f"{row.order}/{shipment.number} left on a later day.")
    now = Carriage(
        shipment.carrier,
        shipment.tracking_number,
        shipment.carrier_name,
        shipment.tracking_link,
        shipment.note,
    )
    if row.carrier and row.carrier != shipment.carrier:
        now = replace(now, carrier=row.carrier, carrier_name="", tracking_link="")
    carriage = replace(now, tracking_number=row.tracking_number or shipment.tracking_number)
    arrives = row.status == Shipment.Status.DELIVERED
    status = "" if arrives else row.status
    _change(actor, order, shipment, carriage, status or shipment.status, row.note, row.at)
    if not arrives:
        return False
    source = Shipment.Source.STAFF if actor.is_staff else Shipment.Source.MANUFACTURER
    shipment.order = order
    return deliver_shipment(actor=actor, shipment=shipment, source=source, at=row.at)


def _change(
    actor: Actor,
    order: Order,
    shipment: Shipment,
    carriage: Carriage,
    status: str,
    note: str,
    at: datetime | None,
) -> None:
    """Write the difference down and say it; nothing when there is none."""
    wanted = {**read_carriage(carriage), "status": status, "status_note": note[:200]}
    before = {name: getattr(shipment, name) for name in wanted}
    if before == wanted:
        return
    same = order.shipments.exclude(pk=shipment.pk).filter(
        carrier=wanted["carrier"], tracking_number=wanted["tracking_number"]
    )
    if same.exists():
        number = wanted["tracking_number"]
        raise DomainError(
            f"Another shipment of {order.reference} has the tracking number {number}.",
            fields={"tracking_number": "Another shipment of this order has this number."},
        )
    for name, value in wanted.items():
        setattr(shipment, name, value)
    shipment.status_at = at or timezone.now()
    shipment.save(update_fields=[*wanted, "status_at"])
    is_bad = status in TROUBLE and before["status"] != status
    said = f"{shipment.get_status_display()}{f', {shipment.status_note}' if note else ''}"
    record(
        events.SHIPMENT_TROUBLED if is_bad else events.TRACKING_UPDATED,
        shipment,
        actor=actor,
        thread=order,
        visible_to=order.parties,
        number=shipment.number,
        carrier=shipment.carrier_label,
        tracking=shipment.tracking_number,
        status=said,
    )
