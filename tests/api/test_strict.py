"""What no operation knows is told and not ignored."""

import pytest
from django.conf import settings

from marketplace.parts.models import Part
from quotes.models import RFQ
from tests.api.scene import Api, draft_rfq, make_part, open_rfq
from tests.api.test_access import assert_problem
from tests.api.test_bad_input import pointers
from tests.personas import Persona


def test_a_misspelled_member_is_refused_at_any_depth(bea: Persona, buyer: Api) -> None:
    rfq = draft_rfq(bea)
    line = rfq.lines.get().public_id
    body = {
        "titel": "Brackets",
        "lines": [{"id": line, "quantites": [1], "tolerance": "exact"}],
        "a/b~c": 1,
    }
    refused = assert_problem(buyer.patch(f"/rfqs/{rfq.public_id}/", body), 422, "invalid")
    assert set(pointers(refused)) >= {
        "/titel",
        "/lines/0/quantites",
        "/lines/0/tolerance",
        "/a~1b~0c",
    }
    assert RFQ.objects.get().title == rfq.title


def test_what_is_read_can_be_put_back_and_nothing_else(
    bea: Persona, milo: Persona, shop: Api
) -> None:
    quote = shop.post(f"/requests/{open_rfq(bea, [milo]).public_id}/quote/").json()
    path = f"/quotes/{quote['id']}/"
    assert shop.put(path, shop.get(path).json()).status_code == 200
    misspelled = {**quote, "lines": [{**quote["lines"][0], "prizes": []}], "frieght": None}
    refused = assert_problem(shop.put(path, misspelled), 422, "invalid")
    assert set(pointers(refused)) == {"/frieght", "/lines/0/prizes"}


def test_free_members_stay_free(bea: Persona, buyer: Api) -> None:
    """Metadata is an object whose members are the caller's."""
    path = f"/parts/{make_part(bea).public_id}/"
    assert buyer.patch(path, {"metadata": {"cost center": "K1"}}).status_code == 200
    assert Part.objects.get().metadata == {"cost center": "K1"}


def test_a_misspelled_filter_is_refused_with_those_there_are(buyer: Api) -> None:
    refused = assert_problem(buyer.get("/orders/", sate="closed"), 400, "bad_call")
    assert pointers(refused) == ["/sate"]
    assert "external_id, fields" in refused["detail"]
    assert buyer.get("/orders/", page_size="1", side="buyer").status_code == 200


def test_a_write_has_no_parameter_but_dry_run(buyer: Api) -> None:
    refused = buyer.post("/rfqs/?dryrun=true", {"part_ids": ["prt_x"]})
    assert pointers(assert_problem(refused, 400, "bad_call")) == ["/dryrun"]


def test_the_document_says_so(buyer: Api) -> None:
    schemas = buyer.get("/schema/", format="json").json()["components"]["schemas"]
    assert schemas["PatchedRFQPatchRequest"]["additionalProperties"] is False
    assert schemas["NewLineRequest"]["additionalProperties"] is False
    assert schemas["RFQ"].get("additionalProperties") is None
    assert settings.SPECTACULAR_SETTINGS["COMPONENT_SPLIT_REQUEST"]


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer", "detail"),
    [
        ("PATCH", "/parts/{part}/", {"notes": 5}, "/notes", "Write a text, in quotation marks."),
        ("PATCH", "/parts/{part}/", {"tags": [7]}, "/tags/0", "Write a text, in quotation marks."),
        (
            "POST",
            "/approval-rules/",
            {"over_minor": "100", "approvers_needed": 1},
            "/over_minor",
            "Write a whole number, without quotation marks.",
        ),
        ("PATCH", "/rfqs/{rfq}/", {"is_sealed": "yes"}, "/is_sealed", "Write true or false."),
        ("PATCH", "/rfqs/{rfq}/", {"lines": [{"id": 1}]}, "/lines/0/id", None),
    ],
)
def test_a_value_of_another_type_is_told(
    method: str, path: str, body: dict, pointer: str, detail: str | None, buyer: Api, bea: Persona
) -> None:
    """5 is no text and "10" no number, as the document says."""
    rfq = draft_rfq(bea)
    part = rfq.lines.get().part_revision.part.public_id
    answer = buyer.call(method, path.format(part=part, rfq=rfq.public_id), body)
    row = assert_problem(answer, 422, "invalid")["errors"][0]
    assert row["pointer"] == pointer
    assert row["detail"] == (detail or "Write a text, in quotation marks.")
