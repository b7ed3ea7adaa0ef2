"""The pages and the API of shipments."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.actions.placement import LineSnapshot, Terms, place_order
from orders.models import Order, OrderLine, Shipment, ShipmentLine
from orders.views.shared import steps_of
from tests.api.scene import Api
from tests.api.test_access import assert_problem
from tests.orders.actions.test_shipping import BOX, send
from tests.orders.scene import force, make_order, revision_of
from tests.personas import Persona


def many_lines(bea: Persona, milo: Persona, lines: int, shipments: int) -> Order:
    """An order of so many lines of 100 pieces, of each of which a piece is in every shipment."""
    revision = revision_of(bea, f"BRK-{lines}")
    line = LineSnapshot(revision, "Milling", "6061", "", "m", 100, Decimal("1.5"), 10)
    order = place_order(
        actor=bea.actor,
        buyer=bea.organization,
        manufacturer=milo.organization,
        lines=[line] * lines,
        terms=Terms("Many", "EUR", "DAP", "Aachen", 500),
    )
    force(order, "partly_shipped")
    rows = list(OrderLine.objects.filter(order=order))
    for number in range(1, shipments + 1):
        made = Shipment.objects.create(
            order=order, number=number, carrier="dhl", tracking_number=f"JD{number}"
        )
        ShipmentLine.objects.bulk_create(
            ShipmentLine(shipment=made, line=row, quantity=1) for row in rows
        )
    return order


def test_the_shop_ships_and_the_buyer_confirms(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    line = order.lines.get().public_id
    base = f"/portal/orders/{order.public_id}/shipments/"
    assert "Ship parts" in milo.client.get(base).content.decode()
    assert (
        "Nothing has left yet"
        in bea.client.get(f"/orders/{order.public_id}/shipments/").content.decode()
    )
    typed: dict[str, Any] = {"carrier": "gls", "tracking_number": "77 1", line: 41}
    typed |= {f"lot_{line}": "L-1", "p0_count": 2, "p0_weight_kg": "1.5"}
    page = milo.client.post(f"{base}new/", typed)
    text = page.content.decode()
    assert page.status_code == 422
    assert "Fill in the whole row." in text and 'value="L-1"' in text and 'value="41"' in text
    size = {"p0_length_mm": 400, "p0_width_mm": 300, "p0_height_mm": 200}
    page = milo.client.post(f"{base}new/", typed | size)
    assert page.status_code == 422
    assert "40 of 40 pieces are left to ship, not 41" in page.content.decode()
    answer = milo.client.post(f"{base}new/", typed | size | {line: 15})
    assert (answer.status_code, answer.url) == (302, base)
    order.refresh_from_db()
    [here] = [step["label"] for step in steps_of(order, "buyer") if step["state"] == "current"]
    assert here == "Shipped"
    shipment = order.shipments.get()
    detail = bea.client.get(f"/orders/{order.public_id}/shipments/{shipment.public_id}/")
    text = detail.content.decode()
    assert "L-1" in text and "gls-group.com/track/771" in text and "This shipment arrived" in text
    paper = order.documents.get(kind="packing_list")
    got = bea.client.get(f"/orders/{order.public_id}/documents/{paper.public_id}/")
    assert got.content.startswith(b"%PDF-")
    confirm = f"/orders/{order.public_id}/shipments/{shipment.public_id}/delivery/"
    assert bea.client.post(confirm).status_code == 302
    again = bea.client.post(confirm)
    assert again.status_code == 409
    assert "arrived already" in again.content.decode()


def test_tracking_is_typed_and_imported(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    shipment = send(milo, order, 40)
    path = f"/portal/orders/{order.public_id}/shipments/{shipment.public_id}/"
    typed = {"carrier": "dhl", "tracking_number": "JD0", "status": "lost", "status_note": "x" * 201}
    page = milo.client.post(f"{path}tracking/", typed)
    assert page.status_code == 422
    assert "x" * 201 in page.content.decode()
    assert milo.client.post(f"{path}tracking/", typed | {"status_note": "Gone"}).status_code == 302
    assert "Gone" in bea.client.get(f"/orders/{order.public_id}/shipments/").content.decode()
    for pasted, words in (
        ("", "Choose a file"),
        ("order,status\nORD-NOTONE,lost\n", "not one of your orders"),
        ("order,status\nORD-NOTONE,eaten\n", "no status we know"),
    ):
        page = milo.client.post("/portal/orders/tracking/", {"pasted": pasted})
        assert page.status_code == 422
        assert words in page.content.decode()
    table = f"order,status\n{order.reference},delivered\n"
    assert milo.client.post("/portal/orders/tracking/", {"pasted": table}).status_code == 302
    order.refresh_from_db()
    assert order.state == "delivered"


def test_the_parties_are_told(
    bea: Persona, milo: Persona, work: Any, mailoutbox: list[Any]
) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    first = send(milo, order, 30, packages=[BOX])
    work()
    mailoutbox.clear()
    send(milo, order, 10)
    table = f"order,tracking number,status\n{order.reference},{first.tracking_number},delivered\n"
    milo.client.post("/portal/orders/tracking/", {"pasted": table})
    work()
    told = {(letter.to[0], letter.subject) for letter in mailoutbox}
    assert told == {
        ("bea@example.com", f"{order.reference} is on its way"),
        ("bea@example.com", f"A shipment of {order.reference} arrived"),
    }
    assert all(paper.file for paper in order.documents.all())


def test_the_same_over_the_api(bea: Persona, milo: Persona, stefan: Persona) -> None:
    shop, buyer, stranger = (Api(persona) for persona in (milo, bea, stefan))
    order = make_order(bea, milo, "ready_to_ship")
    line = order.lines.get().public_id
    path = f"/orders/{order.public_id}/shipments/"
    box = {"count": 1, "weight_kg": "2.5", "length_mm": 1, "width_mm": 2, "height_mm": 3}
    body = {
        "carrier": "dhl",
        "tracking_number": "JD1",
        "lines": [
            {"line": line, "quantity": 3, "lot": "A"},
            {"line": line, "quantity": 4, "lot": "B"},
        ],
        "packages": [box],
    }
    for other, status in ((stranger, 404), (buyer, 403)):
        assert_problem(other.post(path, body), status)
    for change, pointer in (
        ({"lines": []}, "/lines"),
        ({"lines": [{"line": line, "quantity": 0}]}, "/lines/0/quantity"),
        ({"packages": [box | {"weight_kg": "0"}]}, "/packages/0/weight_kg"),
        ({"carrier": "pigeon"}, "/carrier"),
    ):
        answer = shop.post(path, body | change)
        assert assert_problem(answer, 422)["errors"][0]["pointer"] == pointer
    assert_problem(shop.post(path, body | {"lines": [{"line": "oli_x", "quantity": 1}]}), 422)
    made = shop.post(path, body)
    assert made.status_code == 201
    shown = made.json()
    assert (shown["piece_count"], [row["lot"] for row in shown["lines"]]) == (7, ["A", "B"])
    assert [paper["kind"] for paper in shown["documents"]] == ["delivery_note", "packing_list"]
    assert_problem(shop.post(path, body), 409)
    assert buyer.get(path).json()["results"][0]["id"] == shown["id"]
    one = f"{path}{shown['id']}/"
    assert_problem(stranger.get(one), 404)
    said = {"carrier": "dhl", "tracking_number": "JD1", "status": "delayed"}
    assert shop.post(f"{one}tracking/", said).json()["status"] == "delayed"
    assert_problem(shop.post(f"{one}tracking/", said | {"status": "delivered"}), 422)
    assert buyer.post(f"{one}confirm-delivery/").json()["delivery_source"] == "buyer"
    assert_problem(buyer.post(f"{one}confirm-delivery/"), 409)


@pytest.mark.parametrize("page", ["", "new/"])
def test_pages_of_a_large_order_ask_as_little_as_those_of_a_small_one(
    bea: Persona, milo: Persona, page: str
) -> None:
    counted = []
    for lines, shipments in ((1, 1), (200, 30)):
        order = many_lines(bea, milo, lines, shipments)
        path = f"/portal/orders/{order.public_id}/shipments/{page}"
        milo.client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert milo.client.get(path).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
