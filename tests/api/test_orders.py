"""Orders by API: the road of both sides, step by step."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from marketplace.files.models import StoredFile
from orders.models import Order, ProductionReport, Review
from tests.api.scene import Api, facts_since, last_event, new_order, order_in
from tests.api.test_access import assert_problem
from tests.orders.scene import SCORES
from tests.personas import Persona

SHIP = {"carrier": "dhl", "tracking_number": "JD0146 00"}
# path, whose, from, to, body, facts
STEPS = [
    ("confirm", "shop", "placed", "confirmed", None, ["order_confirmed"]),
    ("start-production", "shop", "confirmed", "in_production", None, ["production_started"]),
    ("finish-production", "shop", "in_production", "quality_check", None, ["production_finished"]),
    (
        "pass-quality-check",
        "shop",
        "quality_check",
        "ready_to_ship",
        None,
        ["quality_check_passed"],
    ),
    (
        "fail-quality-check",
        "shop",
        "quality_check",
        "in_production",
        None,
        ["quality_check_failed"],
    ),
    (
        "ship",
        "shop",
        "ready_to_ship",
        "shipped",
        SHIP,
        ["document_issued", "document_issued", "order_shipped"],
    ),
    (
        "confirm-delivery",
        "buyer",
        "shipped",
        "delivered",
        None,
        ["shipment_delivered", "delivery_confirmed"],
    ),
    ("accept", "buyer", "delivered", "accepted", None, ["order_accepted", "money_released"]),
    (
        "cancel",
        "shop",
        "placed",
        "cancelled",
        {"reason": "No stock"},
        ["order_cancelled", "money_returned"],
    ),
    ("cancel", "buyer", "awaiting_payment", "cancelled", {"reason": "Typo"}, ["order_cancelled"]),
]


@pytest.mark.parametrize(("path", "who", "before", "after", "body", "facts"), STEPS)
def test_a_step_is_taken_by_its_side_once(
    path: str,
    who: str,
    before: str,
    after: str,
    body: dict | None,
    facts: list[str],
    request: pytest.FixtureRequest,
    bea: Persona,
    milo: Persona,
) -> None:
    order = order_in(before, bea, milo)
    url = f"/orders/{order.public_id}/{path}/"
    mine: Api = request.getfixturevalue(who)
    theirs: Api = request.getfixturevalue("buyer" if who == "shop" else "shop")
    outsiders = [request.getfixturevalue(name) for name in ("stranger", "rival")]
    narrow = Api(milo if who == "shop" else bea, ["view"])
    last = last_event()
    for outsider in outsiders:
        assert_problem(outsider.post(url, body), 404)
    if path != "cancel":  # both sides may, before the order is confirmed
        assert_problem(theirs.post(url, body), 403, "not_allowed")
    assert_problem(narrow.post(url, body), 403, "not_allowed")
    assert facts_since(last) == []
    order.refresh_from_db()
    assert order.state == before
    answer = mine.post(url, body)
    assert (answer.status_code, answer.json()["state"]) == (200, after)
    assert facts_since(last) == facts
    assert_problem(mine.post(url, body), 409, "wrong_state")
    assert facts_since(last) == facts


def test_the_moves_offered_are_the_moves_taken(
    buyer: Api, shop: Api, bea: Persona, milo: Persona
) -> None:
    order = order_in("placed", bea, milo)
    path = f"/orders/{order.public_id}/"
    assert shop.get(path).json()["available_moves"] == ["confirm_order", "cancel_order"]
    assert buyer.get(path).json()["available_moves"] == ["cancel_order"]
    assert Api(milo, ["view"]).get(path).json()["available_moves"] == []


def test_both_sides_read_one_contract(buyer: Api, shop: Api, bea: Persona, milo: Persona) -> None:
    order = order_in("shipped", bea, milo)
    mine, theirs = (api.get(f"/orders/{order.public_id}/").json() for api in (buyer, shop))
    assert (mine["side"], theirs["side"]) == ("buyer", "manufacturer")
    for key in ("id", "total", "lines", "shipments", "milestones", "timeline", "buyer"):
        if key != "lines":
            assert mine[key] == theirs[key]
    line = theirs["lines"][0]
    assert (line["quantity"], line["unit_price"]) == (10, "6.2500")
    assert line["total"]["decimal"] == "62.50"
    assert shop.opens(line["files"][0]["url"])
    assert not buyer.opens(line["files"][0]["url"])
    assert mine["shipments"][0]["tracking_url"].startswith("https://www.dhl.com/")
    assert [row["type"] for row in mine["timeline"]][:2] == ["order_placed", "order_funded"]


def test_the_list_is_filtered_by_side_and_state(
    buyer: Api, shop: Api, stranger: Api, bea: Persona, milo: Persona
) -> None:
    first, second = new_order(bea, milo, "a"), order_in("placed", bea, milo, "b")

    def ids(api: Api, **asked: str) -> list[str]:
        return [row["id"] for row in api.get("/orders/", **asked).json()["results"]]

    assert ids(buyer) == ids(shop) == [second.public_id, first.public_id]
    assert ids(buyer, side="buyer", state="placed") == [second.public_id]
    assert ids(buyer, side="manufacturer") == ids(stranger) == []
    assert ids(shop, side="manufacturer") == ids(shop)
    for wrong in ({"side": "staff"}, {"side": "owner"}, {"state": "gone"}):
        assert_problem(buyer.get("/orders/", **wrong), 422)


def picture() -> bytes:
    """A small JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "JPEG")
    return buffer.getvalue()


