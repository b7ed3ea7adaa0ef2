"""Values no form would send: each is refused with a sentence that points at it, and never a 500."""

import pytest

from quotes.models import RFQ, QuotePrice
from tests.api.scene import Api, draft_rfq, open_rfq
from tests.api.test_access import assert_problem
from tests.api.test_quotes import whole_quote
from tests.api.test_rfqs import whole_draft
from tests.personas import Persona

PRICES = [0, -1, "0", "-1", "1e400", 1e-9, "NaN", "Infinity", "-Infinity", "12,50", "1.234,50"]
PRICES += ["", " ", "abc", None, True, [], {}, "12.50001", "9" * 30, 10**400, "0x10", "1_000.x"]
PRICES += ["99999999999", "١٢.x", "\x00", "5\x00", "1e-400"]


def pointers(problem: dict) -> list[str]:
    return [row["pointer"] for row in problem["errors"]]


@pytest.mark.parametrize("price", PRICES, ids=repr)
def test_a_bad_price_is_refused(price: object, shop: Api, bea: Persona, milo: Persona) -> None:
    rfq = open_rfq(bea, [milo])
    quote = shop.post(f"/requests/{rfq.public_id}/quote/").json()
    answer = shop.put(f"/quotes/{quote['id']}/", whole_quote(quote, price))
    problem = assert_problem(answer, 422, "invalid")
    assert pointers(problem) == ["/lines/0/prices/0/unit_price"]
    assert problem["errors"][0]["detail"].endswith(".")
    assert not QuotePrice.objects.exists()


def test_a_price_of_1e400_as_a_number_is_refused(shop: Api, bea: Persona, milo: Persona) -> None:
    rfq = open_rfq(bea, [milo])
    quote = shop.post(f"/requests/{rfq.public_id}/quote/").json()
    line = quote["lines"][0]["rfq_line"]
    for number, status in (("1e400", 422), ("-1e400", 422), ("NaN", 400), ("Infinity", 400)):
        price = f'{{"quantity": 1, "unit_price": {number}, "lead_time_days": 9}}'
        answer = shop.client.put(
            f"/api/v1/quotes/{quote['id']}/",
            f'{{"lines": [{{"rfq_line": "{line}", "prices": [{price}]}}]}}',
            content_type="application/json",
            headers=shop.headers,
        )
        assert_problem(answer, status)
    assert not QuotePrice.objects.exists()


