"""Lists: pages by cursor in a stable order, and the same number of queries for any length."""

import base64

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.notifications.models import Notification
from tests.api.scene import Api, draft_rfq, make_part, new_order, open_rfq, sent_quote
from tests.api.test_access import assert_problem
from tests.personas import Persona, make_shop

# List -> queries: the token, the membership, the note of its use, the rows and what they prefetch.
COUNTS = {
    "/parts/": 5,
    "/rfqs/": 4,
    "/requests/": 4,
    "/quotes/": 4,
    "/orders/": 4,
    "/notifications/": 4,
    "/manufacturers/": 5,
    "/processes/": 6,
    "/materials/": 4,
}


def fill(number: int, bea: Persona, milo: Persona) -> None:
    """One row more in every list."""
    new_order(bea, milo, f"part-{number}")
    for person in (bea, milo):
        Notification.objects.create(
            user=person.user,
            organization=person.organization,
            event_id=f"evt_{number}",
            kind="told",
            title="Told",
            body="Something happened.",
            link="/orders/",
        )


@pytest.mark.parametrize("path", COUNTS)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_for_one_row_and_three(
    path: str, rows: int, bea: Persona, milo: Persona, django_assert_num_queries
) -> None:
    for number in range(rows):
        fill(number, bea, milo)
        make_shop(f"Shop{number}", f"Shop {number}")
    api = Api(milo if path in ("/requests/", "/quotes/") else bea)
    with django_assert_num_queries(COUNTS[path]):
        answer = api.get(path)
    assert len(answer.json()["results"]) >= rows


@pytest.mark.parametrize("rows", [1, 3])
def test_received_quotes_and_comparison_cost_the_same_for_any_number(
    rows: int, buyer: Api, bea: Persona, django_assert_num_queries
) -> None:
    shops = [make_shop(f"Shop{number}", f"Shop {number}") for number in range(rows)]
    rfq = open_rfq(bea, shops, *[f"part-{number}" for number in range(rows)])
    for shop in shops:
        sent_quote(shop, rfq)
    buyer.get("/me/")  # the first call of a minute notes when the token was used
    for page, queries in (("quotes/", 13), ("comparison/", 14)):
        with django_assert_num_queries(queries):
            assert buyer.get(f"/rfqs/{rfq.public_id}/{page}").status_code == 200


def test_details_cost_the_same_for_any_number_of_lines(
    buyer: Api, shop: Api, bea: Persona, milo: Persona
) -> None:
    assert costs(1, buyer, shop, bea, milo) == costs(3, buyer, shop, bea, milo)


def costs(lines: int, buyer: Api, shop: Api, bea: Persona, milo: Persona) -> list[int]:
    """Queries of each detail of a story with so many lines."""
    for api in (buyer, shop):
        api.get("/me/")  # the first call of a minute notes when the token was used
    rfq = open_rfq(bea, [milo], *[f"of-{lines}-{number}" for number in range(lines)])
    quote = sent_quote(milo, rfq)
    shop.get(f"/requests/{rfq.public_id}/")
    path = f"/rfqs/{rfq.public_id}/quotes/{quote.public_id}"
    pages = [
        (buyer, f"/rfqs/{rfq.public_id}/"),
        (buyer, f"/rfqs/{rfq.public_id}/matches/"),
        (buyer, f"{path}/"),
        (shop, f"/requests/{rfq.public_id}/"),
        (shop, f"/quotes/{quote.public_id}/"),
    ]
    found = [counted(api, page) for api, page in pages]
    chosen = {line.public_id: 10 for line in rfq.lines.all()}
    order = buyer.post(f"{path}/accept/", {"quantities": chosen, "seen": quote.seen})
    page = f"/orders/{order.json()['id']}/"
    return [*found, counted(buyer, page), counted(shop, page)]


def counted(api: Api, page: str) -> int:
    """The number of queries of one successful answer."""
    with CaptureQueriesContext(connection) as captured:
        assert api.get(page).status_code == 200
    return len(captured)


def test_pages_follow_their_links_without_loss_or_repetition(buyer: Api, bea: Persona) -> None:
    parts = [make_part(bea, f"part-{number}").public_id for number in range(7)]
    seen, url = [], "/api/v1/parts/?page_size=3"
    while url:
        body = buyer.client.get(url, headers=buyer.headers).json()
        seen += [row["id"] for row in body["results"]]
        # A row that arrives meanwhile moves nothing.
        make_part(bea, f"late-{len(seen)}")
        url = body["next"]
    assert seen == parts[::-1]
    assert body["previous"]