def test_production_is_reported_with_a_photo(
    buyer: Api, shop: Api, stranger: Api, bea: Persona, milo: Persona
) -> None:
    order = order_in("in_production", bea, milo)
    path = f"/orders/{order.public_id}/reports/"
    files = StoredFile.objects.count()
    for other, status in ((stranger, 404), (buyer, 403)):
        photo = SimpleUploadedFile("a.jpg", picture())
        assert_problem(other.upload(path, note="Mine", photo=photo), status)
    assert StoredFile.objects.count() == files
    last = last_event()
    photo = SimpleUploadedFile("a.jpg", picture())
    made = shop.upload(path, note="Half of them", photo=photo)
    assert made.status_code == 201
    assert (made.json()["note"], made.json()["author"]) == ("Half of them", "Milo")
    assert shop.upload(path, note="All of them").json()["photo_url"] == ""
    assert facts_since(last) == ["production_reported"] * 2
    seen = buyer.get(f"/orders/{order.public_id}/").json()["reports"]
    assert buyer.opens(seen[1]["photo_url"])


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"note": ""},
        {"note": "x" * 2001},
        {"note": "a\x00"},
        {"note": "Look", "photo": SimpleUploadedFile("a.jpg", b"not a picture")},
        {"note": "Look", "photo": SimpleUploadedFile("a.exe", b"MZ")},
        {"note": "Look", "photo": SimpleUploadedFile("a.jpg", b"")},
    ],
)
def test_bad_reports_are_refused(fields: dict, shop: Api, bea: Persona, milo: Persona) -> None:
    order = order_in("in_production", bea, milo)
    assert_problem(shop.upload(f"/orders/{order.public_id}/reports/", **fields), 422)
    assert not ProductionReport.objects.exists()


def test_reports_end_when_the_parts_ship(shop: Api, bea: Persona, milo: Persona) -> None:
    order = order_in("shipped", bea, milo)
    assert_problem(shop.upload(f"/orders/{order.public_id}/reports/", note="Late"), 409)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"carrier": "pigeon"}, "/carrier"),
        ({"carrier": None}, "/carrier"),
        ({"tracking_number": ""}, "/tracking_number"),
        ({"tracking_number": "x" * 61}, "/tracking_number"),
        ({"tracking_number": "1\x002"}, "/tracking_number"),
        ({"note": "x" * 401}, "/note"),
        ({"note": {"a": 1}}, "/note"),
    ],
)
def test_bad_shipments_point_at_themselves(
    change: dict, pointer: str, shop: Api, bea: Persona, milo: Persona
) -> None:
    order = order_in("ready_to_ship", bea, milo)
    answer = shop.post(f"/orders/{order.public_id}/ship/", {**SHIP, **change})
    assert assert_problem(answer, 422)["errors"][0]["pointer"] == pointer
    assert Order.objects.get().state == "ready_to_ship"


def test_reviews_appear_when_both_have_written(
    buyer: Api, shop: Api, stranger: Api, bea: Persona, milo: Persona
) -> None:
    order = order_in("accepted", bea, milo)
    path = f"/orders/{order.public_id}/review/"
    assert_problem(stranger.post(path, SCORES["buyer"]), 404)
    last = last_event()
    mine = buyer.post(path, {**SCORES["buyer"], "text": "Fine parts"})
    assert (mine.status_code, mine.json()["published_at"]) == (201, None)
    assert_problem(buyer.post(path, SCORES["buyer"]), 409)
    assert "Fine parts" not in shop.get(f"/orders/{order.public_id}/").content.decode()
    assert shop.post(path, SCORES["manufacturer"]).json()["published_at"]
    assert facts_since(last) == ["order_reviewed", "order_reviewed", "reviews_published"]
    for api in (buyer, shop):
        seen = api.get(f"/orders/{order.public_id}/").json()
        assert (len(seen["reviews"]), seen["can_review"]) == (2, False)


@pytest.mark.parametrize("rating", [0, 6, -1, 10**12, 2.5, "abc", None, True, "1e400"])
def test_bad_ratings_are_refused(rating: object, buyer: Api, bea: Persona, milo: Persona) -> None:
    order = order_in("accepted", bea, milo)
    answer = buyer.post(
        f"/orders/{order.public_id}/review/", {**SCORES["buyer"], "quality": rating}
    )
    assert assert_problem(answer, 422)["errors"][0]["pointer"] == "/quality"
    assert not Review.objects.exists()


def test_reviews_wait_for_the_goods(buyer: Api, bea: Persona, milo: Persona) -> None:
    order = order_in("delivered", bea, milo)
    assert_problem(buyer.post(f"/orders/{order.public_id}/review/", SCORES["buyer"]), 409)


def test_cancelling_needs_a_reason(buyer: Api, bea: Persona, milo: Persona) -> None:
    order = new_order(bea, milo)
    for body in ({}, {"reason": " "}, {"reason": "x" * 401}):
        answer = buyer.post(f"/orders/{order.public_id}/cancel/", body)
        assert assert_problem(answer, 422)["errors"][0]["pointer"] == "/reason"
