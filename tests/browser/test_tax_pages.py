"""Pages of VAT and invoices: no barriers, no complaints, no sideways scroll on a phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.actor import Actor
from orders.actions.production import advance_order
from payments.actions.documents import issue_invoice
from payments.actions.funding import apply_payment
from payments.actions.instalments import call_instalments
from payments.actions.requests import request_payment
from payments.actions.tax import accept_exemption, give_mandate, hand_in_exemption
from payments.models import PaymentRequest
from tests.browser.conftest import Tab
from tests.orders.actions.test_milestones import AGREED
from tests.orders.scene import make_order
from tests.payments.test_ways import answer
from tests.personas import Persona

SYSTEM = Actor.system("test")


@pytest.fixture
def tax_pages(bea: Persona, milo: Persona, rita: Persona, sam: Persona) -> dict[str, list[str]]:
    """Addresses by who opens them: an order with VAT between its instalments; Rita has no mandate
    and no document."""
    give_mandate(actor=milo.actor)
    for number, country in (("EX-2026-4711", "SE"), ("EX-2026-4712", "AT")):
        paper = SimpleUploadedFile("exempt.pdf", b"%PDF-1.4", "application/pdf")
        found = hand_in_exemption(actor=bea.actor, country=country, number=number, upload=paper)
    accept_exemption(
        actor=Actor.staff(sam.user, "test"),
        pk=found.pk,
        valid_until=timezone.localdate() + timedelta(days=90),
    )
    order = make_order(bea, milo, agreed=AGREED)
    request_payment(actor=SYSTEM, order_id=order.public_id)
    first = PaymentRequest.objects.get(order=order, seq=1)
    apply_payment(answer(first, "succeeded"))
    issue_invoice(payment=first.public_id)
    advance_order(actor=milo.actor, public_id=order.public_id, verb="confirm_order")
    call_instalments(actor=SYSTEM, order_id=order.public_id)
    second = PaymentRequest.objects.get(order=order, seq=2)
    return {
        "bea": [
            "/payments/",
            "/payments/documents/",
            "/payments/documents/?state=credit_notes",
            "/payments/vat/",
            f"/payments/orders/{order.public_id}/",
            f"/payments/orders/{order.public_id}/pay/{second.public_id}/",
        ],
        "milo": [
            "/portal/payouts/documents/",
            f"/portal/payouts/orders/{order.public_id}/",
        ],
        "rita": ["/portal/payouts/documents/"],
    }


def test_no_barriers_and_no_sideways_scroll(
    tax_pages: dict[str, list[str]],
    bea: Persona,
    milo: Persona,
    rita: Persona,
    open_tab: Callable[..., Tab],
) -> None:
    people = {"bea": bea, "milo": milo, "rita": rita}
    found: dict[str, list[str]] = {}
    for name, person in people.items():
        tab = open_tab(person, color_scheme="light")
        found |= {f"{name} {path}": tab.faults(path) for path in tax_pages[name]}
    assert {path: faults for path, faults in found.items() if faults} == {}
