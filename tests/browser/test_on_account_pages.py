"""Pages of buying on account: no barriers, no complaints, no sideways scroll on a phone."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.actor import Actor
from payments.actions.on_account import pay_on_account
from payments.actions.receivables import open_shipped
from payments.actions.requests import request_payment
from payments.models import Receivable
from tests.browser.conftest import Tab
from tests.orders.scene import make_order
from tests.payments.credit_scene import age, approve, staff
from tests.personas import Persona

SYSTEM = Actor.system("test")


@pytest.fixture
def lent(bea: Persona, milo: Persona, sam: Persona) -> dict[str, list[str]]:
    """Addresses by who opens them: an order that can go on account, one that is, one that is
    overdue, and an application that waits."""
    fresh, running, late = (make_order(bea, milo) for _ in range(3))
    for one in (fresh, running, late):
        request_payment(actor=SYSTEM, order_id=one.public_id)
    account = approve(bea, staff(), limit=160_000)
    for one in (running, late):
        pay_on_account(actor=bea.actor, public_id=one.public_id)
    open_shipped(order_id=late.public_id, on=timezone.localdate())
    owed = Receivable.objects.get(request__order=late)
    age(owed, 9)
    return {
        "bea": [
            "/payments/on-account/",
            "/payments/on-account/?state=paid",
            "/payments/",
            f"/payments/orders/{fresh.public_id}/pay/",
            f"/payments/orders/{running.public_id}/pay/",
            f"/payments/orders/{running.public_id}/",
        ],
        "milo": [
            f"/portal/orders/{running.public_id}/",
            f"/portal/payouts/orders/{running.public_id}/",
            "/portal/payouts/",
        ],
        "stefan": ["/payments/on-account/"],
        "sam": [
            f"/admin/payments/creditaccount/{account.pk}/decide/",
            "/admin/payments/receivable/",
            f"/admin/payments/receivable/{owed.pk}/match/",
            "/admin/payments/receivable/top-up/",
        ],
    }


def test_no_barriers_and_no_sideways_scroll(
    lent: dict[str, list[str]],
    bea: Persona,
    milo: Persona,
    sam: Persona,
    stefan: Persona,
    open_tab: Callable[..., Tab],
) -> None:
    people = {"bea": bea, "milo": milo, "stefan": stefan}
    found: dict[str, list[str]] = {}
    for name, person in people.items():
        tab = open_tab(person, color_scheme="light")
        found |= {f"{name} {path}": tab.faults(path) for path in lent[name]}
    desk = open_tab(sam, color_scheme="light")
    for path in lent["sam"]:
        desk.go(path)
    assert {path: faults for path, faults in found.items() if faults} == {}
