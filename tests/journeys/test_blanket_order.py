"""A year's need agreed once: three call-offs, each an order that is paid, and a fourth refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from orders.models import BlanketOrder, Order
from payments.models import PaymentRequest
from payments.sandbox import driver
from tests.api.scene import order_in
from tests.journeys.conftest import Visitor
from tests.payments.conftest import Sandbox
from tests.personas import Persona

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LOGIN = "allauth.account.auth_backends.AuthenticationBackend"


def test_three_call_offs_and_a_fourth_refused(
    site: str,
    sandbox: Sandbox,
    visitor: Callable[[], Visitor],
    bea: Persona,
    milo: Persona,
    work: Callable[[], None],
) -> None:
    buyer, shop = visitor(), visitor()
    for person, at in ((bea, buyer), (milo, shop)):
        at.client.force_login(person.user, backend=LOGIN)
    source = order_in("accepted", bea, milo)
    # Nobody paid this one through the platform, so the books know nothing of it.
    source.money_decisions.all().delete()
    Order.objects.filter(pk=source.pk).update(funded_minor=0)
    line, today = source.lines.get().public_id, timezone.localdate()
    buyer.post(
        f"/orders/{source.public_id}/blanket/",
        {
            "title": "Brackets for the year",
            "starts_on": f"{today:%Y-%m-%d}",
            "ends_on": f"{today + timedelta(days=300):%Y-%m-%d}",
            "lead_time_days": 9,
            "ship_to": "Werkstr. 1, 52062 Aachen",
            line: 100,
            f"least_{line}": 20,
        },
    )
    blanket = BlanketOrder.objects.get()
    page = f"/blanket-orders/{blanket.public_id}/"
    work()
    assert "proposes the blanket order" in shop.get("/inbox/").content.decode()
    shop.post(f"/portal{page}accept/")
    row = blanket.lines.get().public_id
    for number, pieces in enumerate((40, 40, 20)):
        buyer.post(f"{page}call-off/", {"seen": number, row: pieces, "po_number": f"PO {number}"})
    text = buyer.post(f"{page}call-off/", {"seen": 3, row: 20}, status=422).content.decode()
    assert "Everything that was agreed is called off" in text
    orders = list(Order.objects.filter(call_off__blanket=blanket).order_by("pk"))
    assert [order.lines.get().quantity for order in orders] == [40, 40, 20]
    work()
    first = orders[0]
    buyer.post(f"/payments/orders/{first.public_id}/pay/")
    work()
    request = PaymentRequest.objects.get(order=first)
    driver.pay(request.attempts.get().url)
    sandbox.settle()
    work()
    first.refresh_from_db()
    assert (first.state, first.ship_by) == ("placed", today + timedelta(days=9))
    assert first.reference in shop.get(f"/portal{page}").content.decode()
    call_command("check_ledger")
