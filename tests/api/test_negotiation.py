"""Counter-offers and best and final offers by API, of both sides."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from quotes.models import CounterOffer, Quote
from tests.api.scene import Api, facts_since, last_event, open_rfq, sent_quote
from tests.api.test_access import assert_problem
from tests.personas import Persona


@pytest.fixture
def quote(bea: Persona, milo: Persona, rita: Persona) -> Quote:
    rfq = open_rfq(bea, [milo, rita])
    sent_quote(rita, rfq, "20")
    return sent_quote(milo, rfq)


def body(quote: Quote, unit: Any = "5.50", **more: Any) -> dict[str, Any]:
    line = quote.rfq.lines.get().public_id
    price = {"rfq_line": line, "quantity": 10, "unit_price": unit, "lead_time_days": 8}
    return {"seen": quote.seen, "lines": [price], **more}


def test_the_buyer_offers_and_the_shop_accepts(buyer: Api, shop: Api, quote: Quote) -> None:
    received = f"/rfqs/{quote.rfq.public_id}/quotes/{quote.public_id}"
    own = f"/quotes/{quote.public_id}"
    last = last_event()
    parts = [{"kind": "deposit", "percent": 40}, {"kind": "shipment", "percent": 60}]
    answer = buyer.post(
        f"{received}/counter-offers/",
        body(quote, freight={"amount_minor": 1000}, milestones=parts, message="Better?"),
    )
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["by_side"], made["state"], made["message"]) == ("buyer", "open", "Better?")
    assert made["freight"]["amount_minor"] == 1000
    assert made["was_freight"]["amount_minor"] == 1500
    assert (made["milestones"], made["was_milestones"]) == (parts, [])
    (line,) = made["lines"]
    assert (line["unit_price"], line["was_unit_price"]) == ("5.5000", "6.2500")
    assert shop.get(f"{own}/counter-offers/").json()["results"] == [made]
    assert shop.get(f"{own}/").json()["seen"] == quote.seen
    accept = f"{own}/counter-offers/{made['id']}/accept/"
    assert shop.post(accept).json()["state"] == "accepted"
    assert_problem(shop.post(accept), 409, "wrong_state")
    assert facts_since(last) == ["counter_proposed", "counter_accepted"]
    found = buyer.get(f"{received}/").json()
    assert found["fingerprint"] != quote.seen
    assert {p["quantity"]: p["unit_price"] for p in found["lines"][0]["prices"]} == {
        1: "12.5000",
        10: "5.5000",
    }
    assert buyer.get(f"{received}/counter-offers/").json()["results"][0]["state"] == "accepted"


def test_the_shop_offers_and_the_buyer_declines_or_counters(
    buyer: Api, shop: Api, quote: Quote
) -> None:
    received = f"/rfqs/{quote.rfq.public_id}/quotes/{quote.public_id}/counter-offers/"
    own = f"/quotes/{quote.public_id}/counter-offers/"
    made = shop.post(own, body(quote, "6")).json()
    assert_problem(buyer.post(f"{received}{made['id']}/decline/", {"reason": ""}), 422)
    no = buyer.post(f"{received}{made['id']}/decline/", {"reason": "Too dear."}).json()
    assert (no["state"], no["reason"]) == ("declined", "Too dear.")
    made = shop.post(own, body(quote, "5.9")).json()
    assert_problem(buyer.post(received, body(quote, "5")), 409, "wrong_state")
    other = buyer.post(received, body(quote, "5", answers=made["id"])).json()
    assert shop.get(own).json()["results"][1]["state"] == "replaced"
    assert buyer.post(f"{received}{other['id']}/withdraw/").json()["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"seen": ""}, 422),
        ({"seen": "0" * 64}, 409),
        ({"seen": "\x00"}, 422),
        ({"answers": "cof_none"}, 409),
        ({"lines": []}, 422),
        ({"lines": "x"}, 422),
        ({"lines": [{}]}, 422),
        ({"freight": {"amount_minor": -1}}, 422),
        ({"freight": {"amount_minor": 10**14}}, 422),
        ({"freight": {"amount_minor": 1, "currency": "USD"}}, 422),
        ({"milestones": [{"kind": "deposit", "percent": 99}]}, 422),
        ({"milestones": [{"kind": "x", "percent": 100}]}, 422),
        ({"message": "x" * 2001}, 422),
        ({"message": "\x00"}, 422),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 422),
        ({"expires_at": "9999-12-31T23:59:59Z"}, 422),
        ({"expires_at": "soon"}, 422),
    ],
)
def test_bad_offers_change_nothing(
    change: dict[str, Any], status: int, shop: Api, quote: Quote
) -> None:
    last = last_event()
    assert_problem(
        shop.post(f"/quotes/{quote.public_id}/counter-offers/", body(quote) | change), status
    )
    assert (facts_since(last), CounterOffer.objects.count()) == ([], 0)


@pytest.mark.parametrize("unit", ["0", -1, "NaN", "1e400", "12,50", "1.00001", None, [], "\x00"])
def test_bad_prices_are_refused(unit: Any, shop: Api, quote: Quote) -> None:
    answer = shop.post(f"/quotes/{quote.public_id}/counter-offers/", body(quote, unit))
    problem = assert_problem(answer, 422, "invalid")
    assert [row["pointer"] for row in problem["errors"]] == ["/lines/0/unit_price"]


def test_last_words_by_api(
    buyer: Api, shop: Api, rival: Api, stranger: Api, quote: Quote, rita: Persona
) -> None:
    path = f"/rfqs/{quote.rfq.public_id}/best-and-final/"
    hers = Quote.objects.get(manufacturer=rita.manufacturer)
    due = f"{timezone.now() + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    wanted = {"quotes": [quote.public_id, hers.public_id], "due_at": due, "message": "Last word?"}
    for wrong in ({"quotes": []}, {"quotes": "x"}, {"due_at": "x"}, {"message": "\x00"}):
        assert_problem(buyer.post(path, wanted | wrong), 422)
    assert_problem(buyer.post(path, wanted | {"quotes": ["quo_none"]}), 404)
    for other in (shop, rival, stranger):
        assert_problem(other.post(path, wanted), 404)
    asked = buyer.post(path, wanted)
    assert asked.status_code == 201 and len(asked.json()["results"]) == 2
    own = f"/quotes/{quote.public_id}/best-and-final/"
    (row,) = shop.get(own).json()["results"]
    assert (row["quote"], row["state"], row["message"]) == (quote.public_id, "asked", "Last word?")
    assert_problem(rival.get(own), 404)
    assert shop.post(own).json()["state"] == "confirmed"
    assert_problem(shop.post(own), 409, "wrong_state")
    states = {r["quote"]: r["state"] for r in buyer.get(path).json()["results"]}
    assert states == {quote.public_id: "confirmed", hers.public_id: "asked"}
