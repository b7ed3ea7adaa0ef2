"""Pages and API of blanket orders."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.actions.blanket_orders import accept_blanket
from orders.models import BlanketOrder, Order
from tests.orders.actions.test_blanket_orders import active, batch
from tests.orders.scene import blanket_from, make_order
from tests.personas import Persona

JSON = "application/json"


def test_from_the_proposal_to_a_call_off(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "closed")
    line = order.lines.get().public_id
    path = f"/orders/{order.public_id}/blanket/"
    assert path in bea.client.get(f"/orders/{order.public_id}/reorder/").content.decode()
    assert "No blanket order yet" in bea.client.get("/blanket-orders/").content.decode()
    form = bea.client.get(path).content.decode()
    assert 'value="400"' in form and 'value="40"' in form
    today = timezone.localdate()
    typed = {
        "title": "Brackets for the year",
        "starts_on": f"{today:%Y-%m-%d}",
        "ends_on": f"{today:%Y-%m-%d}",
        "lead_time_days": 9,
        "ship_to": "Aachen",
        line: 200,
        f"least_{line}": 20,
    }
    wrong = bea.client.post(path, typed)
    assert wrong.status_code == 422 and "Brackets for the year" in wrong.content.decode()
    assert "Choose a day after the first one" in wrong.content.decode()
    typed["ends_on"] = f"{today + timedelta(days=90):%Y-%m-%d}"
    done = bea.client.post(path, typed)
    blanket = BlanketOrder.objects.get()
    page = f"/blanket-orders/{blanket.public_id}/"
    assert (done.status_code, done.url) == (302, page)
    assert "Milo Machining is next" in bea.client.get(page).content.decode()
    shop = f"/portal{page}"
    assert "Accept the blanket order" in milo.client.get(shop).content.decode()
    assert milo.client.post(f"{shop}decline/", {"reason": ""}).status_code == 422
    assert milo.client.post(f"{shop}accept/").status_code == 302
    assert milo.client.post(f"{shop}accept/").status_code == 409
    row = blanket.lines.get().public_id
    few = bea.client.post(f"{page}call-off/", {"seen": 0, row: 5, "po_number": "PO 9"})
    assert few.status_code == 422
    assert "20 pieces or more" in few.content.decode() and "PO 9" in few.content.decode()
    called = bea.client.post(f"{page}call-off/", {"seen": 0, row: 50, "po_number": "PO 9"})
    new = Order.objects.order_by("-pk")[0]
    assert called.url == f"/orders/{new.public_id}/" and new.po_number == "PO 9"
    again = bea.client.post(f"{page}call-off/", {"seen": 0, row: 50})
    assert again.status_code == 409 and 'value="1"' in again.content.decode()
    for client, where in ((bea.client, page), (milo.client, shop)):
        text = client.get(where).content.decode()
        assert new.reference in text and 'value="50"' in text
    assert bea.client.post(f"{page}cancel/", {"reason": "Design change"}).status_code == 302
    assert "Design change" in milo.client.get(shop).content.decode()
    for client, where in (
        (bea.client, "/blanket-orders/"),
        (milo.client, "/portal/blanket-orders/"),
    ):
        assert blanket.reference in client.get(where).content.decode()


def test_each_side_has_its_own_page(
    bea: Persona, milo: Persona, stefan: Persona, rita: Persona
) -> None:
    blanket = blanket_from(bea, make_order(bea, milo, "closed"))
    page = f"/blanket-orders/{blanket.public_id}/"
    assert stefan.client.get(page).status_code == 404
    assert rita.client.get(f"/portal{page}").status_code == 404
    assert blanket.reference not in rita.client.get("/portal/blanket-orders/").content.decode()
    missing = bea.client.get("/orders/ord_none/blanket/")
    assert missing.status_code == 404


def test_over_the_api(bea: Persona, milo: Persona, stefan: Persona) -> None:
    order = make_order(bea, milo, "closed")
    today = timezone.localdate()
    body = {
        "order": order.public_id,
        "starts_on": f"{today:%Y-%m-%d}",
        "ends_on": f"{today + timedelta(days=90):%Y-%m-%d}",
        "lead_time_days": 9,
        "ship_to": "Aachen",
        "lines": [{"line_id": order.lines.get().public_id, "quantity": 100, "least": 10}],
    }
    base = "/api/v1/blanket-orders/"
    bad = bea.client.post(base, {**body, "lines": []}, content_type=JSON)
    assert bad.status_code == 422
    for change in ({"lead_time_days": 0}, {"lines": [{"line_id": "x", "quantity": 0}]}):
        assert bea.client.post(base, {**body, **change}, content_type=JSON).status_code == 422
    assert stefan.client.post(base, body, content_type=JSON).status_code == 404
    made = bea.client.post(base, body, content_type=JSON).json()
    path = f"{base}{made['id']}/"
    assert (made["state"], made["side"], made["available_moves"]) == (
        "proposed",
        "buyer",
        ["cancel_blanket"],
    )
    assert milo.client.post(f"{path}accept/", content_type=JSON).json()["state"] == "active"
    line = made["lines"][0]["id"]
    for pieces in (0, 101, "many", 10**12):
        sent = {"seen": 0, "quantities": {line: pieces}}
        answer = bea.client.post(f"{path}call-off/", sent, content_type=JSON)
        assert answer.status_code == 422, pieces
    sent = {"seen": 0, "quantities": {line: 40}}
    first = bea.client.post(f"{path}call-off/", sent, content_type=JSON)
    assert (first.status_code, first.json()["lines"][0]["quantity"]) == (201, 40)
    assert bea.client.post(f"{path}call-off/", sent, content_type=JSON).status_code == 409
    shown = bea.client.get(path).json()
    assert (shown["lines"][0]["left"], shown["seen"], len(shown["call_offs"])) == (60, 1, 1)
    listed = milo.client.get(f"{base}?side=manufacturer").json()["results"]
    assert [row["id"] for row in listed] == [made["id"]]
    assert milo.client.get(f"{base}?side=rival").status_code == 422
    assert stefan.client.get(path).status_code == 404


def test_constant_queries_for_any_number_of_call_offs(bea: Persona, milo: Persona) -> None:
    blanket = active(bea, milo)
    pages = [
        (bea.client, f"/blanket-orders/{blanket.public_id}/"),
        (milo.client, f"/portal/blanket-orders/{blanket.public_id}/"),
        (bea.client, "/blanket-orders/"),
    ]

    def counts() -> list[int]:
        found = []
        for client, path in pages:
            with CaptureQueriesContext(connection) as done:
                assert client.get(path).status_code == 200
            found.append(len(done))
        return found

    batch(bea, blanket, 10)
    counts()
    first = counts()
    for _ in range(3):
        batch(bea, blanket, 10)
    other = blanket_from(bea, make_order(bea, milo, "closed"))
    accept_blanket(actor=milo.actor, public_id=other.public_id)
    assert counts() == first


def test_staff_read_it(bea: Persona, milo: Persona, sam: Persona) -> None:
    blanket = active(bea, milo)
    batch(bea, blanket, 10)
    page = sam.client.get(f"/admin/orders/blanketorder/{blanket.pk}/change/")
    assert page.status_code == 200 and "accepted the blanket order" in page.content.decode()
