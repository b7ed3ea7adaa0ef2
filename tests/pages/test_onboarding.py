"""The first steps: ticked by what is really there, put away by each member alone."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.callers import actor_for
from accounts.models import Address, Membership
from marketplace.core.errors import NotFound
from marketplace.directory.actions.verification import ask_manufacturer, verify_manufacturer
from marketplace.pages.actions.checklist import hide_checklist, show_checklist
from marketplace.pages.models import HiddenChecklist
from marketplace.pages.onboarding import Checklist, buyer_checklist, portal_checklist
from tests.directory.test_certificates import add
from tests.directory.test_verification import FACTS, bare_shop
from tests.personas import Persona, make_person, make_shop, make_staff_actor
from tests.quotes.scene import draft_rfq, open_rfq, submitted

PAGE = "/first-steps/"


def left(checklist: Checklist) -> list[str]:
    return [step.text for step in checklist.steps if not step.done]


def test_a_buyers_way_to_the_first_published_request(bea: Persona, milo: Persona) -> None:
    organization = bea.organization
    organization.address = organization.city = ""
    organization.save()
    assert left(buyer_checklist(bea.actor)) == [
        "Complete your company's details",
        "Add a delivery address",
        "Upload your first part",
        "Prepare a request",
        "Choose manufacturers to ask",
        "Publish the request",
        "Protect your sign-in with a second factor",
    ]
    organization.city = "Aachen"
    organization.save()
    Address.objects.create(
        organization=organization, label="Goods in", recipient="Bea", lines="Street 1", country="DE"
    )
    draft = draft_rfq(bea)
    checklist = buyer_checklist(bea.actor)
    assert left(checklist)[:2] == ["Choose manufacturers to ask", "Publish the request"]
    assert (checklist.done, checklist.needed, checklist.is_shown) == (5, 7, True)
    assert checklist.next_step is not None
    assert checklist.next_step.link == f"/rfqs/{draft.id}/edit/"
    open_rfq(bea, milo)
    checklist = buyer_checklist(bea.actor)
    assert left(checklist) == ["Protect your sign-in with a second factor"]
    assert checklist.is_done and not checklist.is_shown


def test_a_shops_way_to_the_first_quote(bea: Persona, milo: Persona) -> None:
    bare = bare_shop()
    assert left(portal_checklist(bare.actor))[:3] == [
        "State your company's facts",
        "Describe what you make",
        "Add your certificates",
    ]
    bare.client.post("/portal/profile/company/", FACTS)
    assert "State your company's facts" not in left(portal_checklist(bare.actor))
    assert left(portal_checklist(milo.actor)) == [
        "Add your certificates",
        "Set up payouts",
        "Send your first quote",
        "Protect your sign-in with a second factor",
    ]
    add(milo)
    submitted(open_rfq(bea, milo), milo)
    milo.manufacturer.__class__.objects.update(payouts_enabled=True)
    assert portal_checklist(milo.actor).is_done


def test_each_list_costs_one_query(bea: Persona, milo: Persona) -> None:
    for count in (buyer_checklist, portal_checklist):
        actor = bea.actor if count is buyer_checklist else milo.actor
        with CaptureQueriesContext(connection) as context:
            count(actor)
        assert len(context) == 1


def test_the_first_page_after_creating_an_organization_leads_on(db: None) -> None:
    person = Persona(make_person("Nele"))
    answer = person.client.post(
        "/organizations/new/",
        {
            "name": "Nele GmbH",
            "is_buyer": "on",
            "is_manufacturer": "on",
            "country": "DE",
            "city": "Ulm",
            "address": "",
            "currency": "EUR",
        },
        follow=True,
    )
    assert answer.redirect_chain[-1][0] == PAGE
    page = answer.content.decode()
    assert "Welcome, Nele GmbH" in page
    assert "Buying: to your first quotes" in page and "Manufacturing: to your first quote" in page
    for link in ("/parts/", "/portal/profile/company/", "/settings/addresses/"):
        assert f'href="{link}"' in page
        assert person.client.get(link).status_code == 200


def test_hiding_is_each_members_own_and_twice_is_once(bea: Persona, milo: Persona) -> None:
    colleague = make_person("Ines")
    Membership.objects.create(user=colleague, organization=bea.organization, role="buyer")
    assert b"to your first quotes" in bea.client.get("/home/").content
    for _ in range(2):
        assert bea.client.post(f"{PAGE}hide/", {"side": "buyer"}).status_code == 302
    assert HiddenChecklist.objects.count() == 1
    assert b"to your first quotes" not in bea.client.get("/home/").content
    assert b"Show on my home page" in bea.client.get(PAGE).content
    assert not buyer_checklist(actor_for(colleague)).hidden
    bea.client.post(f"{PAGE}show/", {"side": "buyer"})
    assert b"to your first quotes" in bea.client.get("/home/").content
    for side in ("", "staff", "nonsense"):
        assert bea.client.post(f"{PAGE}hide/", {"side": side}).status_code == 404
    assert HiddenChecklist.objects.count() == 0


def test_a_stranger_and_a_staff_member_have_no_list(bea: Persona) -> None:
    assert Client().get(PAGE).status_code == 302
    for action in (hide_checklist, show_checklist):
        with pytest.raises(NotFound):
            action(actor=make_staff_actor(), side="buyer")


def test_the_portal_home_says_where_the_company_stands(milo: Persona) -> None:
    shop = bare_shop()
    assert b"to your first quote" in shop.client.get("/portal/").content
    nora = make_shop("Nora", "Nora New", verified=False)
    assert b"We are checking your company" in nora.client.get("/portal/").content
    public_id = nora.manufacturer.public_id
    ask_manufacturer(actor=make_staff_actor(), public_id=public_id, question="Which site?")
    page = nora.client.get("/portal/").content
    assert b"Which site?" in page and b"Answer our question" in page
    nora.client.post("/portal/profile/answer/", {"answer": "Ulm"})
    verify_manufacturer(actor=make_staff_actor(), public_id=public_id)
    assert b"We are checking" not in nora.client.get("/portal/").content
