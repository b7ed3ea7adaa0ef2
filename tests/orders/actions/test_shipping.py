"""Parts leave in one or many shipments, and arrive."""

import json
from decimal import Decimal
from typing import Any

import pytest

from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.core.templatetags.formats import quantity
from orders.actions import production, shipping
from orders.models import Order, Shipment
from orders.progress import progress_of
from orders.shipping_terms import Box, Carriage, Piece
from tests.orders.scene import force, make_order
from tests.personas import Persona, make_buyer, make_shop
from tests.quotes.actions.test_races import at_once
from tests.steps import step

BOX = Box(2, Decimal("4.500"), 400, 300, 200)


@step
def send(shop: Persona, order: Order, quantity: int, **changed: Any) -> Shipment:
    """Ship so many brackets of the order's only line."""
    number = changed.pop("tracking_number", f"JD{order.shipments.count()}")
    lot = changed.pop("lot", "")
    packages = changed.pop("packages", [])
    return shipping.ship_parts(
        actor=shop.actor,
        public_id=order.public_id,
        pieces=[Piece(changed.pop("line", order.lines.get().public_id), quantity, lot)],
        packages=packages,
        carriage=Carriage(changed.pop("carrier", "dhl"), number, **changed),
    )


def facts_after(last: int) -> list[str]:
    return list(Event.objects.filter(pk__gt=last).order_by("pk").values_list("type", flat=True))


def last_fact() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True)[0]


@pytest.mark.parametrize(
    "state", ["in_production", "quality_check", "ready_to_ship", "partly_shipped"]
)
def test_a_part_leaves_with_its_papers(bea: Persona, milo: Persona, state: str) -> None:
    order = make_order(bea, milo, state)
    last = last_fact()
    shipment = send(milo, order, 15, lot="L-7", packages=[BOX])
    order.refresh_from_db()
    assert order.state == (
        state if state in ("in_production", "quality_check") else "partly_shipped"
    )
    assert facts_after(last) == ["document_issued", "document_issued", "parts_shipped"]
    row = shipment.lines.get()
    assert (row.quantity, row.lot, shipment.packages.get().weight_kg) == (15, "L-7", BOX.weight_kg)
    papers = order.documents.filter(subject=shipment.public_id).order_by("kind")
    assert [p.kind for p in papers] == ["delivery_note", "packing_list"]
    note, packing = (json.dumps(p.content, ensure_ascii=False) for p in papers)
    assert papers[0].number in note and "L-7" in note and quantity(25) in note
    assert "400 × 300 × 200 mm" in packing and "9 kg" in packing
    assert order.milestones.get().state == ("submitted" if state == "partly_shipped" else "pending")
    [line] = progress_of(order)
    assert (line.shipped, line.delivered, line.to_ship) == (15, 0, 25)


def test_a_part_that_left_early_skips_neither_production_nor_check(
    bea: Persona, milo: Persona
) -> None:
    order = make_order(bea, milo, "in_production")
    send(milo, order, 15)
    for verb, state in (("finish_production", "quality_check"), ("pass_quality_check", "ready")):
        with pytest.raises(WrongState, match="last pieces"):
            send(milo, order, 25, tracking_number="JD-REST")
        with pytest.raises(WrongState):
            shipping.ship_order(
                actor=milo.actor, public_id=order.public_id, carrier="dhl", tracking_number="JD-ALL"
            )
        production.report_production(
            actor=milo.actor, public_id=order.public_id, note=f"On to {state}."
        )
        production.advance_order(actor=milo.actor, public_id=order.public_id, verb=verb)
    send(milo, order, 25, tracking_number="JD-REST")
    order.refresh_from_db()
    assert order.state == "shipped"


