"""Pages of instalments: no barriers, no complaints, no sideways scroll on a phone."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.actor import Actor
from orders.actions.production import advance_order
from payments.actions.funding import apply_payment
from payments.actions.instalments import call_instalments
from payments.actions.receipts import issue_receipt
from payments.actions.requests import request_payment
from payments.models import PaymentRequest
from tests.browser.conftest import Tab
from tests.orders.actions.test_milestones import AGREED
from tests.orders.scene import make_order
from tests.payments.test_ways import PAGE, answer
from tests.personas import Persona

SYSTEM = Actor.system("test")


@pytest.fixture
def money_pages(bea: Persona, milo: Persona) -> dict[str, list[str]]:
    """Addresses by who opens them: an order between its instalments, one whose transfer is on its
    way, one that nothing was paid for."""
    order, waiting, fresh = (make_order(bea, milo, agreed=AGREED) for _ in range(3))
    for one in (order, waiting, fresh):
        request_payment(actor=SYSTEM, order_id=one.public_id)
    first = PaymentRequest.objects.get(order=order, seq=1)
    apply_payment(answer(first, "succeeded"))
    issue_receipt(payment=first.public_id)
    advance_order(actor=milo.actor, public_id=order.public_id, verb="confirm_order")
    call_instalments(actor=SYSTEM, order_id=order.public_id)
    second = PaymentRequest.objects.get(order=order, seq=2)
    PaymentRequest.objects.filter(pk=second.pk).update(due_at=timezone.now())
    slow = PaymentRequest.objects.get(order=waiting, seq=1)
    apply_payment(
        answer(
            slow,
            "requires_action",
            id="pi_2",
            charge=None,
            way="customer_balance",
            transfer_page=PAGE,
        )
    )
    return {
        "bea": [
            "/payments/",
            "/payments/?state=back",
            f"/payments/orders/{order.public_id}/",
            f"/payments/orders/{order.public_id}/pay/{second.public_id}/",
            f"/payments/orders/{waiting.public_id}/pay/{slow.public_id}/",
            f"/payments/orders/{fresh.public_id}/pay/",
            f"/orders/{order.public_id}/",
            f"/orders/{fresh.public_id}/",
        ],
        "milo": [
            f"/portal/payouts/orders/{order.public_id}/",
            f"/portal/payouts/orders/{waiting.public_id}/",
            f"/portal/orders/{order.public_id}/",
        ],
    }


def test_no_barriers_and_no_sideways_scroll(
    money_pages: dict[str, list[str]],
    bea: Persona,
    milo: Persona,
    open_tab: Callable[..., Tab],
) -> None:
    people = {"bea": bea, "milo": milo}
    found: dict[str, list[str]] = {}
    for name, person in people.items():
        tab = open_tab(person, color_scheme="light")
        found |= {path: tab.faults(path) for path in money_pages[name]}
    assert {path: faults for path, faults in found.items() if faults} == {}
