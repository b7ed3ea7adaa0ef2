"""`external_id` and `metadata`: what the caller's own system calls a thing and keeps with it."""

from typing import Any

import pytest

from marketplace.core.models import Event
from orders.actions.references import forget_references
from orders.models import OrderReference
from quotes.actions.quote import start_quote
from quotes.actions.rfq import save_rfq
from tests.api.scene import Api, draft_rfq, full_draft, make_part, new_order, open_rfq
from tests.api.test_access import assert_problem
from tests.personas import Persona

KEPT = {"external_id": "ERP-4711", "metadata": {"cost_center": "77", "plant": "Aachen "}}


def ids(api: Api, path: str, external_id: str) -> list[str]:
    return [row["id"] for row in api.get(path, external_id=external_id).json()["results"]]


def test_a_part_keeps_them_and_is_found_by_its_id(bea: Persona, buyer: Api, stranger: Api) -> None:
    part = make_part(bea)
    path = f"/parts/{part.public_id}/"
    changed = buyer.patch(path, KEPT)
    assert changed.status_code == 200
    assert {name: changed.json()[name] for name in KEPT} == KEPT
    assert ids(buyer, "/parts/", "ERP-4711") == [part.public_id]
    assert ids(buyer, "/parts/", "ERP-471") == []
    assert ids(stranger, "/parts/", "ERP-4711") == []
    # What is left out stays; metadata that is sent replaces what was there.
    assert buyer.patch(path, {"name": "New"}).json()["metadata"] == KEPT["metadata"]
    only = buyer.patch(path, {"metadata": {"a": "b"}}).json()
    assert (only["metadata"], only["external_id"]) == ({"a": "b"}, "ERP-4711")


def test_a_request_keeps_them_and_no_page_loses_them(
    bea: Persona, buyer: Api, stranger: Api
) -> None:
    rfq = draft_rfq(bea)
    path = f"/rfqs/{rfq.public_id}/"
    assert {n: buyer.patch(path, KEPT).json()[n] for n in KEPT} == KEPT
    assert ids(buyer, "/rfqs/", "ERP-4711") == [rfq.public_id]
    assert ids(stranger, "/rfqs/", "ERP-4711") == []
    # A page's draft names no metadata.
    draft = full_draft(rfq, [], external_id="ERP-4711")
    save_rfq(actor=bea.actor, public_id=rfq.public_id, draft=draft)
    assert {name: buyer.get(path).json()[name] for name in KEPT} == KEPT
    whole = buyer.put(path, {"title": "Whole", "currency": "EUR"})
    assert whole.json()["metadata"] == {}


def test_a_quote_keeps_them_and_the_buyer_never_sees_them(
    bea: Persona, milo: Persona, buyer: Api, shop: Api, rival: Api
) -> None:
    rfq = open_rfq(bea, [milo])
    quote = start_quote(actor=milo.actor, rfq_id=rfq.public_id)
    saved = shop.put(f"/quotes/{quote.public_id}/", KEPT)
    assert {name: saved.json()[name] for name in KEPT} == KEPT
    assert ids(shop, "/quotes/", "ERP-4711") == [quote.public_id]
    assert ids(rival, "/quotes/", "ERP-4711") == []
    for path in (f"/rfqs/{rfq.public_id}/", f"/rfqs/{rfq.public_id}/quotes/"):
        assert "ERP-4711" not in buyer.get(path).content.decode()


def test_each_side_of_an_order_has_its_own(
    bea: Persona, milo: Persona, buyer: Api, shop: Api, stranger: Api
) -> None:
    order = new_order(bea, milo)
    path = f"/orders/{order.public_id}/"
    assert buyer.get(path).json()["external_id"] == ""
    mine = buyer.patch(path, KEPT)
    assert mine.status_code == 200
    assert {name: mine.json()[name] for name in KEPT} == KEPT
    theirs = shop.patch(path, {"external_id": "WO-9"}).json()
    assert (theirs["external_id"], theirs["metadata"]) == ("WO-9", {})
    assert buyer.get(path).json()["external_id"] == "ERP-4711"
    assert "ERP-4711" not in shop.get(path).content.decode()
    assert "WO-9" not in buyer.get(path).content.decode()
    assert ids(buyer, "/orders/", "ERP-4711") == ids(shop, "/orders/", "WO-9")
    assert ids(shop, "/orders/", "ERP-4711") == ids(buyer, "/orders/", "WO-9") == []
    assert_problem(stranger.patch(path, KEPT), 404)
    assert_problem(Api(bea, ["view"]).patch(path, KEPT), 403)
    facts = Event.objects.filter(type="order_referred_to").order_by("pk")
    assert [[s.organization for s in fact.sightings.all()] for fact in facts] == [
        [bea.organization.public_id],
        [milo.organization.public_id],
    ]


def test_they_go_with_the_organization(bea: Persona, milo: Persona, buyer: Api) -> None:
    order = new_order(bea, milo)
    buyer.patch(f"/orders/{order.public_id}/", KEPT)
    forget_references(organization=milo.organization)
    assert OrderReference.objects.count() == 1
    forget_references(organization=bea.organization)
    assert OrderReference.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"external_id": "x" * 81}, "/external_id"),
        ({"metadata": {str(n): "" for n in range(51)}}, "/metadata"),
        ({"metadata": {"k" * 41: "v"}}, "/metadata"),
        ({"metadata": {"": "v"}}, "/metadata"),
        ({"metadata": {"a\x00b": "v"}}, "/metadata"),
        ({"metadata": {"k": "v" * 501}}, "/metadata/k"),
        ({"metadata": {"k": {"nested": "v"}}}, "/metadata/k"),
        ({"metadata": {"k": 1}}, "/metadata/k"),
        ({"metadata": ["k"]}, "/metadata"),
    ],
)
def test_their_limits(body: Any, pointer: str, bea: Persona, milo: Persona, buyer: Api) -> None:
    part, order = make_part(bea, "bolt"), new_order(bea, milo)
    for path in (f"/parts/{part.public_id}/", f"/orders/{order.public_id}/"):
        problem = assert_problem(buyer.patch(path, body), 422)
        assert problem["errors"][0]["pointer"] == pointer
