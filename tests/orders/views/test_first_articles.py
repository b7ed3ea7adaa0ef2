"""The quality room and the reports in it, as pages and over the API."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.actions import first_articles as actions
from orders.models import FirstArticle
from tests.api.scene import Api
from tests.api.test_access import assert_problem
from tests.orders.actions.test_first_articles import HOLD, draft
from tests.orders.scene import make_order
from tests.personas import Persona

ROW = {
    "c0_number": "1",
    "c0_requirement": "Width",
    "c0_nominal": "10",
    "c0_lower": "-0.05",
    "c0_upper": "0.05",
    "c0_measured": "10.2",
}


def test_from_the_first_piece_to_the_approval(
    bea: Persona, milo: Persona, work: Any, mailoutbox: list[Any]
) -> None:
    order = make_order(bea, milo, "in_production", **HOLD)
    shop, buyer = (f"{p}/orders/{order.public_id}/quality/" for p in ("/portal", ""))
    assert "This order needs a first article" in bea.client.get(buyer).content.decode()
    line = order.lines.get().public_id
    started = milo.client.post(f"{shop}first-articles/start/", {"line": line})
    report = FirstArticle.objects.get()
    page = f"{shop}first-articles/{report.public_id}/"
    assert (started.status_code, started.url) == (302, page)
    assert bea.client.get(f"{buyer}first-articles/{report.public_id}/").status_code == 404
    wrong = milo.client.post(f"{page}save/", ROW | {"c0_upper": "wide", "serial": "SN-9"})
    text = wrong.content.decode()
    assert wrong.status_code == 422
    assert "Row 1, upper tolerance" in text and 'value="wide"' in text and 'value="SN-9"' in text
    assert milo.client.post(f"{page}save/", ROW | {"m0_name": "6061-T6"}).status_code == 302
    text = milo.client.get(page).content.decode()
    assert "Out of tolerance" in text and 'value="6061-T6"' in text
    table = "number,requirement,nominal,lower,upper,measured\n1,Width,10,-0.05,0.05,10.01\n"
    bad = milo.client.post(f"{page}import/", {"pasted": table.replace("10.01", "x")})
    assert bad.status_code == 422
    assert "Row 2, measured" in bad.content.decode()
    assert milo.client.post(f"{page}import/", {"pasted": table}).status_code == 302
    report.refresh_from_db()
    assert (report.out_of_tolerance, report.materials[0]["name"]) == (0, "6061-T6")
    pdf = SimpleUploadedFile("cmm.pdf", b"%PDF-1.4")
    assert milo.client.post(f"{page}files/", {"file": pdf}).status_code == 302
    exe = SimpleUploadedFile("cmm.exe", b"MZ")
    assert milo.client.post(f"{page}files/", {"file": exe}).status_code == 422
    assert milo.client.post(f"{shop}first-articles/submit/").status_code == 302
    assert milo.client.post(f"{shop}first-articles/submit/").status_code == 409
    assert "Next: review the first article" in bea.client.get(buyer).content.decode()
    theirs = f"{buyer}first-articles/{report.public_id}/"
    text = bea.client.get(theirs).content.decode()
    assert "cmm.pdf" in text and "Approve: make the rest" in text
    csv = bea.client.get(f"{theirs}characteristics.csv")
    assert b"In tolerance" in csv.content
    remark = {f"remark_{report.public_id}_on_1": "Burr"}
    assert bea.client.post(f"{buyer}first-articles/reject/", remark).status_code == 422
    unsaid = bea.client.post(
        f"{buyer}first-articles/reject/", remark | {"report": report.public_id}
    )
    assert unsaid.status_code == 422
    assert 'value="Burr"' in unsaid.content.decode()
    sent = bea.client.post(f"{buyer}first-articles/reject/", remark | {"reason": "Deburr"})
    assert sent.status_code == 302
    assert "Burr" in milo.client.get(page).content.decode()
    draft(milo, order)
    second = FirstArticle.objects.get(revision=2)
    text = milo.client.get(f"{shop}first-articles/{second.public_id}/").content.decode()
    assert "Revision 1 was rejected by Bea Robotics" in text
    assert "Deburr" in text and "Characteristic 1: Burr" in text and f'href="{page}"' in text
    assert f'href="{page}"' in milo.client.get(shop).content.decode()
    milo.client.post(f"{shop}first-articles/submit/")
    text = bea.client.get(buyer).content.decode()
    assert f'href="{theirs}"' in text and "Deburr" in text
    assert bea.client.post(f"{buyer}first-articles/approve/").status_code == 302
    assert bea.client.post(f"{buyer}first-articles/approve/").status_code == 409
    work()
    subjects = {letter.subject for letter in mailoutbox}
    assert {
        f"First article of {order.reference} to review",
        f"First article of {order.reference} rejected",
        f"First article of {order.reference} approved",
    } <= subjects
    paper = order.documents.filter(kind="first_article").last()
    assert paper is not None
    assert paper.file is not None


def test_the_same_over_the_api(bea: Persona, milo: Persona, stefan: Persona) -> None:
    shop, buyer, stranger = (Api(persona) for persona in (milo, bea, stefan))
    order = make_order(bea, milo, "in_production", **HOLD)
    path = f"/orders/{order.public_id}/first-articles/"
    line = order.lines.get().public_id
    for other, status in ((stranger, 404), (buyer, 403)):
        assert_problem(other.post(path, {"line": line}), status)
    assert_problem(shop.post(path, {"line": "oli_nowhere"}), 404)
    made = shop.post(path, {"line": line})
    assert (made.status_code, made.json()["revision"]) == (201, 1)
    one = f"{path}{made.json()['id']}/"
    assert_problem(buyer.get(one), 404)
    row = {"number": "1", "requirement": "Width", "nominal": "10", "lower": "-0.05"}
    row |= {"upper": "0.05", "measured": "10.2"}
    bad = shop.put(one, {"characteristics": [row | {"nominal": "ten"}]})
    assert "/characteristics/0, nominal" in assert_problem(bad, 422)["detail"]
    saved = shop.put(one, {"serial": "SN-1", "characteristics": [row]}).json()
    assert (saved["out_of_tolerance"], saved["characteristics"][0]["result"]) == (1, "out")
    file = SimpleUploadedFile("cmm.pdf", b"%PDF-1.4")
    assert shop.upload(f"{one}files/", file=file).json()["files"][0]["name"] == "cmm.pdf"
    assert shop.post(f"{path}submit/").json()["results"][0]["state"] == "submitted"
    assert_problem(buyer.post(f"{path}reject/", {}), 422)
    rejected = buyer.post(f"{path}reject/", {"reason": "Too wide"}).json()["results"][0]
    assert (rejected["state"], rejected["reason"]) == ("rejected", "Too wide")
    assert shop.post(path, {"line": line}).json()["serial"] == "SN-1"
    draft(milo, order)
    shop.post(f"{path}submit/")
    assert_problem(shop.post(f"{path}approve/"), 403)
    assert buyer.post(f"{path}approve/").json()["results"][0]["state"] == "approved"


def test_the_quality_page_asks_as_little_with_many_reports(bea: Persona, milo: Persona) -> None:
    counted = []
    for revisions in (1, 3):
        order = make_order(bea, milo, "in_production", **HOLD)
        for _ in range(revisions):
            draft(milo, order)
            actions.submit_first_article(actor=milo.actor, public_id=order.public_id)
            actions.reject_first_article(actor=bea.actor, public_id=order.public_id, reason="Again")
        path = f"/orders/{order.public_id}/quality/"
        bea.client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert bea.client.get(path).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