def test_a_price_whose_total_no_document_holds_is_refused(
    buyer: Api, shop: Api, bea: Persona, milo: Persona
) -> None:
    rfq = draft_rfq(bea)
    body = whole_draft(rfq, milo)
    body["lines"][0]["quantities"] = [10_000_000]
    buyer.put(f"/rfqs/{rfq.public_id}/", body)
    assert buyer.post(f"/rfqs/{rfq.public_id}/publish/").status_code == 200
    quote = shop.post(f"/requests/{rfq.public_id}/quote/").json()
    prices = [{"quantity": 10_000_000, "unit_price": "99999999", "lead_time_days": 9}]
    lines = [{"rfq_line": quote["lines"][0]["rfq_line"], "prices": prices}]
    assert_problem(shop.put(f"/quotes/{quote['id']}/", {"lines": lines}), 422)
    assert buyer.get(f"/rfqs/{rfq.public_id}/comparison/").status_code == 200


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"freight": {"amount_minor": -1}}, "/freight/amount_minor"),
        ({"freight": {"amount_minor": 10**20}}, "/freight/amount_minor"),
        ({"freight": {"amount_minor": "12.5"}}, "/freight/amount_minor"),
        ({"freight": {"amount_minor": "1e400"}}, "/freight/amount_minor"),
        ({"freight": {"amount_minor": None}}, "/freight/amount_minor"),
        ({"freight": {"amount_minor": 1, "currency": "USD"}}, "/freight"),
        ({"freight": {"amount_minor": 1, "currency": "XXX"}}, "/freight/currency"),
        ({"freight": 15}, "/freight"),
        ({"freight": None}, "/freight"),
        ({"incoterm": "FREE"}, "/incoterm"),
        ({"valid_until": "tomorrow"}, "/valid_until"),
        ({"valid_until": "2026-02-30"}, "/valid_until"),
        ({"valid_until": 20260101}, "/valid_until"),
        ({"own_number": "x" * 61}, "/own_number"),
        ({"notes": "a\x00b"}, "/notes"),
        ({"notes": "x" * 4001}, "/notes"),
        ({"external_id": ["a"]}, "/external_id"),
        ({"lines": "all"}, "/lines"),
        ({"lines": {"a": 1}}, "/lines"),
        ({"lines": [1]}, "/lines/0"),
        ({"lines": [{}]}, "/lines/0/rfq_line"),
        ({"lines": [{"rfq_line": "a\x00"}]}, "/lines/0/rfq_line"),
        ({"lines": [{"rfq_line": "a"}, {"rfq_line": "a"}]}, "/lines"),
        ({"lines": [{"rfq_line": "a"}] * 201}, "/lines"),
    ],
    ids=repr,
)
def test_a_bad_quote_points_at_itself(
    change: dict, pointer: str, shop: Api, bea: Persona, milo: Persona
) -> None:
    rfq = open_rfq(bea, [milo])
    quote = shop.post(f"/requests/{rfq.public_id}/quote/").json()
    answer = shop.put(f"/quotes/{quote['id']}/", {**whole_quote(quote), **change})
    assert pointer in pointers(assert_problem(answer, 422, "invalid"))
    assert not QuotePrice.objects.exists()


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": 10**12}, "quantity"),
        ({"quantity": "abc"}, "quantity"),
        ({"lead_time_days": 0}, "lead_time_days"),
        ({"lead_time_days": 1001}, "lead_time_days"),
        ({"lead_time_days": "soon"}, "lead_time_days"),
        ({"lead_time_days": None}, "lead_time_days"),
    ],
    ids=repr,
)
def test_a_bad_price_row_points_at_itself(
    row: dict, field: str, shop: Api, bea: Persona, milo: Persona
) -> None:
    rfq = open_rfq(bea, [milo])
    quote = shop.post(f"/requests/{rfq.public_id}/quote/").json()
    body = whole_quote(quote)
    body["lines"][0]["prices"][0].update(row)
    problem = assert_problem(shop.put(f"/quotes/{quote['id']}/", body), 422, "invalid")
    assert pointers(problem) == [f"/lines/0/prices/0/{field}"]


