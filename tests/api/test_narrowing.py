"""`?fields=`: an answer with only what was asked for."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.api.scene import Api, draft_rfq, make_part
from tests.api.test_access import assert_problem
from tests.personas import Persona


def test_names_and_names_inside(bea: Persona, buyer: Api) -> None:
    path = f"/rfqs/{draft_rfq(bea, 'one', 'two').public_id}/"
    # Links to files are signed with the second they are written in.
    with time_machine.travel(timezone.now(), tick=False):
        whole = buyer.get(path).json()
        narrow = buyer.get(path, fields="id, lines.id,lines.quantities,invitations").json()
        assert narrow == {
            "id": whole["id"],
            "lines": [{n: line[n] for n in ("id", "quantities")} for line in whole["lines"]],
            "invitations": whole["invitations"],
        }
        # A whole thing and a part of it is the whole thing.
        assert buyer.get(path, fields="lines.id,lines").json() == {"lines": whole["lines"]}


def test_rows_of_a_page_keep_its_links(bea: Persona, buyer: Api) -> None:
    for number in ("one", "two", "three"):
        make_part(bea, number)
    page = buyer.get("/parts/", fields="number", page_size="2").json()
    assert page["results"] == [{"number": "three"}, {"number": "two"}]
    assert "fields=number" in page["next"]
    following = buyer.get("/" + page["next"].split("/api/v1/", 1)[1]).json()
    assert following["results"] == [{"number": "one"}]


@pytest.mark.parametrize(
    "fields", ["", ",", "id,", "nothing", "id,nothing", "lines.nothing", "id.x", "lines.id.x", "."]
)
def test_unknown_names_are_refused_with_a_pointer(fields: str, bea: Persona, buyer: Api) -> None:
    refused = buyer.get(f"/rfqs/{draft_rfq(bea).public_id}/", fields=fields)
    body = assert_problem(refused, 400, "bad_call")
    assert body["errors"][0]["pointer"] == "/fields"


def test_an_endless_list_of_names_is_refused(bea: Persona, buyer: Api) -> None:
    assert_problem(buyer.get("/parts/", fields="id," * 1000 + "id"), 400, "bad_call")


def test_a_narrowed_answer_has_no_tag_and_a_change_is_compared_with_the_whole(
    bea: Persona, buyer: Api
) -> None:
    path = f"/parts/{make_part(bea).public_id}/"
    tag = buyer.get(path)["ETag"]
    assert "ETag" not in buyer.get(path, fields="id")
    change = {"body": {"name": "New"}, "headers": {"If-Match": tag}}
    refused = buyer.call("PATCH", f"{path}?fields=id", **change)
    assert_problem(refused, 400, "bad_call")
    changed = buyer.call("PATCH", path, **change)
    assert changed.status_code == 200
    assert changed.json()["name"] == "New"


def test_fewer_fields_cost_no_more_queries_and_as_many_for_every_number_of_rows(
    bea: Persona, buyer: Api
) -> None:
    def queries(path: str, **params: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert buyer.get(path, **params).status_code == 200
        return len(caught)

    make_part(bea, "one")
    buyer.get("/parts/")  # notes that the token was used
    first = queries("/parts/", fields="id,tags")
    assert first <= queries("/parts/")
    for number in ("two", "three", "four"):
        make_part(bea, number)
    assert queries("/parts/", fields="id,tags") == first
