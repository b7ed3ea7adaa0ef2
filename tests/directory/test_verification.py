"""From the first application to a verified company: every move, whose it is, and what is told."""

from collections.abc import Callable

import pytest
from django.core import mail

from accounts.actions.company import correct_company_facts
from accounts.models import Organization
from accounts.vat import read_vat_id, vat_id_is_checked
from marketplace.core.encryption import keyed_hashes
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.directory.actions import verification as actions
from marketplace.directory.actions.manufacturer import save_company, save_profile
from marketplace.directory.models import Manufacturer
from marketplace.directory.queries import (
    lacks_of,
    listed_manufacturers,
    waiting_applications,
)
from marketplace.directory.states import MANUFACTURER
from quotes.actions.quote import start_quote, submit_quote
from tests.personas import Persona, make_shop, make_staff_actor
from tests.quotes.scene import open_rfq, prices

STAFF = make_staff_actor()
FACTS = {
    "legal_name": "New GmbH",
    "registration_number": "HRB 1",
    "vat_id": "DE136695976",
    "website": "",
    "founded_year": 2001,
}


@pytest.fixture
def nora(db: None) -> Persona:
    """Her shop waits for verification."""
    return make_shop("Nora", "Nora New", verified=False)


def fresh(shop: Persona) -> Manufacturer:
    return Manufacturer.objects.select_related("organization").get(pk=shop.manufacturer.pk)


def facts_after(last: int) -> list[str]:
    return list(Event.objects.filter(pk__gt=last).order_by("pk").values_list("type", flat=True))


def last_fact() -> int:
    return Event.objects.latest("pk").pk


def bare_shop() -> Persona:
    """An organization that makes parts and has said nothing else."""
    from accounts.actions.organization import create_organization
    from accounts.callers import actor_for
    from tests.personas import make_person

    user = make_person("Bare")
    create_organization(
        actor=actor_for(user), name="Bare", is_buyer=False, is_manufacturer=True, country="DE"
    )
    return Persona(user)


def test_the_checklist_names_all_that_is_missing_and_applying_refuses_with_it(db: None) -> None:
    bare = bare_shop()
    assert [lack.sentence for lack in lacks_of(bare.actor, None)] == [
        "Enter the company's legal name.",
        "Enter the number in the trade register.",
        "Enter the VAT id.",
        "Describe what you make.",
    ]
    with pytest.raises(NotFound):
        actions.apply_manufacturer(actor=bare.actor)
    profile = save_profile(actor=bare.actor, headline="Parts")
    assert profile.state == "draft"
    with pytest.raises(DomainError, match="Before you can apply: Enter the company's legal name"):
        actions.apply_manufacturer(actor=bare.actor)
    assert fresh(bare).state == "draft"
    last = last_fact()
    save_company(actor=bare.actor, **FACTS)  # type: ignore[arg-type]
    assert facts_after(last) == ["company_facts_stated"]
    left = [lack.sentence for lack in lacks_of(bare.actor, fresh(bare))]
    assert left == [
        "Say what you make, in a few sentences.",
        "Choose at least one process.",
        "Choose at least one material.",
    ]


def test_applying_asking_answering_verifying(nora: Persona, work: Callable[[], None]) -> None:
    public_id, last = nora.manufacturer.public_id, last_fact()
    work()
    assert [m.subject for m in mail.outbox] == ["We received your application"]
    with pytest.raises(WrongState):
        actions.apply_manufacturer(actor=nora.actor)
    applied_at = fresh(nora).applied_at
    actions.ask_manufacturer(actor=STAFF, public_id=public_id, question=" Which site? ")
    assert (fresh(nora).state, fresh(nora).staff_word) == ("asked", "Which site?")
    assert (list(listed_manufacturers()), MANUFACTURER.turn["asked"]) == ([], "manufacturer")
    with pytest.raises(DomainError, match="Write an answer"):
        actions.answer_question(actor=nora.actor, answer=" ")
    actions.answer_question(actor=nora.actor, answer="Ulm.")
    assert (fresh(nora).state, fresh(nora).answer) == ("applied", "Ulm.")
    assert fresh(nora).applied_at == applied_at
    actions.verify_manufacturer(actor=STAFF, public_id=public_id)
    assert [row.pk for row in listed_manufacturers()] == [nora.manufacturer.pk]
    assert facts_after(last) == ["manufacturer_asked", "question_answered", "manufacturer_verified"]
    work()
    assert [m.subject for m in mail.outbox[1:]] == [
        "A question about your application",
        "You are verified",
    ]
    assert "Which site?" in mail.outbox[1].body


