"""What calls ask of the database does not grow with the rows they are about."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.api.scene import Api, draft_rfq, make_part, open_rfq
from tests.personas import Persona

MANY = 25


def asked_by(call: Callable[[], Any], status: int) -> int:
    """How many statements a call makes."""
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    assert answer.status_code == status, answer.content
    return len(captured)


def numbers(count: int, tag: str) -> list[str]:
    return [f"{tag}-{number}" for number in range(count)]


def test_a_list_of_requests(buyer: Api, bea: Persona) -> None:
    draft_rfq(bea, "first")
    buyer.get("/rfqs/")
    one = asked_by(lambda: buyer.get("/rfqs/"), 200)
    for number in numbers(MANY - 1, "more"):
        draft_rfq(bea, number)
    assert len(buyer.get("/rfqs/").json()["results"]) == MANY
    assert asked_by(lambda: buyer.get("/rfqs/"), 200) == one


def test_one_request_however_many_lines(buyer: Api, bea: Persona, milo: Persona) -> None:
    small, large = open_rfq(bea, [milo], "s"), open_rfq(bea, [milo], *numbers(MANY, "l"))
    buyer.get(f"/rfqs/{small.public_id}/")
    asked = [
        asked_by(lambda x=rfq: buyer.get(f"/rfqs/{x.public_id}/"), 200) for rfq in (small, large)
    ]
    assert asked[0] == asked[1]


def test_a_request_is_started(buyer: Api, bea: Persona) -> None:
    parts = [make_part(bea, number).public_id for number in numbers(MANY + 2, "p")]
    buyer.post("/rfqs/", {"part_ids": parts[:1]})
    one = asked_by(lambda: buyer.post("/rfqs/", {"part_ids": parts[1:2]}), 201)
    assert asked_by(lambda: buyer.post("/rfqs/", {"part_ids": parts[2:]}), 201) == one


def test_a_quote_is_submitted(shop: Api, bea: Persona, milo: Persona) -> None:
    asked = []
    for count in (1, 1, MANY):
        path = priced(shop, bea, milo, numbers(count, f"{len(asked)}-q"), 1)
        asked.append(asked_by(lambda p=path: shop.post(f"{p}submit/"), 200))
    assert asked[1] == asked[2]


def test_the_prices_of_a_line_are_written_at_once(shop: Api, bea: Persona, milo: Persona) -> None:
    """Two quantities cost what one costs."""
    asked = []
    for count in (1, 1, 2):
        with CaptureQueriesContext(connection) as captured:
            priced(shop, bea, milo, [f"p-{len(asked)}"], count)
        asked.append(len(captured))
    assert asked[1] == asked[2]


def priced(shop: Api, bea: Persona, milo: Persona, parts: list[str], prices: int) -> str:
    """The path of a draft that prices every line of a new request at so many quantities."""
    rfq = open_rfq(bea, [milo], *parts)
    quote = shop.post(f"/requests/{rfq.public_id}/quote/").json()
    path = f"/quotes/{quote['id']}/"
    offered = [
        {"quantity": quantity, "unit_price": "12.50", "lead_time_days": 9}
        for quantity in (1, 10)[:prices]
    ]
    rows = [{"rfq_line": line["rfq_line"], "prices": offered} for line in quote["lines"]]
    until = f"{timezone.localdate() + timedelta(days=20)}"
    answer = shop.put(path, {"currency": "EUR", "valid_until": until, "lines": rows})
    assert answer.status_code == 200, answer.content
    return path
