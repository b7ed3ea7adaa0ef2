"""Many in one call: each item is done or has its problem."""

import pytest

from marketplace.core.models import Event
from marketplace.parts.models import Part
from quotes.models import RFQLine
from tests.api.scene import Api, draft_rfq, facts_since, last_event, make_part, open_rfq
from tests.api.test_access import assert_problem
from tests.api.test_bad_input import pointers
from tests.personas import Persona


def test_lines_are_added_each_with_its_result(bea: Persona, stefan: Persona, buyer: Api) -> None:
    rfq, foreign = draft_rfq(bea, "first"), make_part(stefan, "foreign")
    good, other = make_part(bea, "good"), make_part(bea, "other")
    present = rfq.lines.get().part_revision.part
    seen = last_event()
    items = [
        {"part_id": good.public_id, "process": "cnc_milling", "quantities": [5, 1], "notes": "A"},
        {"part_id": foreign.public_id},
        {"part_id": present.public_id},
        {"part_id": other.public_id, "process": "no_such", "tolerence": "fine"},
        {"part_id": good.public_id},
        {"part_id": other.public_id, "documents": []},
    ]
    answer = buyer.post(f"/rfqs/{rfq.public_id}/lines/bulk/", {"items": items})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["done"], told["refused"]) == (2, 4)
    assert [one["index"] for one in told["results"]] == list(range(6))
    assert [one["id"] is None for one in told["results"]] == [
        one["problem"] is not None for one in told["results"]
    ]
    refused = [one["problem"] and pointers(one["problem"]) for one in told["results"]]
    assert refused == [
        None,
        ["/items/1/part_id"],
        ["/items/2/part_id"],
        ["/items/3/process", "/items/3/tolerence"],
        ["/items/4/part_id"],
        None,
    ]
    line = RFQLine.objects.get(public_id=told["results"][0]["id"])
    assert (line.process.code, line.quantities, line.notes) == ("cnc_milling", [1, 5], "A")
    assert [row.part_revision.part for row in rfq.lines.order_by("position")] == [
        present,
        good,
        other,
    ]
    assert facts_since(seen) == ["rfq_changed"]


def test_a_request_takes_no_more_lines_than_it_takes(
    bea: Persona, buyer: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quotes.rules.MAX_LINES", 2)
    rfq = draft_rfq(bea, "one")
    items = [{"part_id": make_part(bea, number).public_id} for number in ("two", "three")]
    told = buyer.post(f"/rfqs/{rfq.public_id}/lines/bulk/", {"items": items}).json()
    assert (told["done"], told["refused"]) == (1, 1)
    assert "at most 2 lines" in told["results"][1]["problem"]["detail"]


def test_parts_are_described_each_for_itself(bea: Persona, stefan: Persona, buyer: Api) -> None:
    one, two, foreign = make_part(bea, "one"), make_part(bea, "two"), make_part(stefan, "x")
    items = [
        {"id": one.public_id, "external_id": "4711", "metadata": {"k": "v"}, "tags": ["a"]},
        {"id": two.public_id, "number": "one"},
        {"id": foreign.public_id, "notes": "mine"},
        {"id": two.public_id, "notes": "Deburr."},
    ]
    told = buyer.post("/parts/bulk/details/", {"items": items}).json()
    assert [row["id"] for row in told["results"]] == [one.public_id, None, None, two.public_id]
    assert pointers(told["results"][1]["problem"]) == ["/items/1/number"]
    assert told["results"][2]["problem"]["status"] == 404
    one.refresh_from_db()
    assert (one.external_id, one.metadata, one.number) == ("4711", {"k": "v"}, "one")
    assert Part.objects.get(pk=foreign.pk).notes == ""
    assert Part.objects.get(pk=two.pk).notes == "Deburr."


@pytest.mark.parametrize("items", [[], None, "x", {}, [1], [{"part_id": "p"}] * 501, [[]]])
def test_a_body_that_is_no_list_of_items_is_refused(
    items: object, bea: Persona, buyer: Api
) -> None:
    path = f"/rfqs/{draft_rfq(bea).public_id}/lines/bulk/"
    refused = assert_problem(buyer.post(path, {"items": items}), 422, "invalid")
    assert all(one.startswith("/items") for one in pointers(refused))


def test_it_is_repeated_and_tried_like_any_call(bea: Persona, buyer: Api) -> None:
    rfq = draft_rfq(bea, "one")
    path = f"/rfqs/{rfq.public_id}/lines/bulk/"
    body = {"items": [{"part_id": make_part(bea, "two").public_id}, {"part_id": "prt_none"}]}
    seen = Event.objects.count()
    tried = buyer.post(f"{path}?dry_run=true", body)
    assert (tried.json()["done"], rfq.lines.count()) == (1, 1)
    assert Event.objects.count() == seen
    first = buyer.post(path, body, Idempotency_Key="k")
    again = buyer.post(path, body, Idempotency_Key="k")
    assert first.content == again.content
    assert (again["Idempotency-Replayed"], rfq.lines.count()) == ("true", 2)


def test_only_an_own_draft_takes_lines(
    bea: Persona, milo: Persona, stefan: Persona, buyer: Api
) -> None:
    body = {"items": [{"part_id": make_part(bea, "two").public_id}]}
    sent, foreign = open_rfq(bea, [milo]), draft_rfq(stefan, "other")
    assert_problem(buyer.post(f"/rfqs/{sent.public_id}/lines/bulk/", body), 409)
    assert_problem(buyer.post(f"/rfqs/{foreign.public_id}/lines/bulk/", body), 404)
