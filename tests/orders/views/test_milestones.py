"""The page and the API of milestones."""

from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import MilestoneEvidence, Order
from tests.api.scene import Api
from tests.api.test_access import assert_problem
from tests.orders.actions.test_milestones import PDF, attach, picture, submitted, tool_of, tooled
from tests.personas import Persona


def page_of(who: Persona, order: Order) -> str:
    side = "" if who.organization.is_buyer else "/portal"
    answer = who.client.get(f"{side}/orders/{order.public_id}/milestones/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def act_url(order: Order, act: str, side: str = "/portal") -> str:
    return f"{side}/orders/{order.public_id}/milestones/{tool_of(order).public_id}/{act}/"


def test_from_evidence_to_approval_on_the_pages(
    bea: Persona, milo: Persona, work: Any, stefan: Persona
) -> None:
    order = tooled(bea, milo)
    text = page_of(milo, order)
    assert "Next: submit the milestone tooling" in text and "1 photo at least" in text
    assert "Submit for approval" not in text
    answer = milo.client.post(act_url(order, "submit"))
    assert answer.status_code == 422 and "1 report at least" in answer.content.decode()
    files = {
        "photos": SimpleUploadedFile("tool.jpg", picture()),
        "reports": SimpleUploadedFile("trial.pdf", PDF),
        "note": "Cavity side",
    }
    assert milo.client.post(act_url(order, "evidence"), files).status_code == 302
    text = page_of(milo, order)
    assert "Submit for approval" in text and "Cavity side" in text
    assert "without an answer it counts as approved" in text
    assert milo.client.post(act_url(order, "submit"), {"note": "In press 4"}).status_code == 302
    work()
    told = [m for m in mail.outbox if "to approve" in m.subject]
    assert [m.to for m in told] == [[bea.user.email]]
    assert "counts as approved" in told[0].body and "<time" not in told[0].body
    text = page_of(bea, order)
    assert "Approve and release" in text and "In press 4" in text
    assert "Without an answer by" in text and "Without an answer by" in page_of(milo, order)
    answer = bea.client.post(act_url(order, "reject", ""), {"reason": ""})
    assert answer.status_code == 422
    assert bea.client.post(act_url(order, "reject", ""), {"reason": "Gate."}).status_code == 302
    assert "Gate." in page_of(milo, order)
    milo.client.post(act_url(order, "submit"))
    assert bea.client.post(act_url(order, "approve", "")).status_code == 302
    assert bea.client.post(act_url(order, "approve", "")).status_code == 409
    assert tool_of(order).state == "approved"
    for path in (act_url(order, "approve", ""), act_url(order, "sing", "")):
        assert stefan.client.post(path).status_code == 404
    assert bea.client.post(act_url(order, "sing", "")).status_code == 404


def test_a_bad_file_says_so_and_nothing_is_kept(bea: Persona, milo: Persona) -> None:
    order = tooled(bea, milo)
    for name, upload in (
        ("photos", SimpleUploadedFile("tool.jpg", b"no picture")),
        ("reports", SimpleUploadedFile("trial.exe", b"MZ")),
        ("reports", SimpleUploadedFile("trial.pdf", b"")),
    ):
        answer = milo.client.post(act_url(order, "evidence"), {name: upload})
        assert answer.status_code == 422, name
    assert not MilestoneEvidence.objects.exists()


def test_the_page_says_that_the_time_stands_still(bea: Persona, milo: Persona) -> None:
    order = submitted(bea, milo)
    bea.client.post(f"/orders/{order.public_id}/hold/", {"reason": "Wait."})
    for who in (bea, milo):
        assert "The time to answer stands still" in page_of(who, order)


@pytest.mark.parametrize("files", [1, 6])
def test_constant_queries(bea: Persona, milo: Persona, files: int) -> None:
    order = tooled(bea, milo)
    for _ in range(files):
        attach(milo, order, "photo", "report")
    page_of(milo, order)
    with CaptureQueriesContext(connection) as found:
        milo.client.get(f"/portal/orders/{order.public_id}/milestones/")
    assert len(found) == 15


def test_over_the_api(bea: Persona, milo: Persona, rita: Persona) -> None:
    order = tooled(bea, milo)
    shop, buyer = Api(milo), Api(bea)
    base = f"/orders/{order.public_id}/milestones/"
    rows = {row["kind"]: row for row in shop.get(base).json()["results"]}
    assert list(rows) == ["deposit", "tooling", "first_article", "shipment", "acceptance"]
    assert rows["tooling"]["amount"]["amount_minor"] == 15150
    assert rows["tooling"]["asked"][0] == {"name": "1 photo at least", "is_there": False}
    one = f"{base}{rows['tooling']['id']}/"
    assert_problem(shop.post(f"{one}submit/"), 422)
    for kind, file in (("photo", "t.jpg"), ("report", "t.pdf")):
        upload = SimpleUploadedFile(file, picture() if kind == "photo" else PDF)
        assert shop.upload(f"{one}evidence/", kind=kind, file=upload).status_code == 201
    assert_problem(shop.upload(f"{one}evidence/", kind="song", file=upload), 422)
    answer = shop.post(f"{one}submit/", {"note": "Done"}).json()
    assert (answer["state"], len(answer["evidence"]), answer["note"]) == ("submitted", 2, "Done")
    assert_problem(buyer.post(f"{one}reject/", {"reason": ""}), 422)
    assert buyer.post(f"{one}reject/", {"reason": "Gate"}).json()["reason"] == "Gate"
    shop.post(f"{one}submit/")
    assert_problem(shop.post(f"{one}approve/"), 403)
    assert_problem(Api(rita).post(f"{one}approve/"), 404)
    assert buyer.post(f"{one}approve/").json()["state"] == "approved"
    assert_problem(buyer.post(f"{one}approve/"), 409)
    assert_problem(buyer.post(f"{base}mil_000/approve/"), 404)
