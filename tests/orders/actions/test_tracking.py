"""What carriers say: typed in, and as a table."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.events import timeline
from marketplace.core.spreadsheets import read_text
from marketplace.core.states import WrongState
from orders.actions import shipping, tracking
from orders.models import Shipment
from orders.shipping_terms import Carriage
from orders.table_faults import TableFaults
from orders.tracking import read_tracking
from tests.orders.actions.test_shipping import facts_after, last_fact, send
from tests.orders.scene import make_order
from tests.personas import Persona


def take(actor: Actor, text: str) -> tracking.Imported:
    """Import a table pasted as text."""
    table = read_tracking(read_text(text, most_rows=100))
    return tracking.import_tracking(actor=actor, table=table)


def test_the_shop_says_where_a_shipment_is(bea: Persona, milo: Persona, stefan: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    shipment = send(milo, order, 5)
    last = last_fact()
    values = {
        "public_id": order.public_id,
        "shipment": shipment.public_id,
        "carriage": Carriage("ups", "1Z 9"),
    }
    for persona, error in ((bea, NotAllowed), (stefan, NotFound)):
        with pytest.raises(error):
            tracking.update_tracking(actor=persona.actor, status="lost", **values)
    with pytest.raises(DomainError):
        tracking.update_tracking(actor=milo.actor, status="delivered", **values)
    assert facts_after(last) == []
    for _ in range(2):
        tracking.update_tracking(actor=milo.actor, status="in_transit", **values)
    tracking.update_tracking(actor=milo.actor, status="lost", status_note="Searched for", **values)
    shipment.refresh_from_db()
    assert (shipment.carrier, shipment.tracking_number) == ("ups", "1Z9")
    assert (shipment.status, shipment.status_note) == ("lost", "Searched for")
    assert facts_after(last) == ["tracking_updated", "shipment_troubled"]
    shipping.confirm_shipment(
        actor=bea.actor, public_id=order.public_id, shipment=shipment.public_id
    )
    with pytest.raises(WrongState):
        tracking.update_tracking(actor=milo.actor, status="lost", **values)


def test_a_table_moves_many_shipments_through_one_function(bea: Persona, milo: Persona) -> None:
    first, second = make_order(bea, milo, "ready_to_ship"), make_order(bea, milo, "ready_to_ship")
    one, two, three = send(milo, first, 40), send(milo, second, 10), send(milo, second, 20)
    now = f"{timezone.now():%Y-%m-%d %H:%M:%S}"
    table = (
        "Order;Carrier;Tracking number;Status;Time;Note\n"
        f"{first.reference};DHL;{one.tracking_number};Delivered;{now};Signed by Bo\n"
        f"{second.reference}/1;dhl express;{two.tracking_number};delayed;;Snow\n"
        f"{second.reference}/2;;;on its way;;\n"
    )
    done = take(milo.actor, table)
    assert (done.changed, done.delivered) == (3, 1)
    for row in (one, two, three, first, second):
        row.refresh_from_db()
    assert (first.state, second.state) == ("delivered", "partly_shipped")
    assert (one.delivery_source, one.status_note) == ("maker", "Signed by Bo")
    assert (two.carrier, two.status, three.status) == ("dhl_express", "delayed", "in_transit")
    last = last_fact()
    again = take(milo.actor, table)
    assert (again.delivered, facts_after(last)) == (0, [])


def test_every_fault_is_listed_and_nothing_is_taken(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    mine, foreign = make_order(bea, milo, "ready_to_ship"), make_order(bea, rita, "ready_to_ship")
    shipment, _ = send(milo, mine, 40), send(rita, foreign, 40)
    empty = make_order(bea, milo, "ready_to_ship")
    last = last_fact()
    with pytest.raises(TableFaults) as refused:
        take(
            milo.actor,
            "shipment,tracking number,status\n"
            f"{mine.reference},{shipment.tracking_number},delivered\n"
            f"{foreign.reference},JD0,delivered\n"
            f"{empty.reference},JD0,delivered\n"
            f"{mine.reference}/7,JD0,lost\n"
            f"{mine.reference},JD0,eaten\n"
            "something,JD0,lost\n",
        )
    rows = [fault.split(":")[0] for fault in refused.value.faults]
    assert rows == ["Row 3", "Row 4", "Row 5", "Row 6", "Row 7"]
    assert "not one of your orders" in refused.value.faults[0]
    with pytest.raises(TableFaults):
        take(bea.actor, f"shipment,status\n{mine.reference},delivered\n")
    mine.refresh_from_db()
    assert (mine.state, facts_after(last)) == ("shipped", [])
    assert not Shipment.objects.exclude(delivered_at=None).exists()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("something,dhl,JD1,delivered,", "no order or shipment"),
        ("ORD-ABC123,pigeon,JD1,delivered,", "no carrier we know"),
        ("ORD-ABC123,dhl,JD1,eaten,", "no status we know"),
        ("ORD-ABC123,dhl,JD1,delivered,yesterday", "is no time"),
        ("ORD-ABC123,dhl,JD1,delivered,2026-13-45", "is no time"),
        ("ORD-ABC123,dhl,JD1,delivered,2199-01-01", "ahead of now"),
        (f"ORD-ABC123,dhl,{'9' * 61},delivered,", "60 characters"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(row: str, words: str) -> None:
    text = f"shipment,carrier,tracking,status,time\n{row}\n"
    table = read_tracking(read_text(text, most_rows=10))
    assert table.rows == [] and words in table.faults[2]


@pytest.mark.parametrize("head", ["carrier,status", "shipment,colour", "order,shipment", ""])
def test_a_heading_that_cannot_be_read_says_why(head: str) -> None:
    with pytest.raises(DomainError):
        read_tracking(read_text(f"{head}\nORD-ABC123,x\n", most_rows=10))


def test_a_delivery_before_the_shipment_left_is_refused(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    send(milo, order, 40)
    early = f"{timezone.now() - timedelta(days=2):%Y-%m-%d}"
    with pytest.raises(TableFaults, match="left on a later day"):
        take(milo.actor, f"order,status,time\n{order.reference},delivered,{early}\n")


def test_the_buyer_reads_whose_word_a_delivery_is(
    bea: Persona, milo: Persona, work: Any, mailoutbox: list[Any]
) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    shipment = send(milo, order, 40)
    take(milo.actor, f"order,status\n{order.reference},delivered\n")
    said = "reported by the manufacturer from a carrier's table"
    assert timeline(order, bea.organization)[-2].sentence == f"Shipment 1 arrived, {said}"
    shipment_page = bea.client.get(f"/orders/{order.public_id}/shipments/{shipment.public_id}/")
    assert unescape(said) in unescape(shipment_page.content.decode())
    page = bea.client.get(f"/orders/{order.public_id}/").content.decode()
    assert "Milo Machining says that everything arrived" in page
    work()
    letters = [letter.body for letter in mailoutbox if letter.to == [bea.user.email]]
    assert any("says Milo" in text and "raise a problem" in text for text in letters)
    assert not any("by the carrier" in text for text in letters)


def test_who_confirms_the_rest_confirms_what_the_shop_reported(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    send(milo, order, 10)
    take(milo.actor, f"order,status\n{order.reference},delivered\n")
    last = send(milo, order, 30)
    page = f"/orders/{order.public_id}/"
    shipping.confirm_shipment(actor=bea.actor, public_id=order.public_id, shipment=last.public_id)
    # She spoke of the second only.
    assert "Milo Machining says that shipment 1 arrived" in bea.client.get(page).content.decode()
    other = make_order(bea, milo, "ready_to_ship")
    send(milo, other, 10)
    take(milo.actor, f"order,status\n{other.reference},delivered\n")
    send(milo, other, 30)
    shipping.confirm_delivery(actor=bea.actor, public_id=other.public_id)
    page = f"/orders/{other.public_id}/"
    assert "Milo Machining says that" not in bea.client.get(page).content.decode()
    assert {one.delivery_source for one in other.shipments.all()} == {"buyer"}


def test_staff_import_for_every_shop(bea: Persona, milo: Persona, sam: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    shipment = send(milo, order, 40)
    answer = sam.client.post(
        "/admin/orders/shipment/import/",
        {"pasted": f"order,status\n{order.reference},delivered\n"},
    )
    assert answer.status_code == 302
    shipment.refresh_from_db()
    order.refresh_from_db()
    assert (order.state, shipment.delivery_source) == ("delivered", "staff")
    for pasted in ("order,status\nORD-NOTONE,delivered\n", ""):
        page = sam.client.post("/admin/orders/shipment/import/", {"pasted": pasted})
        assert page.status_code == 200
    assert "not one of your orders" not in page.content.decode()
