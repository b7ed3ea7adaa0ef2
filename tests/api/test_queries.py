"""What calls ask of the database does not grow with the rows they are about."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
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


@pytest.mark.parametrize("verb", ["put", "submit"])
def test_a_quote_is_written_and_submitted(
    verb: str, shop: Api, bea: Persona, milo: Persona
) -> None:
    asked = []
    for count in (1, 1, MANY):
        rfq = open_rfq(bea, [milo], *numbers(count, f"{len(asked)}-q"))
        quote = shop.post(f"/requests/{rfq.public_id}/quote/").json()
        path = f"/quotes/{quote['id']}/"
        price = {"quantity": 10, "unit_price": "12.50", "lead_time_days": 9}
        rows = [{"rfq_line": line["rfq_line"], "prices": [price]} for line in quote["lines"]]
        until = f"{timezone.localdate() + timedelta(days=20)}"
        body = {"currency": "EUR", "valid_until": until, "lines": rows}
        written = asked_by(lambda p=path, b=body: shop.put(p, b), 200)
        submitted = asked_by(lambda p=path: shop.post(f"{p}submit/"), 200)
        asked.append(written if verb == "put" else submitted)
    assert asked[1] == asked[2]
