"""Accepting a quote by API."""

import pytest

from orders.models import Order
from tests.api.scene import Api, facts_since, last_event, open_rfq, sent_quote
from tests.api.test_access import assert_problem
from tests.personas import Persona


@pytest.fixture
def offer(bea: Persona, milo: Persona, rita: Persona) -> tuple[str, dict]:
    """Path and body that accept Milo's quote for ten pieces; Rita quoted too."""
    rfq = open_rfq(bea, [milo, rita])
    quote = sent_quote(milo, rfq)
    sent_quote(rita, rfq, "20")
    body = {
        "quantities": {rfq.lines.get().public_id: 10},
        "seen": quote.seen,
        "po_number": "PO-9",
    }
    return f"/rfqs/{rfq.public_id}/quotes/{quote.public_id}/accept/", body


def test_a_quote_is_accepted_once(buyer: Api, shop: Api, offer: tuple[str, dict]) -> None:
    path, body = offer
    last = last_event()
    answer = buyer.post(path, body)
    assert answer.status_code == 201
    order = answer.json()
    assert (order["side"], order["state"], order["po_number"]) == (
        "buyer",
        "awaiting_payment",
        "PO-9",
    )
    # Ten at 6.25, 50.00 tooling, 15.00 freight.
    assert order["total"] == {"amount_minor": 12750, "currency": "EUR", "decimal": "127.50"}
    assert facts_since(last) == [
        "order_placed",
        "quote_accepted",
        "rfq_awarded",
        "quote_not_chosen",
    ]
    assert_problem(buyer.post(path, body), 409, "wrong_state")
    assert Order.objects.count() == 1
    assert shop.get(f"/orders/{order['id']}/").json()["side"] == "manufacturer"


def test_nobody_else_accepts(
    shop: Api, rival: Api, stranger: Api, bea: Persona, offer: tuple[str, dict]
) -> None:
    path, body = offer
    narrow = Api(bea, ["view", "edit_rfqs"])
    last = last_event()
    for other in (shop, rival, stranger):
        assert_problem(other.post(path, body), 404)
    assert_problem(narrow.post(path, body), 403)
    assert facts_since(last) == []
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"seen": "0" * 64}, 409),
        ({"seen": ""}, 422),
        ({"seen": None}, 422),
        ({"quantities": {}}, 422),
        ({"quantities": {"rfl_unknown": 1}}, 404),
        ({"quantities": []}, 422),
        ({"quantities": "10"}, 422),
        ({"quantities": {"\x00": 1}}, 404),
        ({"po_number": "x" * 61}, 422),
        ({"po_number": "a\x00"}, 422),
    ],
)
def test_bad_awards_change_nothing(
    change: dict, status: int, buyer: Api, offer: tuple[str, dict]
) -> None:
    path, body = offer
    last = last_event()
    assert_problem(buyer.post(path, {**body, **change}), status)
    assert facts_since(last) == []
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "quantity", [0, -1, 7, 10**12, 10**400, 1.5, "abc", None, True, [1], "1e5"]
)
def test_a_quantity_that_was_not_asked_is_refused(
    quantity: object, buyer: Api, offer: tuple[str, dict]
) -> None:
    path, body = offer
    line = next(iter(body["quantities"]))
    problem = assert_problem(buyer.post(path, {**body, "quantities": {line: quantity}}), 422)
    if quantity != 7:
        assert problem["errors"][0]["pointer"] == f"/quantities/{line}"
    assert not Order.objects.exists()