def test_who_is_refused_reads_why_and_may_apply_again(
    nora: Persona, work: Callable[[], None]
) -> None:
    public_id = nora.manufacturer.public_id
    with pytest.raises(DomainError, match="Write why"):
        actions.refuse_manufacturer(actor=STAFF, public_id=public_id, reason="")
    actions.refuse_manufacturer(actor=STAFF, public_id=public_id, reason="No such register entry.")
    assert fresh(nora).state == "refused"
    assert b"No such register entry." in nora.client.get("/portal/profile/").content
    work()
    assert "No such register entry." in mail.outbox[-1].body
    nora.client.post("/portal/profile/apply/")
    assert (fresh(nora).state, fresh(nora).staff_word) == ("applied", "")


def test_a_suspended_shop_is_not_listed_and_cannot_quote(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    quote = start_quote(actor=milo.actor, rfq_id=request.id)
    actions.suspend_manufacturer(
        actor=STAFF, public_id=milo.manufacturer.public_id, reason="Parts came late."
    )
    assert list(listed_manufacturers()) == []
    with pytest.raises(DomainError, match="once your company is verified"):
        submit_quote(actor=milo.actor, public_id=quote.public_id, draft=prices(request))
    actions.ask_manufacturer(
        actor=STAFF, public_id=milo.manufacturer.public_id, question="Who delivers?"
    )
    assert fresh(milo).state == "asked"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (actions.verify_manufacturer, {}),
        (actions.ask_manufacturer, {"question": "Who?"}),
        (actions.refuse_manufacturer, {"reason": "No."}),
    ],
)
def test_only_staff_decide(
    nora: Persona, milo: Persona, action: Callable[..., object], words: dict[str, str]
) -> None:
    last = last_fact()
    for person in (nora, milo):
        with pytest.raises(NotAllowed):
            action(actor=person.actor, public_id=nora.manufacturer.public_id, **words)
    with pytest.raises(NotFound):
        action(actor=STAFF, public_id="mfr_missing", **words)
    assert (fresh(nora).state, facts_after(last)) == ("applied", [])


def test_closing_is_the_companys_or_staffs_and_for_good(nora: Persona, milo: Persona) -> None:
    public_id = nora.manufacturer.public_id
    with pytest.raises(NotFound):
        actions.close_manufacturer(actor=milo.actor, public_id=public_id)
    actions.close_manufacturer(actor=nora.actor, public_id=public_id)
    assert fresh(nora).state == "closed"
    with pytest.raises(DomainError, match="This profile is closed"):
        save_profile(actor=nora.actor, headline="Again")
    with pytest.raises(WrongState):
        actions.close_manufacturer(actor=STAFF, public_id=public_id)


def test_facts_under_check_stand_still(nora: Persona) -> None:
    with pytest.raises(DomainError, match="stand still"):
        save_company(actor=nora.actor, **{**FACTS, "legal_name": "Other"})  # type: ignore[arg-type]
    assert nora.organization.legal_name == "Nora New GmbH"
    actions.ask_manufacturer(actor=STAFF, public_id=nora.manufacturer.public_id, question="Name?")
    save_company(actor=nora.actor, **{**FACTS, "legal_name": "Other"})  # type: ignore[arg-type]
    assert nora.organization.legal_name == "Other"


def test_the_vat_id_is_sealed_found_by_hash_and_warned_of_when_shared(
    nora: Persona, milo: Persona
) -> None:
    from django.db import connection

    organization = nora.organization
    with connection.cursor() as cursor:
        cursor.execute("SELECT vat_id FROM accounts_organization WHERE id = %s", [organization.pk])
        assert "136695976" not in cursor.fetchone()[0]
    assert organization.vat_id == "DE136695976"
    assert organization.vat_id_hash == keyed_hashes("DE136695976", "vat_id")[0]
    waiting = list(waiting_applications())
    assert [(row.pk, row.has_twin) for row in waiting] == [(nora.manufacturer.pk, True)]
    Organization.objects.filter(pk=milo.organization.pk).update(vat_id_hash="")
    assert [row.has_twin for row in waiting_applications()] == [False]


