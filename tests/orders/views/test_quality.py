"""Inspections and certificates, as pages and over the API."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.scene import Api
from tests.api.test_access import assert_problem
from tests.orders.actions.test_quality import PAPERS
from tests.orders.scene import make_order
from tests.personas import Persona


def pdf(name: str = "paper.pdf", content: bytes = b"%PDF-1.4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_the_shop_records_and_hands_in(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "quality_check", **PAPERS)
    line = order.lines.get().public_id
    shop, buyer = (f"{p}/orders/{order.public_id}/quality/" for p in ("/portal", ""))
    looked = {"line": line, "lot_size": 40, "aql": "2.5", "defects": 0, "lot": "L-1"}
    looked |= {"inspected_on": "2026-01-05", "note": "Measured on the CMM"}
    wrong = milo.client.post(f"{shop}inspections/", looked | {"lot_size": 41})
    text = wrong.content.decode()
    assert wrong.status_code == 422
    assert "1 to 40 pieces" in text and "Measured on the CMM" in text
    for bad in ({"inspected_on": "soon"}, {"aql": "9"}, {"defects": "x"}, {"line": ""}):
        assert milo.client.post(f"{shop}inspections/", looked | bad).status_code == 422
    assert milo.client.post(f"{shop}inspections/", looked | {"line": "oli_x"}).status_code == 404
    assert milo.client.post(f"{shop}inspections/", looked | {"file": pdf()}).status_code == 302
    paper = {"line": line, "code": "mtr", "quantity": 40, "lot": "H-1", "number": "Z-9"}
    exe = milo.client.post(f"{shop}certificates/", paper | {"file": pdf("a.exe", b"MZ")})
    assert exe.status_code == 422
    assert 'value="Z-9"' in exe.content.decode()
    assert milo.client.post(f"{shop}certificates/", paper | {"file": pdf()}).status_code == 302
    assert milo.client.post(f"{shop}conformance/").status_code == 302
    text = bea.client.get(buyer).content.decode()
    for words in ("ISO 2859-1 II, AQL 2.5", "Passed", "Z-9", "All pieces", "Certificate of conf"):
        assert words in text
    conformance = order.documents.get(kind="conformance")
    got = bea.client.get(f"/orders/{order.public_id}/documents/{conformance.public_id}/")
    assert got.content.startswith(b"%PDF-")
    assert "Do without it" not in text


def test_the_buyer_waives_with_a_click(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "quality_check", **PAPERS)
    buyer = f"/orders/{order.public_id}/quality/"
    asked = bea.client.get(buyer).content.decode()
    assert "<summary>Do without it</summary>" in asked
    assert "Without it the parts may leave" in asked and "Do without it for good" in asked
    body = {"line": order.lines.get().public_id, "code": "mtr"}
    assert bea.client.post(f"{buyer}waive/", body).status_code == 302
    assert "Waived by the buyer" in milo.client.get(f"/portal{buyer}").content.decode()
    assert bea.client.post(f"{buyer}waive/", body | {"code": "rohs"}).status_code == 404


def test_the_same_over_the_api(bea: Persona, milo: Persona, stefan: Persona) -> None:
    shop, buyer, stranger = (Api(persona) for persona in (milo, bea, stefan))
    order = make_order(bea, milo, "quality_check", **PAPERS)
    path, line = f"/orders/{order.public_id}/", order.lines.get().public_id
    looked: dict[str, Any] = {"line": line, "lot_size": 40, "defects": 1, "aql": "4.0"}
    looked["inspected_on"] = "2026-01-05"
    for other, status in ((stranger, 404), (buyer, 403)):
        assert_problem(other.post(f"{path}inspections/", looked), status)
    for change, pointer in (
        ({"lot_size": 0}, "/lot_size"),
        ({"lot_size": 41}, "/lot_size"),
        ({"aql": "3"}, "/aql"),
        ({"inspected_on": "x"}, "/inspected_on"),
    ):
        answer = shop.post(f"{path}inspections/", looked | change)
        assert assert_problem(answer, 422)["errors"][0]["pointer"] == pointer
    made = shop.post(f"{path}inspections/", looked).json()
    assert (made["letter"], made["sample_size"], made["passed"]) == ("E", 13, True)
    assert buyer.get(f"{path}inspections/").json()["results"][0]["id"] == made["id"]
    given = {"line": line, "code": "mtr", "quantity": 40}
    assert shop.upload(f"{path}certificates/", **given, file=pdf()).status_code == 201
    assert_problem(shop.upload(f"{path}certificates/", **given, file=pdf("a.exe", b"MZ")), 422)
    seen = buyer.get(f"{path}certificates/").json()["results"][0]
    assert buyer.opens(seen["file_url"])
    assert_problem(stranger.get(f"{path}certificates/asked/"), 404)
    asked = buyer.get(f"{path}certificates/asked/").json()["results"]
    assert [row["is_missing"] for row in asked] == [True, False]
    waived = buyer.post(f"{path}certificates/waive/", {"line": line, "code": "coc"}).json()[
        "results"
    ]
    assert [row["is_waived"] for row in waived] == [True, False]
    assert shop.post(f"{path}certificates/conformance/").json()["revision"] == 1
