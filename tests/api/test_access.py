"""The door: tokens, scopes, and errors that are always problem details."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions.tokens import revoke_api_token
from accounts.models import Membership
from tests.api.scene import Api, draft_rfq, make_part
from tests.personas import Persona, make_person

KEYS = {"type", "title", "status", "code", "detail", "request_id"}
READS = (
    "/me/",
    "/organization/",
    "/manufacturers/",
    "/processes/",
    "/materials/",
    "/finishes/",
    "/inspection-levels/",
    "/certifications/",
    "/manufacturer/certificates/",
    "/parts/",
    "/rfqs/",
    "/requests/",
    "/quotes/",
    "/orders/",
    "/notifications/",
)


def assert_problem(response, status: int, code: str = "") -> dict:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body.keys() >= KEYS
    assert body["status"] == status
    assert body["request_id"] == response["X-Request-ID"]
    assert not code or body["code"] == code
    return body


@pytest.mark.parametrize("path", READS)
def test_reading_works_with_a_token_and_not_without(path: str, buyer: Api) -> None:
    assert buyer.get(path).status_code == 200
    refused = Api(None).get(path)
    assert_problem(refused, 401)
    assert refused["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("path", READS)
def test_a_token_without_view_reads_nothing(path: str, bea: Persona) -> None:
    assert_problem(Api(bea, ["edit_parts"]).get(path), 403, "not_allowed")


def test_a_token_with_view_alone_writes_nothing(bea: Persona) -> None:
    part = make_part(bea)
    narrow = Api(bea, ["view"])
    assert_problem(narrow.patch(f"/parts/{part.public_id}/", {"name": "New"}), 403, "not_allowed")
    assert_problem(narrow.post("/rfqs/", {"part_ids": [part.public_id]}), 403, "not_allowed")
    part.refresh_from_db()
    assert part.name == "Bracket"


def test_unknown_revoked_and_expired_tokens_are_refused(bea: Persona, buyer: Api) -> None:
    unknown = Api(None)
    unknown.headers = {"Authorization": "Bearer mkt_nothing"}
    assert_problem(unknown.get("/me/"), 401)
    expired = Api(bea)
    expired.token.expires_at = timezone.now() - timedelta(seconds=1)
    expired.token.save()
    assert_problem(expired.get("/me/"), 401)
    revoke_api_token(actor=bea.actor, public_id=buyer.token.public_id)
    assert_problem(buyer.get("/me/"), 401)


def test_the_token_of_a_removed_member_is_refused(bea: Persona, buyer: Api) -> None:
    assert buyer.get("/me/").status_code == 200
    Membership.objects.filter(user=bea.user).delete()
    assert_problem(buyer.get("/me/"), 401)


def test_the_token_of_a_demoted_member_loses_what_the_role_lost(bea: Persona, buyer: Api) -> None:
    part = make_part(bea)
    Membership.objects.filter(user=bea.user).update(role="viewer")
    assert buyer.get(f"/parts/{part.public_id}/").status_code == 200
    assert_problem(buyer.patch(f"/parts/{part.public_id}/", {"name": "New"}), 403)


def test_a_signed_in_person_reads_by_session_and_needs_an_organization(bea: Persona) -> None:
    assert bea.client.get("/api/v1/me/").json()["user"]["email"] == "bea@example.com"
    lonely = Persona(make_person("Lone"))
    assert_problem(lonely.client.get("/api/v1/me/"), 403)


def test_me_says_who_calls_and_what_the_token_may(bea: Persona) -> None:
    body = Api(bea, ["view", "edit_parts"]).get("/me/").json()
    assert body["user"]["id"] == bea.user.public_id
    assert body["organization"]["name"] == "Bea Robotics"
    assert body["role"] == "owner"
    assert body["permissions"] == ["edit_parts", "view"]


def test_the_organization_is_changed_in_part(bea: Persona, buyer: Api) -> None:
    changed = buyer.patch("/organization/", {"city": "Bonn"})
    assert changed.status_code == 200
    assert (changed.json()["city"], changed.json()["name"]) == ("Bonn", "Bea Robotics")
    refused = buyer.patch("/organization/", {"country": "Germany"})
    assert assert_problem(refused, 422)["errors"][0]["pointer"] == "/country"
    assert_problem(buyer.patch("/organization/", {"is_buyer": False}), 422)
    assert_problem(Api(bea, ["view"]).patch("/organization/", {"city": "Ulm"}), 403)
    assert bea.organization.city == "Bonn"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_an_unknown_path_is_a_problem_for_every_method(method: str, buyer: Api) -> None:
    assert_problem(buyer.call(method, "/nowhere/"), 404, "not_found")
    assert "slash" in assert_problem(buyer.call(method, "/parts"), 404)["detail"]


def test_wrong_method_media_type_and_json_are_problems(buyer: Api) -> None:
    assert_problem(buyer.call("DELETE", "/parts/"), 405)
    plain = buyer.client.post(
        "/api/v1/rfqs/", "x=1", content_type="text/plain", headers=buyer.headers
    )
    assert_problem(plain, 415)
    for body in ("{", "[1,", '{"title": NaN}', "[" * 100_000, "\xff"):
        broken = buyer.client.post(
            "/api/v1/rfqs/",
            body.encode("latin-1"),
            content_type="application/json",
            headers=buyer.headers,
        )
        assert_problem(broken, 400)
    html = buyer.client.get(
        "/api/v1/parts/", headers={**buyer.headers, "Accept": "text/html,*/*;q=0.1"}
    )
    assert html["Content-Type"] == "application/json"
    assert_problem(
        buyer.client.get("/api/v1/parts/", headers={**buyer.headers, "Accept": "text/html"}), 406
    )


def test_an_enormous_body_is_refused_unread(buyer: Api) -> None:
    body = {"title": "x" * (6 * 1024 * 1024), "part_ids": []}
    assert_problem(buyer.post("/rfqs/", body), 413, "too_large")
    fields = {f"field{number}": "1" for number in range(10_001)}
    assert_problem(buyer.upload("/parts/", **fields), 400, "malformed")


def test_a_foreign_id_and_a_missing_one_answer_alike(
    bea: Persona, stranger: Api, buyer: Api
) -> None:
    rfq = draft_rfq(bea)
    part = rfq.lines.get().part_revision.part
    for kind, known in (("parts", part.public_id), ("rfqs", rfq.public_id)):
        foreign = assert_problem(stranger.get(f"/{kind}/{known}/"), 404)
        missing = assert_problem(stranger.get(f"/{kind}/{known[:-1]}~/"), 404)
        foreign.pop("request_id")
        missing.pop("request_id")
        assert foreign == missing
    assert stranger.get("/parts/").json()["results"] == []
    assert stranger.get("/rfqs/").json()["results"] == []
    assert len(buyer.get("/parts/").json()["results"]) == 1


@pytest.mark.parametrize("name", ["%00", "a%00b", "%F0%9F%98%80", "x" * 3000, "..", "' OR 1=1"])
def test_hostile_ids_are_not_found(name: str, buyer: Api) -> None:
    for kind in ("parts", "rfqs", "requests", "quotes", "orders", "manufacturers"):
        assert buyer.get(f"/{kind}/{name}/").status_code == 404
