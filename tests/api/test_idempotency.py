"""A POST that is sent again is answered again and not done again."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.utils import timezone

from accounts.access_tokens import LIFETIME
from accounts.models import ApiToken, Membership
from marketplace.core.api import idempotency
from marketplace.core.models import Event, KeptAnswer
from marketplace.core.tasks import forget_kept_answers
from marketplace.integrations.models import WebhookEndpoint
from marketplace.parts.models import Part
from quotes.actions import rfq as rfq_actions
from quotes.models import RFQ
from tests.api.scene import Api, last_event, make_part
from tests.api.test_access import assert_problem
from tests.parts.actions.test_parts import cube_stl
from tests.personas import Persona, make_buyer

ON_POSTGRESQL = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite has one writer, who is waited for"
)


def start(api: Api, part: Part, key: str, title: str = "Brackets") -> Any:
    body = {"part_ids": [part.public_id], "title": title}
    return api.post("/rfqs/", body, Idempotency_Key=key)


def test_the_second_call_gets_the_first_answer_and_does_nothing(bea: Persona, buyer: Api) -> None:
    part = make_part(bea)
    first = start(buyer, part, "k-1")
    seen = last_event()
    again = start(buyer, part, "k-1")
    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"]
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert RFQ.objects.count() == 1
    assert last_event() == seen
    # Without a key, and with another one, it is another request.
    assert start(buyer, part, "k-2").json()["id"] != first.json()["id"]
    assert buyer.post("/rfqs/", {"part_ids": [part.public_id]}).status_code == 201
    assert RFQ.objects.count() == 3


def test_quotation_marks_of_the_draft_are_not_part_of_the_key(bea: Persona, buyer: Api) -> None:
    part = make_part(bea)
    assert start(buyer, part, '"k"').content == start(buyer, part, "k").content
    assert RFQ.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 101, 'a"b', "kéy", "a\\b"])
def test_a_key_has_a_length_and_an_alphabet(key: str, bea: Persona, buyer: Api) -> None:
    body = assert_problem(start(buyer, make_part(bea), key), 400, "bad_call")
    assert body["errors"][0]["pointer"] == "/Idempotency-Key"
    assert RFQ.objects.count() == 0


def test_a_key_is_used_for_one_call(bea: Persona, buyer: Api) -> None:
    part = make_part(bea)
    rfq = start(buyer, part, "k").json()["id"]
    assert_problem(start(buyer, part, "k", title="Others"), 422, "key_reused")
    other_path = buyer.post(f"/rfqs/{rfq}/close/", Idempotency_Key="k")
    assert_problem(other_path, 422, "key_reused")
    other_query = buyer.post(
        "/rfqs/?dry_run=false",
        {"part_ids": [part.public_id], "title": "Brackets"},
        Idempotency_Key="k",
    )
    assert_problem(other_query, 422, "key_reused")
    # The order of names in JSON is no difference.
    same = {"title": "Brackets", "part_ids": [part.public_id]}
    assert buyer.post("/rfqs/", same, Idempotency_Key="k")["Idempotency-Replayed"] == "true"


def test_keys_of_different_callers_have_nothing_to_do_with_each_other(
    bea: Persona, stefan: Persona, buyer: Api, stranger: Api
) -> None:
    first = start(buyer, make_part(bea), "k").json()["id"]
    assert start(stranger, make_part(stefan), "k").json()["id"] != first
    assert start(Api(bea), make_part(bea, "plate"), "k").json()["id"] != first


def test_the_next_access_token_repeats_a_call_of_the_last_one(bea: Persona, buyer: Api) -> None:
    part = make_part(bea)
    made = []
    for _ in range(2):
        short = Api(None)
        token = buyer.post("/access-tokens/", {}).json()["access_token"]
        short.headers = {"Authorization": f"Bearer {token}"}
        made.append(start(short, part, "k").json()["id"])
    assert LIFETIME < idempotency.KEPT_FOR
    assert len(set(made)) == 1
    narrow = Api(None)
    token = buyer.post("/access-tokens/", {"scopes": ["view"]}).json()["access_token"]
    narrow.headers = {"Authorization": f"Bearer {token}"}
    assert_problem(start(narrow, part, "k"), 403, "not_allowed")


def test_a_refusal_is_answered_again_too_and_changed_nothing(bea: Persona, buyer: Api) -> None:
    first = buyer.post("/rfqs/", {"part_ids": ["prt_none"]}, Idempotency_Key="k")
    assert_problem(first, 404)
    again = buyer.post("/rfqs/", {"part_ids": ["prt_none"]}, Idempotency_Key="k")
    assert again.content == first.content
    assert again["Content-Type"] == "application/problem+json"
    assert again["Idempotency-Replayed"] == "true"


def test_what_a_caller_may_is_asked_anew(bea: Persona, buyer: Api) -> None:
    part = make_part(bea)
    Membership.objects.filter(user=bea.user).update(role="viewer")
    assert_problem(start(buyer, part, "k"), 403)
    Membership.objects.filter(user=bea.user).update(role="owner")
    assert start(buyer, part, "k").status_code == 201


def test_our_own_failure_is_not_kept_and_undoes_what_was_done(
    bea: Persona, buyer: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = make_part(bea)
    buyer.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(
            "quotes.api.buyer.RFQView.show", lambda *_: (_ for _ in ()).throw(RuntimeError())
        )
        assert start(buyer, part, "k").status_code == 500
    assert RFQ.objects.count() == 0
    assert start(buyer, part, "k").status_code == 201
    assert RFQ.objects.count() == 1


def test_a_secret_is_not_kept(bea: Persona, buyer: Api) -> None:
    hook = {"url": "https://erp.example.com/hook", "facts": ["order_placed"]}
    calls = [
        ("/tokens/", {"name": "ERP 2"}),
        ("/access-tokens/", {}),
        ("/webhook-endpoints/", hook),
    ]
    for path, body in calls:
        first = buyer.post(path, body, Idempotency_Key=path)
        assert first.status_code == 201
        assert_problem(buyer.post(path, body, Idempotency_Key=path), 409, "already_done")
    endpoint = WebhookEndpoint.objects.get()
    rotate = f"/webhook-endpoints/{endpoint.public_id}/rotate-secret/"
    assert buyer.post(rotate, Idempotency_Key="r").status_code == 200
    assert_problem(buyer.post(rotate, Idempotency_Key="r"), 409, "already_done")
    assert ApiToken.objects.filter(name="ERP 2").count() == 1
    kept = KeptAnswer.objects.all()
    assert len(kept) == 4
    assert {row.body for row in kept} == {""}


def test_bodies_are_sealed_in_the_database(bea: Persona, buyer: Api) -> None:
    start(buyer, make_part(bea), "k")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM core_keptanswer")
        assert cursor.fetchone()[0].startswith("enc1:")


def test_a_file_sent_again_is_the_same_call_whatever_its_boundary(bea: Persona) -> None:
    api = Api(bea)
    api.headers["Idempotency-Key"] = "f"

    def send(content: bytes) -> Any:
        return api.upload("/parts/", file=SimpleUploadedFile("cube.stl", content))

    first = send(cube_stl())
    assert first.status_code == 201
    assert send(cube_stl()).content == first.content
    assert Part.objects.count() == 1
    assert_problem(send(cube_stl() + b" "), 422, "key_reused")


def test_a_body_that_cannot_be_read_uses_no_key(bea: Persona, buyer: Api) -> None:
    broken = buyer.client.post(
        "/api/v1/rfqs/",
        b"{",
        content_type="application/json",
        headers={**buyer.headers, "Idempotency-Key": "k"},
    )
    assert_problem(broken, 400)
    assert start(buyer, make_part(bea), "k").status_code == 201


def test_after_24_hours_a_key_is_new_and_its_row_goes(bea: Persona, buyer: Api) -> None:
    part = make_part(bea)
    old = timezone.now() - timedelta(hours=24, seconds=1)
    start(buyer, part, "k")
    KeptAnswer.objects.update(created_at=old)
    assert "Idempotency-Replayed" not in start(buyer, part, "k", title="Others")
    assert RFQ.objects.count() == 2
    forget_kept_answers()
    assert KeptAnswer.objects.count() == 1
    KeptAnswer.objects.update(created_at=old)
    forget_kept_answers()
    assert KeptAnswer.objects.count() == 0


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_works_and_the_other_is_told_to_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bea = make_buyer("Bea", "Bea Robotics")
    api, part = Api(bea), make_part(bea)
    working, told = threading.Event(), threading.Event()
    create = rfq_actions.create_rfq

    def slow(**given: Any) -> RFQ:
        working.set()
        assert told.wait(20)
        return create(**given)

    monkeypatch.setattr(rfq_actions, "create_rfq", slow)
    answers = []

    def first() -> None:
        try:
            answers.append(start(api, part, "k"))
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert working.wait(20)
    try:
        refused = start(api, part, "k")
    finally:
        told.set()
        thread.join()
    assert_problem(refused, 409, "in_flight")
    assert refused["Retry-After"] == "1"
    assert answers[0].status_code == 201
    assert start(api, part, "k").content == answers[0].content
    assert RFQ.objects.count() == 1
    assert Event.objects.filter(type="rfq_created").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_process_that_dies_before_the_commit_did_nothing_and_blocks_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bea = make_buyer("Bea", "Bea Robotics")
    api, part = Api(bea), make_part(bea)

    def die(*args: object) -> None:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(idempotency, "_keep", die)
        with pytest.raises(SystemExit):
            start(api, part, "k")
    assert RFQ.objects.count() == 0
    assert start(api, part, "k").status_code == 201
    assert start(api, part, "k")["Idempotency-Replayed"] == "true"
    assert RFQ.objects.count() == 1
