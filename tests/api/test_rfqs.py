"""A buyer's requests by API: drafted, published, closed, cancelled, compared."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quotes.models import RFQ
from tests.api.scene import Api, draft_rfq, facts_since, last_event, make_part, open_rfq, sent_quote
from tests.api.test_access import assert_problem
from tests.personas import Persona


def whole_draft(rfq: RFQ, *shops: Persona) -> dict:
    """Everything a request needs, as JSON."""
    return {
        "title": "Brackets",
        "currency": "EUR",
        "ship_to": "Werkstr. 1, Aachen",
        "deadline": (timezone.now() + timedelta(days=5)).isoformat(),
        "need_by": (timezone.localdate() + timedelta(days=40)).isoformat(),
        "external_id": "PR-1",
        "lines": [
            {
                "id": line.public_id,
                "process": "cnc_milling",
                "material": "al_6061",
                "finish": None,
                "tolerance": "f",
                "quantities": [1, 10],
            }
            for line in rfq.lines.all()
        ],
        "invited": [shop.manufacturer.public_id for shop in shops],
    }


def test_a_request_is_drafted_filled_and_published(buyer: Api, bea: Persona, milo: Persona) -> None:
    part = make_part(bea)
    last = last_event()
    made = buyer.post("/rfqs/", {"part_ids": [part.public_id], "title": "Brackets"})
    assert made.status_code == 201
    body = made.json()
    assert (body["state"], body["title"]) == ("draft", "Brackets")
    assert body["lines"][0]["part"] == part.public_id
    assert body["missing"]
    assert facts_since(last) == ["rfq_created"]
    rfq = RFQ.objects.get(public_id=body["id"])
    saved = buyer.put(f"/rfqs/{body['id']}/", whole_draft(rfq, milo)).json()
    assert (saved["missing"], saved["external_id"]) == ([], "PR-1")
    assert saved["lines"][0]["process"] == "cnc_milling"
    assert saved["invitations"][0]["manufacturer"]["name"] == "Milo Machining"
    last = last_event()
    published = buyer.post(f"/rfqs/{body['id']}/publish/").json()
    assert published["state"] == "open"
    assert published["published_at"].endswith("Z")
    assert published["available_moves"] == ["amend_rfq", "close_rfq", "cancel_rfq"]
    assert facts_since(last) == ["rfq_published", "manufacturer_invited"]
    assert_problem(buyer.post(f"/rfqs/{body['id']}/publish/"), 409, "wrong_state")
    assert_problem(buyer.patch(f"/rfqs/{body['id']}/", {"title": "Late"}), 409, "wrong_state")


def test_patch_keeps_what_it_does_not_name_and_put_does_not(
    buyer: Api, bea: Persona, milo: Persona
) -> None:
    rfq = draft_rfq(bea)
    path = f"/rfqs/{rfq.public_id}/"
    before = buyer.put(path, whole_draft(rfq, milo)).json()
    line = before["lines"][0]
    after = buyer.patch(
        path, {"notes": "Pack well", "lines": [{"id": line["id"], "quantities": [5]}]}
    ).json()
    assert after["notes"] == "Pack well"
    assert after["lines"][0]["quantities"] == [5]
    for key in ("process", "material", "tolerance"):
        assert after["lines"][0][key] == line[key]
    for key in ("title", "deadline", "need_by", "invitations", "external_id"):
        assert after[key] == before[key]
    bare = buyer.put(path, {"title": "New", "currency": "USD"}).json()
    assert (bare["deadline"], bare["invitations"], bare["notes"]) == (None, [], "")


def test_parts_join_a_draft_and_lines_leave_it(buyer: Api, bea: Persona, stranger: Api) -> None:
    rfq = draft_rfq(bea)
    path = f"/rfqs/{rfq.public_id}"
    flange = make_part(bea, "flange")
    ids = {"part_ids": [flange.public_id]}
    assert_problem(stranger.post(f"{path}/parts/", ids), 404)
    for _ in range(2):
        assert len(buyer.post(f"{path}/parts/", ids).json()["lines"]) == 2
    line = rfq.lines.get(position=1)
    assert_problem(stranger.call("DELETE", f"{path}/lines/{line.public_id}/"), 404)
    assert buyer.call("DELETE", f"{path}/lines/{line.public_id}/").status_code == 204
    assert_problem(buyer.call("DELETE", f"{path}/lines/{line.public_id}/"), 404)
    assert rfq.lines.count() == 1


def test_a_foreign_part_makes_no_request(buyer: Api, stefan: Persona) -> None:
    foreign = make_part(stefan)
    assert_problem(buyer.post("/rfqs/", {"part_ids": [foreign.public_id]}), 404)
    assert not RFQ.objects.exists()


def test_a_shop_makes_no_request(shop: Api, bea: Persona) -> None:
    assert_problem(shop.post("/rfqs/", {"part_ids": [make_part(bea).public_id]}), 404)


@pytest.mark.parametrize("verb", ["publish", "close", "cancel", "invite"])
def test_writes_refuse_everybody_else(
    verb: str, stranger: Api, shop: Api, bea: Persona, milo: Persona, rita: Persona
) -> None:
    rfq = open_rfq(bea, [milo])
    bodies = {
        "cancel": {"reason": "No need"},
        "invite": {"manufacturer": rita.manufacturer.public_id},
    }
    last = last_event()
    for other in (stranger, shop):
        assert_problem(other.post(f"/rfqs/{rfq.public_id}/{verb}/", bodies.get(verb)), 404)
    assert facts_since(last) == []
    rfq.refresh_from_db()
    assert (rfq.state, rfq.invitations.count()) == ("open", 1)


def test_a_request_is_closed_once(buyer: Api, bea: Persona, milo: Persona) -> None:
    rfq = open_rfq(bea, [milo])
    last = last_event()
    assert buyer.post(f"/rfqs/{rfq.public_id}/close/").json()["state"] == "closed"
    assert_problem(buyer.post(f"/rfqs/{rfq.public_id}/close/"), 409, "wrong_state")
    assert facts_since(last) == ["rfq_closed"]


def test_a_request_is_cancelled_with_a_reason(buyer: Api, bea: Persona, milo: Persona) -> None:
    rfq = open_rfq(bea, [milo])
    path = f"/rfqs/{rfq.public_id}/cancel/"
    last = last_event()
    assert assert_problem(buyer.post(path, {}), 422)["errors"][0]["pointer"] == "/reason"
    assert buyer.post(path, {"reason": "Budget"}).json()["state"] == "cancelled"
    assert_problem(buyer.post(path, {"reason": "Budget"}), 409)
    assert facts_since(last) == ["rfq_cancelled"]


def test_one_more_shop_is_invited_once(
    buyer: Api, bea: Persona, milo: Persona, rita: Persona
) -> None:
    rfq = open_rfq(bea, [milo])
    path = f"/rfqs/{rfq.public_id}"
    matches = buyer.get(f"{path}/matches/").json()["results"]
    assert [row["manufacturer"]["name"] for row in matches] == ["Rita Rapid Parts"]
    assert matches[0]["reasons"]
    last = last_event()
    for _ in range(2):
        answer = buyer.post(f"{path}/invite/", {"manufacturer": rita.manufacturer.public_id})
        assert answer.json()["state"] == "sent"
    assert facts_since(last) == ["manufacturer_invited"]
    assert_problem(buyer.post(f"{path}/invite/", {"manufacturer": "mfr_none"}), 404)


def test_quotes_are_read_and_compared(
    buyer: Api, stranger: Api, shop: Api, bea: Persona, milo: Persona, rita: Persona
) -> None:
    rfq = open_rfq(bea, [milo, rita])
    path = f"/rfqs/{rfq.public_id}"
    cheap, dear = sent_quote(milo, rfq, "10"), sent_quote(rita, rfq, "20")
    line = rfq.lines.get().public_id
    listed = buyer.get(f"{path}/quotes/").json()["results"]
    assert {row["id"] for row in listed} == {cheap.public_id, dear.public_id}
    one = buyer.get(f"{path}/quotes/{cheap.public_id}/").json()
    assert one["fingerprint"] == cheap.seen
    assert one["freight"] == {"amount_minor": 1500, "currency": "EUR", "decimal": "15.00"}
    assert one["lines"][0]["prices"][1] == {
        "quantity": 10,
        "unit_price": "5.0000",
        "lead_time_days": 12,
        "is_agreed": False,
        "total": {"amount_minor": 5000, "currency": "EUR", "decimal": "50.00"},
    }
    # 10.00 for one, 50.00 tooling, 15.00 freight.
    assert one["total"]["total"]["decimal"] == "75.00"
    compared = buyer.get(f"{path}/comparison/", quantity=f"{line}:10").json()
    assert [row["is_best"] for row in compared["quotes"]] == [True, False]
    assert [row["total"]["total"]["amount_minor"] for row in compared["quotes"]] == [11500, 16500]
    assert [row["chosen"] for row in compared["lines"][0]["rows"]] == [False, True]
    for wrong in (f"{line}:7", "rfl_x:1", line, f"{line}:1e400", ":"):
        assert_problem(buyer.get(f"{path}/comparison/", quantity=wrong), 422)
    for other in (stranger, shop):
        for page in ("quotes/", "comparison/", "matches/", f"quotes/{cheap.public_id}/"):
            assert_problem(other.get(f"{path}/{page}"), 404)


def test_a_draft_without_quantities_compares_to_nothing(buyer: Api, bea: Persona) -> None:
    rfq = draft_rfq(bea)
    rfq.lines.update(quantities=[])
    body = buyer.get(f"/rfqs/{rfq.public_id}/comparison/").json()
    assert body["quotes"] == body["lines"] == body["differences"] == []
    assert {row["plan"] for row in body["strategies"]} == {None}


def test_the_list_is_filtered_by_state(buyer: Api, bea: Persona, milo: Persona) -> None:
    draft_rfq(bea, "one")
    rfq = open_rfq(bea, [milo], "two")
    found = buyer.get("/rfqs/", state="open").json()["results"]
    assert [row["id"] for row in found] == [rfq.public_id]
    assert (
        assert_problem(buyer.get("/rfqs/", state="lost"), 422)["errors"][0]["pointer"] == "/state"
    )