@pytest.mark.parametrize(
    ("country", "typed", "kept", "checked"),
    [
        ("DE", "de 136,695 976", "DE136695976", True),
        ("GR", "EL 094259216", "EL094259216", True),
        ("GB", "GB 980 7806 84", "GB980780684", True),
        ("CH", "CHE-107.787.577 IVA", "CHE107787577IVA", True),
        ("US", "12-3456789", "US123456789", True),
        ("UA", "12 345-678", "UA12345678", False),
        ("US", "", "", False),
    ],
)
def test_vat_ids_are_written_one_way(country: str, typed: str, kept: str, checked: bool) -> None:
    found = read_vat_id(country, typed)
    assert (found.value, found.is_checked) == (kept, checked)
    assert vat_id_is_checked(country, kept) is checked


@pytest.mark.parametrize(("country", "typed"), [("DE", "DE136695977"), ("UA", "x!"), ("FR", "1")])
def test_a_vat_id_that_cannot_be_is_refused_beside_its_field(
    nora: Persona, country: str, typed: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        read_vat_id(country, typed)
    assert set(refusal.value.fields) == {"vat_id"}


def test_the_pages_come_back_with_what_was_typed(db: None) -> None:
    bare = bare_shop()
    answer = bare.client.post("/portal/profile/company/", {**FACTS, "vat_id": "DE1"})
    assert answer.status_code == 422
    assert b"not a valid VAT id of DE" in answer.content and b"HRB 1" in answer.content
    assert bare.organization.legal_name == ""
    assert bare.client.post("/portal/profile/company/", FACTS).status_code == 302
    assert b"DE136695976" in bare.client.get("/portal/profile/company/").content


def test_staff_see_the_queue_and_decide_with_a_sentence(nora: Persona, sam: Persona) -> None:
    queue = sam.client.get("/admin/directory/application/").content.decode()
    assert "Nora New" in queue and "since today" in queue
    pk = nora.manufacturer.pk
    page = sam.client.get(f"/admin/directory/application/{pk}/change/").content.decode()
    assert "DE136695976" in page and "Approve and list" in page and "asked for Nora New" in page
    decide = f"/admin/directory/application/{pk}/decide"
    assert sam.client.get(f"{decide}/ask_manufacturer/").status_code == 200
    assert sam.client.post(f"{decide}/ask_manufacturer/", {"question": ""}).status_code == 422
    assert fresh(nora).state == "applied"
    answer = sam.client.post(f"{decide}/ask_manufacturer/", {"question": "Which <b>site</b>?"})
    assert (answer.status_code, fresh(nora).state) == (302, "asked")
    own = nora.client.get("/portal/profile/").content
    assert b"Which &lt;b&gt;site&lt;/b&gt;?" in own and b"Send answer" in own
    nora.client.post("/portal/profile/answer/", {"answer": "In Ulm."})
    sam.client.post(f"{decide}/verify_manufacturer/", {"note": "register extract"})
    event = Event.objects.latest("pk")
    assert event.sentence == "Staff (register extract) verified the manufacturer"
    assert sam.client.post(f"{decide}/verify_manufacturer/", {"note": ""}).status_code == 422
    assert nora.client.get(f"{decide}/verify_manufacturer/").status_code == 302


def test_staff_correct_the_facts_of_a_verified_company(milo: Persona, sam: Persona) -> None:
    organization = milo.organization
    page = f"/admin/accounts/organization/{organization.pk}/change/"
    form = {
        "name": organization.name,
        "is_manufacturer": "on",
        "country": "DE",
        "city": organization.city,
        "currency": "EUR",
        "legal_name": "Milo AG",
        "registration_number": "HRB 2",
        "vat_id": "DE1",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    refused = sam.client.post(page, form)
    assert b"not a valid VAT id of DE" in refused.content
    last = last_fact()
    assert sam.client.post(page, {**form, "vat_id": "DE 999 000 009"}).status_code == 302
    changed = milo.organization
    assert (changed.legal_name, changed.vat_id) == ("Milo AG", "DE999000009")
    assert changed.vat_id_hash == keyed_hashes("DE999000009", "vat_id")[0]
    assert facts_after(last) == ["company_facts_stated"]
    with pytest.raises(NotAllowed):
        correct_company_facts(actor=milo.actor, public_id=changed.public_id, vat_id="")


def test_the_queue_costs_the_same_for_one_and_three(
    nora: Persona, sam: Persona, django_assert_num_queries: Callable[..., object]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(connection) as context:
            assert sam.client.get("/admin/directory/application/").status_code == 200
        return len(context)

    count()
    one = count()
    for n in range(2):
        make_shop(f"More{n}", f"More {n}", verified=False)
    assert count() == one
