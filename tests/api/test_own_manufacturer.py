"""A manufacturer's own profile by API: facts, application, certificates."""

from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.directory.actions.verification import ask_manufacturer
from marketplace.directory.models import Certificate
from tests.api.scene import Api
from tests.api.test_access import assert_problem
from tests.personas import make_person, make_shop, make_staff_actor

PAPER = {
    "certification": "iso_9001",
    "number": "Q-1",
    "body": "DEKRA",
    "issued_on": "2026-01-01",
    "expires_on": "2099-01-01",
}


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("iso.pdf", b"%PDF-1.4")


def test_from_nothing_to_an_application(db: None) -> None:
    from accounts.actions.organization import create_organization
    from accounts.callers import actor_for
    from tests.personas import Persona

    user = make_person("Nora")
    create_organization(
        actor=actor_for(user), name="Nora", is_buyer=False, is_manufacturer=True, country="DE"
    )
    api = Api(Persona(user))
    assert_problem(api.get("/manufacturer/"), 404)
    started = api.patch(
        "/manufacturer/",
        {
            "headline": "Milled parts",
            "description": "For robots.",
            "processes": ["cnc_milling"],
            "materials": ["al_6061"],
        },
    ).json()
    assert (started["state"], started["processes"]) == ("draft", ["cnc_milling"])
    assert "Enter the VAT id." in started["missing"]
    assert_problem(api.post("/manufacturer/apply/"), 422, "incomplete")
    facts = {
        "legal_name": "Nora GmbH",
        "registration_number": "HRB 1",
        "vat_id": "DE1",
        "founded_year": 1999,
    }
    refused = assert_problem(api.call("PUT", "/manufacturer/company/", facts), 422)
    assert refused["errors"][0]["pointer"] == "/vat_id"
    facts["vat_id"] = "DE136695976"
    assert api.call("PUT", "/manufacturer/company/", facts).json()["missing"] == []
    assert api.post("/manufacturer/apply/").json()["state"] == "applied"
    assert_problem(api.post("/manufacturer/apply/"), 409)
    assert_problem(api.call("PUT", "/manufacturer/company/", facts), 422)


def test_a_question_is_answered(db: None) -> None:
    shop = make_shop("Nora", "Nora New", verified=False)
    ask_manufacturer(
        actor=make_staff_actor(), public_id=shop.manufacturer.public_id, question="Where?"
    )
    api = Api(shop)
    assert api.get("/manufacturer/").json()["staff_word"] == "Where?"
    assert api.post("/manufacturer/answer/", {"answer": "Ulm"}).json()["state"] == "applied"


def test_certificates_are_added_listed_and_withdrawn(shop: Api, rival: Api, buyer: Api) -> None:
    made = shop.upload("/manufacturer/certificates/", file=pdf(), **PAPER)
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["state"], body["code"]) == ("waiting", "iso_9001")
    assert shop.opens(body["file_url"])
    assert shop.get("/manufacturer/certificates/").json()["results"][0]["id"] == body["id"]
    assert rival.get("/manufacturer/certificates/").json()["results"] == []
    path = f"/manufacturer/certificates/{body['id']}/withdraw/"
    assert_problem(rival.post(path), 404)
    assert_problem(buyer.post(path), 404)
    assert Certificate.objects.get().state == "waiting"
    assert shop.post(path).json()["state"] == "withdrawn"
    assert_problem(shop.upload("/manufacturer/certificates/", file=pdf(), number="1"), 422)
    assert "iso_9001" in [row["code"] for row in shop.get("/certifications/").json()["results"]]
