"""Who charges VAT through us, who is freed from it, and the rates it goes by."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.actions.company import state_vat_id
from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Role
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from payments.actions.tax import (
    accept_exemption,
    add_tax_rate,
    end_mandate,
    give_mandate,
    hand_in_exemption,
    refuse_exemption,
    withdraw_exemption,
)
from payments.models import ExemptionCertificate, InvoicingMandate, OrderTax, TaxRate
from payments.tax_queries import rate_on, today
from payments.tax_rules import Treatment
from tests.payments.scene import new_order, pump
from tests.personas import Persona, make_member

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 exempt"


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("exempt.pdf", PDF, "application/pdf")


def staff(sam: Persona) -> Actor:
    return Actor.staff(sam.user, "test")


def facts(*kinds: str) -> list[int]:
    return [Event.objects.filter(type=kind).count() for kind in kinds]


@pytest.fixture
def certificate(bea: Persona) -> ExemptionCertificate:
    return hand_in_exemption(actor=bea.actor, country="DE", number=" A  1 ", upload=paper())


def test_a_mandate_is_given_and_ended_once(milo: Persona) -> None:
    for _ in range(2):
        give_mandate(actor=milo.actor)
    assert facts("invoicing_mandate_given", "invoicing_mandate_ended") == [1, 0]
    for _ in range(2):
        end_mandate(actor=milo.actor)
    assert facts("invoicing_mandate_given", "invoicing_mandate_ended") == [1, 1]
    give_mandate(actor=milo.actor)
    assert InvoicingMandate.objects.get().ended_at is None


def test_who_may_give_it(milo: Persona, bea: Persona) -> None:
    with pytest.raises(NotFound):
        give_mandate(actor=bea.actor)
    with pytest.raises(NotAllowed):
        give_mandate(actor=make_member(milo, "Vic", Role.VIEWER).actor)
    Organization.objects.filter(pk=milo.organization.pk).update(vat_id="")
    with pytest.raises(DomainError, match="VAT id"):
        give_mandate(actor=milo.actor)
    assert not InvoicingMandate.objects.exists()


def test_an_accepted_certificate_frees_and_only_while_it_is_valid(
    bea: Persona, milo: Persona, sam: Persona, certificate: ExemptionCertificate
) -> None:
    give_mandate(actor=milo.actor)
    assert (certificate.number, certificate.file.kind) == ("A 1", "certificate")
    waiting = new_order(bea, milo)
    accept_exemption(actor=staff(sam), pk=certificate.pk, valid_until=today())
    pump()
    assert "Your exemption certificate A 1 counts" in [each.subject for each in mail.outbox]
    free = new_order(bea, milo)
    ExemptionCertificate.objects.update(valid_until=today() - timedelta(days=1))
    over = new_order(bea, milo)
    found = [OrderTax.objects.get(order=order) for order in (waiting, free, over)]
    assert [tax.treatment for tax in found] == [
        Treatment.DOMESTIC,
        Treatment.EXEMPT,
        Treatment.DOMESTIC,
    ]
    assert found[1].certificate == certificate and "A 1" in found[1].sentence
    assert free.payments.get().tax_minor == 0
    assert facts("exemption_handed_in", "exemption_accepted") == [1, 1]


def test_staff_decide_and_say_why(
    bea: Persona, sam: Persona, certificate: ExemptionCertificate
) -> None:
    with pytest.raises(NotAllowed):
        accept_exemption(actor=bea.actor, pk=certificate.pk, valid_until=today())
    with pytest.raises(DomainError, match="over"):
        accept_exemption(
            actor=staff(sam), pk=certificate.pk, valid_until=today() - timedelta(days=1)
        )
    with pytest.raises(DomainError, match="why"):
        refuse_exemption(actor=staff(sam), pk=certificate.pk, reason="  ")
    refuse_exemption(actor=staff(sam), pk=certificate.pk, reason="Not signed.")
    with pytest.raises(WrongState):
        accept_exemption(actor=staff(sam), pk=certificate.pk, valid_until=today())
    with pytest.raises(NotFound):
        refuse_exemption(actor=staff(sam), pk=0, reason="None.")
    pump()
    assert "Not signed." in mail.outbox[-1].body


def test_a_stranger_finds_no_certificate_and_twice_is_once(
    bea: Persona, stefan: Persona, certificate: ExemptionCertificate
) -> None:
    with pytest.raises(NotFound):
        withdraw_exemption(actor=stefan.actor, public_id=certificate.public_id)
    withdraw_exemption(actor=bea.actor, public_id=certificate.public_id)
    with pytest.raises(NotFound):
        withdraw_exemption(actor=bea.actor, public_id=certificate.public_id)
    assert facts("exemption_withdrawn") == [1]


def test_what_is_no_certificate_is_refused(bea: Persona, milo: Persona) -> None:
    with pytest.raises(NotFound):
        hand_in_exemption(actor=milo.actor, country="DE", number="A", upload=paper())
    with pytest.raises(DomainError, match="number"):
        hand_in_exemption(actor=bea.actor, country="DE", number=" ", upload=paper())
    fake = SimpleUploadedFile("exempt.pdf", b"MZ", "application/pdf")
    with pytest.raises(DomainError):
        hand_in_exemption(actor=bea.actor, country="DE", number="A", upload=fake)
    with pytest.raises(NotAllowed):
        viewer = make_member(bea, "Vic", Role.VIEWER)
        hand_in_exemption(actor=viewer.actor, country="DE", number="A", upload=paper())
    assert not ExemptionCertificate.objects.exists()


def test_a_new_rate_counts_from_its_day_on(bea: Persona, sam: Persona) -> None:
    tomorrow = today() + timedelta(days=1)
    wanted = {"country": "DE", "rate_bps": 2000, "holds_from": tomorrow, "source": "BGBl"}
    with pytest.raises(NotAllowed):
        add_tax_rate(actor=bea.actor, **wanted)  # type: ignore[arg-type]
    add_tax_rate(actor=staff(sam), **wanted)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        add_tax_rate(actor=staff(sam), **wanted)  # type: ignore[arg-type]
    now, then = rate_on("DE", today()), rate_on("DE", tomorrow)
    assert now and then and (now.rate_bps, then.rate_bps) == (1900, 2000)
    assert rate_on("US", today()) is None
    assert rate_on("DE", today() - timedelta(days=36_500)) is None


def test_a_buyer_states_its_vat_id_and_a_verified_shop_does_not(
    bea: Persona, milo: Persona
) -> None:
    assert state_vat_id(actor=bea.actor, vat_id="de 136 695 976").vat_id == "DE136695976"
    with pytest.raises(DomainError, match="valid"):
        state_vat_id(actor=bea.actor, vat_id="DE136695977")
    with pytest.raises(DomainError, match="verified"):
        state_vat_id(actor=milo.actor, vat_id="")
    assert state_vat_id(actor=bea.actor, vat_id="").vat_id == ""


def test_pages_of_both_sides(bea: Persona, milo: Persona) -> None:
    shop = milo.client.get("/portal/payouts/documents/").content.decode()
    assert "Give this mandate" in shop and "19 %" in shop
    milo.client.post("/portal/payouts/documents/mandate/", {"mandate": "give"})
    assert "Since" in milo.client.get("/portal/payouts/documents/").content.decode()
    milo.client.post("/portal/payouts/documents/mandate/", {"mandate": "end"})
    assert InvoicingMandate.objects.get().ended_at is not None
    wrong = bea.client.post("/payments/vat/id/", {"vat_id": "DE1"})
    assert wrong.status_code == 422 and "DE1" in wrong.content.decode()
    assert bea.client.post("/payments/vat/id/", {"vat_id": "DE136695976"}).status_code == 302
    form = {"country": "DE", "number": "A-7", "upload": paper()}
    assert bea.client.post("/payments/vat/exemptions/", form).status_code == 302
    page = bea.client.get("/payments/vat/").content.decode()
    assert "A-7" in page and "Waiting for our check" in page and "DE136695976" in page
    kept = ExemptionCertificate.objects.get()
    opened = bea.client.get(f"/payments/vat/exemptions/{kept.public_id}/", follow=True)
    assert b"".join(opened.streaming_content if opened.streaming else [opened.content]) == PDF


def test_staff_desk(bea: Persona, sam: Persona, certificate: ExemptionCertificate) -> None:
    base = "/admin/payments/exemptioncertificate/"
    assert "A 1" in sam.client.get(base).content.decode()
    address = f"{base}{certificate.pk}/decide/"
    assert sam.client.get(address).status_code == 200
    assert sam.client.post(address, {"decision": "accept"}).status_code == 422
    until = (timezone.localdate() + timedelta(days=9)).isoformat()
    done = sam.client.post(address, {"decision": "accept", "valid_until": until})
    assert done.status_code == 302
    certificate.refresh_from_db()
    assert certificate.state == "accepted"
    assert sam.client.get(f"{base}{certificate.pk}/paper/").status_code == 302
    rates = "/admin/payments/taxrate/"
    new = {"country": "DE", "percent": "19.5", "holds_from": "2199-01-01", "source": "BGBl"}
    assert sam.client.post(f"{rates}add/", new).status_code == 302
    assert sam.client.post(f"{rates}add/", new).status_code == 422
    assert TaxRate.objects.get(holds_from="2199-01-01").percent == "19.5 %"
    for name in ("ordertax", "invoicingmandate", "document"):
        assert sam.client.get(f"/admin/payments/{name}/").status_code == 200
