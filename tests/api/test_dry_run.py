"""`dry_run=true`: the answer of a write, and nothing changed."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.core.models import Delivery, KeptAnswer
from marketplace.files.models import StoredFile
from orders.models import Order
from quotes.models import RFQ
from tests.api.scene import Api, draft_rfq, last_event, make_part, new_order, open_rfq, sent_quote
from tests.api.test_access import assert_problem
from tests.parts.actions.test_parts import cube_stl
from tests.personas import Persona


def files() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def test_an_award_is_answered_and_nothing_is_left(
    bea: Persona, milo: Persona, buyer: Api, django_capture_on_commit_callbacks
) -> None:
    rfq = open_rfq(bea, [milo])
    quote = sent_quote(milo, rfq)
    line = rfq.lines.get().public_id
    path = f"/rfqs/{rfq.public_id}/quotes/{quote.public_id}/accept/"
    body = {"quantities": {line: 10}, "seen": quote.seen}
    seen, stored, owed = last_event(), files(), Delivery.objects.count()
    with django_capture_on_commit_callbacks() as callbacks:
        tried = buyer.post(f"{path}?dry_run=true", body)
    assert tried.status_code == 201
    assert tried["Dry-Run"] == "true"
    assert tried.json()["lines"][0]["quantity"] == 10
    assert callbacks == []
    assert (Order.objects.count(), last_event(), Delivery.objects.count()) == (0, seen, owed)
    assert files() == stored
    assert mail.outbox == []
    quote.refresh_from_db()
    assert quote.state == "submitted"
    done = buyer.post(path, body)
    assert "Dry-Run" not in done
    for name in ("state", "total", "lines"):
        tried_rows, done_rows = tried.json()[name], done.json()[name]
        if name == "lines":
            # A row that was rolled back had another id, and links are signed anew.
            for own in ("id", "files"):
                tried_rows[0].pop(own), done_rows[0].pop(own)
        assert tried_rows == done_rows


def test_a_refusal_is_answered_as_it_would_be(bea: Persona, buyer: Api) -> None:
    rfq = draft_rfq(bea)
    tried = buyer.post(f"/rfqs/{rfq.public_id}/publish/?dry_run=true")
    done = buyer.post(f"/rfqs/{rfq.public_id}/publish/")
    assert tried["Dry-Run"] == "true"
    one, two = assert_problem(tried, 422), assert_problem(done, 422)
    one.pop("request_id"), two.pop("request_id")
    assert one == two


def test_changes_and_deletions_can_be_tried_too(bea: Persona, buyer: Api) -> None:
    rfq = draft_rfq(bea)
    changed = buyer.patch(f"/rfqs/{rfq.public_id}/?dry_run=true", {"title": "New"})
    assert (changed.status_code, changed.json()["title"]) == (200, "New")
    line = rfq.lines.get().public_id
    gone = buyer.call("DELETE", f"/rfqs/{rfq.public_id}/lines/{line}/?dry_run=true")
    assert (gone.status_code, gone["Dry-Run"]) == (204, "true")
    rfq.refresh_from_db()
    assert rfq.title != "New"
    assert rfq.lines.count() == 1


@pytest.mark.parametrize("value", ["1", "yes", "", "True"])
def test_what_is_neither_true_nor_false_does_nothing(value: str, bea: Persona, buyer: Api) -> None:
    part = make_part(bea)
    refused = buyer.post(f"/rfqs/?dry_run={value}", {"part_ids": [part.public_id]})
    body = assert_problem(refused, 400, "bad_call")
    assert body["errors"][0]["pointer"] == "/dry_run"
    assert RFQ.objects.count() == 0
    really = buyer.post("/rfqs/?dry_run=false", {"part_ids": [part.public_id]})
    assert really.status_code == 201
    assert RFQ.objects.count() == 1


def test_secrets_and_uploads_cannot_be_tried(bea: Persona, buyer: Api) -> None:
    assert_problem(buyer.post("/tokens/?dry_run=true", {"name": "ERP"}), 400, "bad_call")
    assert_problem(buyer.post("/access-tokens/?dry_run=true", {}), 400, "bad_call")
    upload = SimpleUploadedFile("cube.stl", cube_stl())
    refused = buyer.upload("/parts/?dry_run=true", file=upload)
    assert "files" in assert_problem(refused, 400, "bad_call")["detail"]
    assert files() == set()


def test_a_file_that_an_action_makes_is_taken_away(
    bea: Persona, milo: Persona, buyer: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    from marketplace.files.actions import store_generated

    def make_file(**_: object) -> None:
        store_generated(
            organization=bea.organization, kind=StoredFile.Kind.DOCUMENT, name="x.pdf", content=b"x"
        )

    monkeypatch.setattr("orders.actions.placement.cancel_order", make_file)
    order = new_order(bea, milo)
    before = files()
    path = f"/orders/{order.public_id}/cancel/"
    assert buyer.post(f"{path}?dry_run=true", {"reason": "Other"}).status_code == 200
    assert files() == before
    assert buyer.post(path, {"reason": "Other"}).status_code == 200
    assert len(files() - before) == 1


def test_a_dry_run_uses_no_idempotency_key(bea: Persona, buyer: Api) -> None:
    body = {"part_ids": [make_part(bea).public_id]}
    buyer.post("/rfqs/?dry_run=true", body, Idempotency_Key="k")
    assert KeptAnswer.objects.count() == 0
    assert buyer.post("/rfqs/", body, Idempotency_Key="k").status_code == 201


def test_a_key_that_cannot_be_is_told_to_who_only_tries(bea: Persona, buyer: Api) -> None:
    body = {"part_ids": [make_part(bea).public_id]}
    for path in ("/rfqs/", "/rfqs/?dry_run=true"):
        assert_problem(buyer.post(path, body, Idempotency_Key="a b"), 400, "bad_call")