def test_what_left_early_is_received_and_judged_while_the_rest_is_made(
    bea: Persona, milo: Persona
) -> None:
    order = make_order(bea, milo, "in_production")
    shipment = send(milo, order, 15)
    shipping.confirm_shipment(
        actor=bea.actor, public_id=order.public_id, shipment=shipment.public_id
    )
    page = bea.client.get(f"/orders/{order.public_id}/").content.decode()
    assert "Pieces have arrived while others are still to come" in page
    order.refresh_from_db()
    assert order.state == "in_production"


def test_the_rest_completes_the_order_and_no_piece_leaves_twice(
    bea: Persona, milo: Persona
) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    send(milo, order, 30)
    with pytest.raises(DomainError, match="10 of 40 pieces are left to ship, not 11"):
        send(milo, order, 11)
    last = last_fact()
    shipping.ship_order(
        actor=milo.actor, public_id=order.public_id, carrier="ups", tracking_number="1Z"
    )
    assert facts_after(last)[-1] == "order_shipped"
    order.refresh_from_db()
    assert (order.state, order.milestones.get().state) == ("shipped", "submitted")
    assert [s.number for s in order.shipments.all()] == [1, 2]
    assert order.shipments.last().lines.get().quantity == 10
    with pytest.raises(WrongState):
        send(milo, order, 1)


def test_the_last_pieces_wait_for_the_quality_check(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "in_production")
    with pytest.raises(WrongState, match="last pieces"):
        send(milo, order, 40)
    assert not order.shipments.exists()
    assert not order.documents.exists()


def test_only_the_shop_ships(bea: Persona, milo: Persona, rita: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    last = last_fact()
    with pytest.raises(NotAllowed):
        send(bea, order, 1)
    with pytest.raises(NotFound):
        send(rita, order, 1)
    assert (order.shipments.count(), facts_after(last)) == (0, [])


def test_the_same_tracking_number_twice_is_once(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    send(milo, order, 1, tracking_number="JD 1")
    with pytest.raises(WrongState, match="already"):
        send(milo, order, 1, tracking_number="JD1")
    assert order.shipments.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"carrier": "pigeon"}, "carrier"),
        ({"tracking_number": "   "}, "tracking_number"),
        ({"tracking_number": "9" * 61}, "tracking_number"),
        ({"tracking_link": "https://track.example"}, "tracking_link"),
        ({"carrier_name": "Fast Freight"}, "carrier_name"),
        ({"carrier": "other", "tracking_link": "http://track.example"}, "tracking_link"),
        ({"carrier": "other", "tracking_link": "javascript:alert(1)"}, "tracking_link"),
        ({"carrier": "other", "tracking_link": "https://a@track.example"}, "tracking_link"),
        ({"carrier": "other", "tracking_link": "https://track.example:8443/"}, "tracking_link"),
        ({"carrier": "other", "tracking_link": "https://localhost/x"}, "tracking_link"),
        ({"carrier": "other", "tracking_link": "https://[broken"}, "tracking_link"),
    ],
)
def test_a_carriage_that_cannot_be_is_refused(
    bea: Persona, milo: Persona, changed: dict[str, str], field: str
) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    with pytest.raises(DomainError) as refused:
        send(milo, order, 1, **changed)
    assert field in refused.value.fields
    assert not order.shipments.exists()


@pytest.mark.django_db(transaction=True)
def test_two_ship_the_last_pieces_at_once() -> None:
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    order = make_order(bea, milo, "ready_to_ship")
    outcomes = at_once(
        lambda: send(milo, order, 30, tracking_number="A"),
        lambda: send(milo, order, 30, tracking_number="B"),
    )
    assert sum(isinstance(outcome, DomainError) for outcome in outcomes) == 1
    assert [row.shipped for row in progress_of(order)] == [30]
    first = order.shipments.get()
    outcomes = at_once(
        *[
            lambda: shipping.confirm_shipment(
                actor=bea.actor, public_id=order.public_id, shipment=first.public_id
            )
        ]
        * 2
    )
    assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 1