def test_filters_stay_in_the_links(buyer: Api, bea: Persona) -> None:
    for number in range(3):
        make_part(bea, f"gear-{number}")
        make_part(bea, f"shaft-{number}")
    body = buyer.get("/parts/", text="gear", page_size=2).json()
    rest = buyer.client.get(body["next"], headers=buyer.headers).json()
    assert [row["number"] for row in body["results"] + rest["results"]] == [
        "gear-2",
        "gear-1",
        "gear-0",
    ]


def test_a_page_is_never_larger_than_a_hundred(buyer: Api, bea: Persona) -> None:
    for number in range(30):
        make_part(bea, f"part-{number}")
    assert len(buyer.get("/parts/").json()["results"]) == 25
    assert len(buyer.get("/parts/", page_size=100).json()["results"]) == 30
    for wrong in (101, 10**9, 0, -1, "1.5", "0000000001", "٣", "many", ""):
        refused = assert_problem(buyer.get("/parts/", page_size=wrong), 422, "invalid")
        assert refused["errors"] == [
            {"pointer": "/page_size", "detail": "A page has 1 to 100 rows."}
        ], wrong


@pytest.mark.parametrize(
    "cursor",
    ["", "junk", "%%%", "ü", "p=1"]
    + [
        base64.b64encode(text.encode()).decode()
        for text in ("p=abc", "p=-1", "p=1e9", "p=" + "9" * 30, "p=2026", "r=x&p=1", "o=-5&p=1")
    ],
)
def test_a_forged_cursor_is_no_crash(cursor: str, buyer: Api, bea: Persona) -> None:
    draft_rfq(bea)
    answer = buyer.get("/rfqs/", cursor=cursor)
    if answer.status_code != 200:
        problem = assert_problem(answer, 422)
        assert problem["errors"][0]["pointer"] == "/cursor"


def test_a_cursor_shows_no_foreign_rows(buyer: Api, stranger: Api, bea: Persona) -> None:
    for number in range(3):
        make_part(bea, f"part-{number}")
    url = buyer.get("/parts/", page_size=1).json()["next"]
    assert stranger.client.get(url, headers=stranger.headers).json()["results"] == []


def test_times_are_utc_and_ids_carry_their_prefix(buyer: Api, bea: Persona, milo: Persona) -> None:
    fill(0, bea, milo)
    prefixes = {"/parts/": "prt_", "/rfqs/": "rfq_", "/orders/": "ord_", "/notifications/": "ntf_"}
    for path, prefix in prefixes.items():
        row = buyer.get(path).json()["results"][0]
        assert row["id"].startswith(prefix)
        assert row["created_at"].endswith("Z")


def test_the_inbox_is_the_organizations_own(buyer: Api, bea: Persona, stefan: Persona) -> None:
    fields = {"user": bea.user, "kind": "told", "title": "T", "body": "B", "link": "/home/"}
    own = Notification.objects.create(
        organization=bea.organization, event_id="evt_1", read_at=timezone.now(), **fields
    )
    Notification.objects.create(organization=stefan.organization, event_id="evt_2", **fields)
    rows = buyer.get("/notifications/").json()["results"]
    assert [row["id"] for row in rows] == [own.public_id]
    assert rows[0]["url"].endswith("/home/")


def test_the_directory_lists_the_verified_and_filters(
    buyer: Api, milo: Persona, rita: Persona
) -> None:
    make_shop("Nils", "Nils New Shop", verified=False)
    names = [row["name"] for row in buyer.get("/manufacturers/").json()["results"]]
    assert names == ["Rita Rapid Parts", "Milo Machining"]
    found = buyer.get("/manufacturers/", text="milo", process="cnc_milling", country="de")
    row = found.json()["results"][0]
    assert row["processes"] == ["cnc_milling", "cnc_turning"]
    assert buyer.get("/manufacturers/", process="alchemy").json()["results"] == []
    one = buyer.get(f"/manufacturers/{row['id']}/").json()
    assert (one["id"], sorted(one["materials"])) == (row["id"], ["al_6061", "ss_304"])


def test_the_taxonomy_is_listed_in_its_order(buyer: Api) -> None:
    processes = buyer.get("/processes/").json()["results"]
    assert {"code", "name", "materials", "finishes"} <= processes[0].keys()
    assert "cnc_milling" in [row["code"] for row in processes]
    for path in ("/materials/", "/finishes/", "/inspection-levels/"):
        body = buyer.get(path).json()
        assert body["results"]
        assert body["next"] is None