def test_prices_for_quantities_nobody_asked_are_refused(
    shop: Api, bea: Persona, milo: Persona
) -> None:
    rfq = open_rfq(bea, [milo])
    quote = shop.post(f"/requests/{rfq.public_id}/quote/").json()
    body = whole_quote(quote)
    body["lines"][0]["prices"][0]["quantity"] = 3
    assert_problem(shop.put(f"/quotes/{quote['id']}/", body), 422)
    body["lines"][0]["prices"][0]["quantity"] = 10
    problem = assert_problem(shop.put(f"/quotes/{quote['id']}/", body), 422)
    assert pointers(problem) == ["/lines/0/prices"]
    body["lines"] = [{"rfq_line": "rfl_of_somebody_else"}]
    assert_problem(shop.put(f"/quotes/{quote['id']}/", body), 404)
    assert not QuotePrice.objects.exists()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": ""}, "/title"),
        ({"title": "a\x00"}, "/title"),
        ({"title": "x" * 141}, "/title"),
        ({"title": {"a": 1}}, "/title"),
        ({"currency": "JPY"}, "/currency"),
        ({"currency": None}, "/currency"),
        ({"deadline": "2020-01-01T00:00:00Z"}, "/deadline"),
        ({"deadline": "soon"}, "/deadline"),
        ({"deadline": "9999-12-31T23:59:59-23:00"}, "/deadline"),
        ({"deadline": 10**30}, "/deadline"),
        ({"need_by": "2026-13-01"}, "/need_by"),
        ({"need_by": [1]}, "/need_by"),
        ({"ship_to": "x" * 501}, "/ship_to"),
        ({"external_id": "x" * 81}, "/external_id"),
        ({"invited": "mfr"}, "/invited"),
        ({"invited": ["a\x00"]}, "/invited/0"),
        ({"invited": [{"id": 1}]}, "/invited/0"),
        ({"invited": ["x"] * 101}, "/invited"),
        ({"lines": [{"id": "x" * 41}]}, "/lines/0/id"),
        ({"lines": [{}]}, "/lines/0/id"),
    ],
    ids=repr,
)
def test_a_bad_request_points_at_itself(
    change: dict, pointer: str, buyer: Api, bea: Persona, milo: Persona
) -> None:
    rfq = draft_rfq(bea)
    title = rfq.title
    answer = buyer.put(f"/rfqs/{rfq.public_id}/", {**whole_draft(rfq, milo), **change})
    assert pointer in pointers(assert_problem(answer, 422, "invalid"))
    rfq.refresh_from_db()
    assert (rfq.title, rfq.deadline, rfq.invitations.count()) == (title, None, 0)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"quantities": [0]}, "/lines/0/quantities/0"),
        ({"quantities": [-1]}, "/lines/0/quantities/0"),
        ({"quantities": [10**12]}, "/lines/0/quantities/0"),
        ({"quantities": [10**400]}, "/lines/0/quantities/0"),
        ({"quantities": ["abc"]}, "/lines/0/quantities/0"),
        ({"quantities": [1.5]}, "/lines/0/quantities/0"),
        ({"quantities": ["1e400"]}, "/lines/0/quantities/0"),
        ({"quantities": [None]}, "/lines/0/quantities/0"),
        ({"quantities": [True]}, "/lines/0/quantities/0"),
        ({"quantities": [1, 2, 3, 4, 5, 6]}, "/lines/0/quantities"),
        ({"quantities": 5}, "/lines/0/quantities"),
        ({"process": "alchemy"}, "/lines/0/process"),
        ({"process": ["cnc_milling"]}, "/lines/0/process"),
        ({"material": "\x00"}, "/lines/0/material"),
        ({"material": {}}, "/lines/0/material"),
        ({"finish": 7}, "/lines/0/finish"),
        ({"inspection": ""}, "/lines/0/inspection"),
        ({"tolerance": "tight"}, "/lines/0/tolerance"),
        ({"notes": "x" * 2001}, "/lines/0/notes"),
    ],
    ids=repr,
)
def test_a_bad_line_points_at_itself(
    change: dict, pointer: str, buyer: Api, bea: Persona, milo: Persona
) -> None:
    rfq = draft_rfq(bea)
    body = whole_draft(rfq, milo)
    body["lines"][0].update(change)
    answer = buyer.patch(f"/rfqs/{rfq.public_id}/", body)
    assert pointer in pointers(assert_problem(answer, 422, "invalid"))
    assert rfq.lines.get().process is None


def test_lines_and_shops_of_others_are_not_found(
    buyer: Api, bea: Persona, milo: Persona, stefan: Persona
) -> None:
    rfq, foreign = draft_rfq(bea), draft_rfq(stefan, "other")
    path = f"/rfqs/{rfq.public_id}/"
    line = foreign.lines.get().public_id
    assert_problem(buyer.patch(path, {"lines": [{"id": line}], "title": "Lost"}), 404)
    assert_problem(buyer.patch(path, {"invited": ["mfr_unknown"], "title": "Lost"}), 404)
    rfq.refresh_from_db()
    assert rfq.title != "Lost"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"part_ids": []},
        {"part_ids": "prt"},
        {"part_ids": [None]},
        {"part_ids": [1, {}]},
        {"part_ids": ["a\x00"]},
        {"part_ids": ["x"] * 201},
        [],
        "part",
        None,
    ],
    ids=repr,
)
def test_a_request_needs_parts(body: object, buyer: Api) -> None:
    assert_problem(buyer.post("/rfqs/", body), 422)
    assert not RFQ.objects.exists()
