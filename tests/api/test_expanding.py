"""`?expand=`: what a thing belongs to, in the answer about the thing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.directory.models import Manufacturer
from marketplace.directory.states import ManufacturerState
from tests.api.scene import Api, make_part, new_order, open_rfq, sent_quote
from tests.api.test_access import assert_problem
from tests.personas import Persona

ALL_OF_AN_ORDER = "rfq,request,manufacturer,payments"


def the_row(page: dict) -> dict:
    assert len(page["results"]) == 1
    return page["results"][0]


def test_each_side_of_an_order_sees_what_its_own_lists_show(
    bea: Persona, milo: Persona, buyer: Api, shop: Api
) -> None:
    order = new_order(bea, milo)
    path = f"/orders/{order.public_id}/"
    bought = buyer.get(path, expand=ALL_OF_AN_ORDER).json()["expanded"]
    assert bought["rfq"] == the_row(buyer.get("/rfqs/").json())
    assert bought["request"] is None
    assert bought["manufacturer"] == the_row(buyer.get("/manufacturers/").json())
    assert bought["payments"] == buyer.get(f"{path}payments/").json()
    sold = shop.get("/orders/", expand=ALL_OF_AN_ORDER).json()["results"][0]["expanded"]
    assert sold["rfq"] is None
    assert sold["request"] == the_row(shop.get("/requests/").json())
    assert [one["id"] for one in sold["payments"]] == [one["id"] for one in bought["payments"]]


def test_quotes_bring_their_request_and_their_maker(
    bea: Persona, milo: Persona, buyer: Api, shop: Api
) -> None:
    rfq = open_rfq(bea, [milo])
    quote = sent_quote(milo, rfq)
    asked = the_row(shop.get("/requests/").json())
    own = the_row(shop.get("/quotes/", expand="request").json())
    assert own["expanded"] == {"request": asked}
    detail = shop.get(f"/quotes/{quote.public_id}/", expand="request").json()
    assert detail["expanded"] == {"request": asked}
    received = the_row(buyer.get(f"/rfqs/{rfq.public_id}/quotes/", expand="manufacturer").json())
    assert received["expanded"]["manufacturer"]["headline"] == milo.manufacturer.headline


def test_parts_bring_their_current_revision(bea: Persona, buyer: Api) -> None:
    part = make_part(bea, "bracket")
    row = the_row(buyer.get("/parts/", expand="current_revision", fields="id").json())
    assert row["id"] == part.public_id
    assert row.keys() == {"id", "expanded"}
    revision = row["expanded"]["current_revision"]
    assert revision["id"] == part.current.public_id
    assert revision["figures"]["volume_mm3"] == 1200.5


def test_what_its_own_door_refuses_is_not_there(bea: Persona, milo: Persona, buyer: Api) -> None:
    order = new_order(bea, milo)
    Manufacturer.objects.update(state=ManufacturerState.SUSPENDED)
    assert buyer.get(f"/manufacturers/{milo.manufacturer.public_id}/").status_code == 404
    shown = buyer.get(f"/orders/{order.public_id}/", expand="manufacturer").json()
    assert shown["expanded"] == {"manufacturer": None}


@pytest.mark.parametrize("asked", ["", "nothing", "rfq,nothing", "rfq.lines", "rfq," * 200, "RFQ"])
def test_other_relations_are_refused(asked: str, buyer: Api) -> None:
    refused = assert_problem(buyer.get("/orders/", expand=asked), 400, "bad_call")
    assert refused["errors"][0]["pointer"] == "/expand"
    assert "payments" in refused["detail"]
    assert_problem(buyer.get("/rfqs/", expand="orders"), 400, "bad_call")


def test_an_expanded_answer_has_no_tag(bea: Persona, milo: Persona, buyer: Api) -> None:
    path = f"/orders/{new_order(bea, milo).public_id}/"
    assert "ETag" in buyer.get(path)
    assert "ETag" not in buyer.get(path, expand="rfq")
    assert "expanded" not in buyer.get(path).json()


def test_more_rows_are_no_more_queries(bea: Persona, milo: Persona, buyer: Api) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert buyer.get("/orders/", expand=ALL_OF_AN_ORDER).status_code == 200
        return len(counted)

    new_order(bea, milo, "one")
    queries()
    few = queries()
    new_order(bea, milo, "two")
    new_order(bea, milo, "three")
    assert queries() == few
