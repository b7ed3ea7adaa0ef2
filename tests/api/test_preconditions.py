"""ETag, If-None-Match and If-Match: nobody's change is lost unseen."""

import time
from typing import Any

import pytest
from django.http import HttpResponse

from accounts.actions.addresses import add_address
from marketplace.integrations.models import WebhookEndpoint
from marketplace.parts.models import Part
from quotes.actions.quote import start_quote
from tests.api.scene import Api, draft_rfq, make_part, open_rfq, sent_quote
from tests.api.test_access import assert_problem
from tests.personas import Persona, make_buyer
from tests.quotes.actions.test_races import at_once


def change(api: Api, path: str, body: Any, tag: str | None, method: str = "PATCH") -> HttpResponse:
    headers = {} if tag is None else {"If-Match": tag}
    return api.call(method, path, body, headers=headers)


def read(api: Api, path: str, tag: str) -> HttpResponse:
    return api.call("GET", path, headers={"If-None-Match": tag})


def test_a_tag_stays_while_the_thing_does_though_links_are_written_anew(
    bea: Persona, buyer: Api
) -> None:
    path = f"/parts/{make_part(bea).public_id}/"
    first = buyer.get(path)
    assert first["ETag"].startswith('"')
    while (second := buyer.get(path)).content == first.content:
        time.sleep(0.2)
    assert second["ETag"] == first["ETag"]
    unchanged = read(buyer, path, first["ETag"])
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged["ETag"] == first["ETag"]
    assert read(buyer, path, f'"other", W/{first["ETag"]}').status_code == 304
    assert read(buyer, path, '"other"').status_code == 200
    # What is no tag is told, also where the answer is narrowed and carries none.
    for narrowed in ("", "?fields=name"):
        assert_problem(read(buyer, path + narrowed, "mine"), 400, "bad_call")
    buyer.patch(path, {"name": "New"})
    assert read(buyer, path, first["ETag"]).status_code == 200


def test_a_change_with_the_tag_of_now_is_made_and_one_with_an_old_tag_is_not(
    bea: Persona, buyer: Api
) -> None:
    part = make_part(bea)
    path = f"/parts/{part.public_id}/"
    tag = buyer.get(path)["ETag"]
    done = change(buyer, path, {"name": "First"}, tag)
    assert done.status_code == 200
    lost = change(buyer, path, {"name": "Second"}, tag)
    assert_problem(lost, 412, "changed_meanwhile")
    assert lost["ETag"] == done["ETag"] == buyer.get(path)["ETag"]
    assert Part.objects.get().name == "First"
    assert change(buyer, path, {"name": "Second"}, lost["ETag"]).status_code == 200
    assert change(buyer, path, {"name": "Third"}, "*").status_code == 200
    # A proxy that compresses marks the tag as weak.
    weak = "W/" + buyer.get(path)["ETag"]
    assert change(buyer, path, {"name": "Fourth"}, weak).status_code == 200


def test_the_answer_of_a_change_carries_the_tag_of_the_next_read(
    bea: Persona, milo: Persona, buyer: Api, shop: Api
) -> None:
    rfq = draft_rfq(bea)
    asked = open_rfq(bea, [milo], "plate")
    quote = start_quote(actor=milo.actor, rfq_id=asked.public_id)
    address = add_address(
        actor=bea.actor, label="Gate", recipient="Bea", lines="Hof 2, Aachen", country="DE"
    )
    hook = {"url": "https://erp.example.com/hook", "facts": ["order_placed"]}
    buyer.post("/webhook-endpoints/", hook)
    endpoint = WebhookEndpoint.objects.get()
    supplier_list = buyer.post("/supplier-lists/", {"name": "Mills"}).json()["id"]
    bolt = make_part(bea, "bolt")
    things = [
        (buyer, "PATCH", f"/parts/{bolt.public_id}/", {"name": "New"}),
        (buyer, "PATCH", f"/rfqs/{rfq.public_id}/", {"title": "New"}),
        (shop, "PUT", f"/quotes/{quote.public_id}/", {"currency": "EUR", "lines": []}),
        (buyer, "PATCH", f"/addresses/{address.public_id}/", {"label": "Gate 3"}),
        (buyer, "PATCH", "/organization/", {"city": "Bonn"}),
        (buyer, "PATCH", f"/webhook-endpoints/{endpoint.public_id}/", {"description": "ERP"}),
        (buyer, "PATCH", f"/supplier-lists/{supplier_list}/", {"name": "Lathes"}),
        (shop, "PATCH", "/manufacturer/", {"headline": "Milling and turning"}),
    ]
    for api, method, path, body in things:
        tag = api.get(path)["ETag"]
        assert_problem(change(api, path, body, '"old"', method), 412)
        done = change(api, path, body, tag, method)
        assert done.status_code == 200, (path, done.content)
        assert done["ETag"] == api.get(path)["ETag"] != tag, path


def test_a_deletion_can_be_conditional(bea: Persona, buyer: Api) -> None:
    made = buyer.post("/supplier-lists/", {"name": "Mills"}).json()["id"]
    path = f"/supplier-lists/{made}/"
    assert_problem(change(buyer, path, None, '"old"', "DELETE"), 412)
    assert change(buyer, path, None, buyer.get(path)["ETag"], "DELETE").status_code == 204
    assert_problem(buyer.get(path), 404)


def test_a_condition_that_cannot_be_checked_is_refused(bea: Persona, buyer: Api) -> None:
    rfq = draft_rfq(bea)
    path = f"/rfqs/{rfq.public_id}/"
    line = f"{path}lines/{rfq.lines.get().public_id}/"
    assert_problem(change(buyer, line, None, '"x"', "DELETE"), 400, "bad_call")
    assert_problem(change(buyer, f"{path}cancel/", {}, '"x"', "POST"), 400, "bad_call")
    assert_problem(change(buyer, path, {"title": "New"}, "no quotes"), 400, "bad_call")
    rfq.refresh_from_db()
    assert (rfq.title != "New", rfq.state, rfq.lines.count()) == (True, "draft", 1)


def test_a_stranger_learns_nothing_by_a_condition(bea: Persona, stranger: Api) -> None:
    path = f"/parts/{make_part(bea).public_id}/"
    assert_problem(change(stranger, path, {"name": "New"}, '"x"'), 404)


def test_a_tag_of_nested_rows_changes_with_them(bea: Persona, milo: Persona, buyer: Api) -> None:
    rfq = open_rfq(bea, [milo])
    path = f"/rfqs/{rfq.public_id}/"
    tag = buyer.get(path)["ETag"]
    assert buyer.get(path)["ETag"] == tag
    sent_quote(milo, rfq)
    assert buyer.get(path)["ETag"] != tag


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["rfqs", "parts", "organization"])
def test_of_two_at_once_with_one_tag_one_wins(kind: str) -> None:
    bea = make_buyer("Bea", "Bea Robotics")
    rfq = draft_rfq(bea)
    part = rfq.lines.get().part_revision.part
    path, name = {
        "rfqs": (f"/rfqs/{rfq.public_id}/", "title"),
        "parts": (f"/parts/{part.public_id}/", "name"),
        "organization": ("/organization/", "city"),
    }[kind]
    one, two = Api(bea), Api(bea)
    tag = one.get(path)["ETag"]
    answers: list[Any] = at_once(
        lambda: change(one, path, {name: "One"}, tag), lambda: change(two, path, {name: "Two"}, tag)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert one.get(path).json()[name] == winner.json()[name]
