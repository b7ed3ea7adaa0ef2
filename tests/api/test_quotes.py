"""A manufacturer's side by API: requests, quotes, a no; and what a rival learns."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quotes.models import Quote
from tests.api.scene import (
    Api,
    draft_rfq,
    facts_since,
    last_event,
    open_rfq,
    sent_quote,
)
from tests.api.test_access import assert_problem
from tests.personas import Persona


def whole_quote(quote: dict, price: object = "12.5000", **header: object) -> dict:
    """Every line of a started quote priced at 1 and 10 pieces, as JSON."""
    return {
        "freight": {"amount_minor": 1500, "currency": "EUR"},
        "valid_until": (timezone.localdate() + timedelta(days=20)).isoformat(),
        "own_number": "A-77",
        "lines": [
            {
                "rfq_line": line["rfq_line"],
                "tooling": {"amount_minor": 5000, "currency": "EUR"},
                "prices": [
                    {"quantity": 1, "unit_price": price, "lead_time_days": 9},
                    {"quantity": 10, "unit_price": "6.25", "lead_time_days": 12},
                ],
            }
            for line in quote["lines"]
        ],
        **header,
    }


def test_a_request_is_read_quoted_and_submitted(shop: Api, bea: Persona, milo: Persona) -> None:
    rfq = open_rfq(bea, [milo])
    path = f"/requests/{rfq.public_id}/"
    listed = shop.get("/requests/").json()["results"]
    assert [(row["id"], row["state"]) for row in listed] == [(rfq.public_id, "sent")]
    last = last_event()
    for _ in range(2):
        body = shop.get(path).json()
        assert (body["state"], body["quote"]) == ("viewed", None)
    assert facts_since(last) == ["rfq_viewed"]
    assert shop.opens(body["lines"][0]["files"][0]["url"])
    last = last_event()
    quotes = [shop.post(f"{path}quote/").json() for _ in range(2)]
    assert quotes[0] == quotes[1]
    assert facts_since(last) == ["quote_started"]
    one = f"/quotes/{quotes[0]['id']}/"
    saved = shop.put(one, whole_quote(quotes[0])).json()
    assert saved["lines"][0]["prices"][0]["unit_price"] == "12.5000"
    assert (saved["own_number"], saved["freight"]["decimal"]) == ("A-77", "15.00")
    # What is read can be sent back as it is.
    again = {**saved, "draft_edition": saved["draft_edition"] + 1}
    assert shop.put(one, saved).json() == again
    last = last_event()
    sent = shop.post(f"{one}submit/").json()
    assert (sent["state"], sent["available_moves"]) == (
        "submitted",
        ["edit_quote", "withdraw_quote"],
    )
    assert_problem(shop.post(f"{one}submit/"), 409, "wrong_state")
    assert_problem(shop.put(one, whole_quote(sent)), 409, "wrong_state")
    assert facts_since(last) == ["quote_submitted"]
    assert shop.get(path).json()["quote"] == sent["id"]


def test_put_leaves_out_what_is_left_out(shop: Api, bea: Persona, milo: Persona) -> None:
    rfq = open_rfq(bea, [milo])
    quote = sent_quote(milo, rfq)
    assert shop.post(f"/quotes/{quote.public_id}/reopen/").json()["state"] == "draft"
    bare = shop.put(f"/quotes/{quote.public_id}/", {}).json()
    assert (bare["lines"][0]["prices"], bare["freight"]["amount_minor"]) == ([], 0)
    assert_problem(shop.post(f"/quotes/{quote.public_id}/submit/"), 422)


def test_a_quote_is_reopened_and_withdrawn(shop: Api, bea: Persona, milo: Persona) -> None:
    quote = sent_quote(milo, open_rfq(bea, [milo]))
    path = f"/quotes/{quote.public_id}"
    last = last_event()
    assert shop.post(f"{path}/reopen/").json()["state"] == "draft"
    assert_problem(shop.post(f"{path}/reopen/"), 409)
    assert shop.post(f"{path}/withdraw/").json()["state"] == "withdrawn"
    assert_problem(shop.post(f"{path}/withdraw/"), 409)
    assert facts_since(last) == ["quote_reopened", "quote_withdrawn"]


def test_a_request_is_declined_with_a_reason(shop: Api, bea: Persona, milo: Persona) -> None:
    rfq = open_rfq(bea, [milo])
    path = f"/requests/{rfq.public_id}/decline/"
    last = last_event()
    assert assert_problem(shop.post(path, {}), 422)["errors"][0]["pointer"] == "/reason"
    assert_problem(shop.post(path, {"reason": "  "}), 422)
    answer = shop.post(path, {"reason": "Full until May"}).json()
    assert (answer["state"], answer["decline_reason"]) == ("no_bid", "Full until May")
    assert_problem(shop.post(path, {"reason": "Full"}), 409)
    assert facts_since(last) == ["no_bid"]


def test_after_the_deadline_nothing_is_started_or_submitted(
    shop: Api, bea: Persona, milo: Persona
) -> None:
    rfq = open_rfq(bea, [milo])
    quote = shop.post(f"/requests/{rfq.public_id}/quote/").json()
    shop.put(f"/quotes/{quote['id']}/", whole_quote(quote))
    type(rfq).objects.update(deadline=timezone.now())
    assert_problem(shop.post(f"/quotes/{quote['id']}/submit/"), 409, "wrong_state")
    assert shop.get("/requests/").json()["results"][0]["takes_quotes"] is False


@pytest.mark.parametrize("verb", ["submit", "reopen", "withdraw"])
def test_a_quote_is_nobody_elses(
    verb: str, buyer: Api, rival: Api, stranger: Api, bea: Persona, milo: Persona, rita: Persona
) -> None:
    quote = sent_quote(milo, open_rfq(bea, [milo, rita]))
    last = last_event()
    for other in (buyer, rival, stranger):
        assert_problem(other.post(f"/quotes/{quote.public_id}/{verb}/"), 404)
        assert_problem(other.put(f"/quotes/{quote.public_id}/", {}), 404)
        assert_problem(other.get(f"/quotes/{quote.public_id}/"), 404)
    assert facts_since(last) == []
    assert Quote.objects.get().state == "submitted"


@pytest.mark.parametrize("verb", ["quote/", "decline/", ""])
def test_a_request_is_for_the_invited_only(
    verb: str, buyer: Api, rival: Api, stranger: Api, bea: Persona, milo: Persona
) -> None:
    rfq = open_rfq(bea, [milo])
    draft = draft_rfq(bea, "later")
    last = last_event()
    for other in (buyer, rival, stranger):
        for asked in (rfq, draft):
            path = f"/requests/{asked.public_id}/{verb}"
            assert_problem(other.post(path, {"reason": "No"}) if verb else other.get(path), 404)
    assert facts_since(last) == []
    assert not Quote.objects.exists()


def test_rivals_learn_nothing_of_each_other(
    shop: Api, rival: Api, buyer: Api, bea: Persona, milo: Persona, rita: Persona
) -> None:
    rfq = open_rfq(bea, [milo, rita])
    sent_quote(milo, rfq, "77.77")
    hers = sent_quote(rita, rfq, "71.11")
    buyer.post(
        f"/rfqs/{rfq.public_id}/quotes/{hers.public_id}/accept/",
        {"quantities": {rfq.lines.get().public_id: 1}, "seen": hers.seen},
    )
    paths = (
        "/requests/",
        f"/requests/{rfq.public_id}/",
        "/quotes/",
        "/orders/",
        "/notifications/",
    )
    for one, other, price in ((shop, rita, "71.11"), (rival, milo, "77.77")):
        told = b"".join(one.get(path).content for path in paths).decode()
        for secret in (other.organization.name, other.manufacturer.public_id, price):
            assert secret not in told
        assert_problem(one.get(f"/rfqs/{rfq.public_id}/"), 404)
        assert_problem(one.get(f"/rfqs/{rfq.public_id}/quotes/"), 404)
    assert "awarded" not in shop.get(f"/requests/{rfq.public_id}/").content.decode()


def test_the_buyer_never_reads_a_draft(buyer: Api, shop: Api, bea: Persona, milo: Persona) -> None:
    rfq = open_rfq(bea, [milo])
    quote = shop.post(f"/requests/{rfq.public_id}/quote/").json()
    shop.put(f"/quotes/{quote['id']}/", whole_quote(quote, "83.3300"))
    assert buyer.get(f"/rfqs/{rfq.public_id}/quotes/").json()["results"] == []
    assert_problem(buyer.get(f"/rfqs/{rfq.public_id}/quotes/{quote['id']}/"), 404)
    assert "83.33" not in buyer.get(f"/rfqs/{rfq.public_id}/comparison/").content.decode()