def test_a_line_of_another_order_is_refused(bea: Persona, milo: Persona) -> None:
    order, other = make_order(bea, milo, "ready_to_ship"), make_order(bea, milo, "ready_to_ship")
    with pytest.raises(DomainError, match="not a line of this order"):
        send(milo, order, 1, line=other.lines.get().public_id)
    with pytest.raises(DomainError):
        send(milo, order, 0)


def test_another_carrier_is_linked_where_the_shop_says(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    link = "https://track.example/?id=7"
    made = send(milo, order, 1, carrier="other", carrier_name="Fast Freight", tracking_link=link)
    assert (made.carrier_label, made.tracking_url) == ("Fast Freight", link)
    known = send(milo, order, 1, carrier="ups", tracking_number="1Z&x=1#")
    assert known.tracking_url == "https://www.ups.com/track?tracknum=1Z%26x%3D1%23"


def test_the_order_is_delivered_when_everything_has_arrived(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    first, second = send(milo, order, 30), send(milo, order, 10)
    Order.objects.filter(pk=order.pk).update(accept_by=None)
    last = last_fact()
    key = {"actor": bea.actor, "public_id": order.public_id}
    shipping.confirm_shipment(**key, shipment=second.public_id)
    order.refresh_from_db()
    assert (order.state, order.accept_by) == ("shipped", None)
    assert facts_after(last) == ["shipment_delivered"]
    with pytest.raises(WrongState, match="arrived already"):
        shipping.confirm_shipment(**key, shipment=second.public_id)
    shipping.confirm_shipment(**key, shipment=first.public_id)
    order.refresh_from_db()
    assert (order.state, order.accept_by is not None) == ("delivered", True)
    assert facts_after(last) == ["shipment_delivered"] * 2 + ["delivery_confirmed"]
    assert {s.delivery_source for s in order.shipments.all()} == {"buyer"}
    with pytest.raises(WrongState):
        shipping.confirm_shipment(**key, shipment=first.public_id)


def test_a_part_that_arrived_leaves_the_order_open(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    shipment = send(milo, order, 30)
    shipping.confirm_shipment(
        actor=bea.actor, public_id=order.public_id, shipment=shipment.public_id
    )
    order.refresh_from_db()
    assert order.state == "partly_shipped"
    with pytest.raises(WrongState):
        shipping.confirm_delivery(actor=bea.actor, public_id=order.public_id)
    [line] = progress_of(order)
    assert (line.shipped, line.delivered) == (30, 30)


def test_confirming_all_confirms_each(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    send(milo, order, 30)
    send(milo, order, 10)
    shipping.confirm_delivery(actor=bea.actor, public_id=order.public_id)
    order.refresh_from_db()
    assert order.state == "delivered"
    assert all(s.delivered_at and s.status == "delivered" for s in order.shipments.all())


def test_what_arrived_during_a_dispute_is_confirmed_afterwards(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    shipment = send(milo, order, 10)
    force(order, "disputed")
    key = {"actor": bea.actor, "public_id": order.public_id}
    shipping.confirm_shipment(**key, shipment=shipment.public_id)
    order.refresh_from_db()
    assert order.state == "disputed"
    force(order, "shipped")
    shipping.confirm_delivery(**key)
    order.refresh_from_db()
    assert order.state == "delivered"


def test_only_the_buyer_confirms_and_only_shipments_of_the_order(
    bea: Persona, milo: Persona, stefan: Persona
) -> None:
    order, other = make_order(bea, milo, "ready_to_ship"), make_order(bea, milo, "ready_to_ship")
    shipment, foreign = send(milo, order, 5), send(milo, other, 5)
    last = last_fact()
    for persona, name, error in (
        (milo, shipment, NotAllowed),
        (stefan, shipment, NotFound),
        (bea, foreign, NotFound),
    ):
        with pytest.raises(error):
            shipping.confirm_shipment(
                actor=persona.actor, public_id=order.public_id, shipment=name.public_id
            )
    assert facts_after(last) == []
    assert not Shipment.objects.exclude(delivered_at=None).exists()
