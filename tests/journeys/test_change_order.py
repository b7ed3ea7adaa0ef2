"""A dearer change: proposed, accepted, paid, in force, shipped, accepted; and the books agree."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from orders.models import ChangeOrder, Order
from payments.models import PaymentRequest
from payments.sandbox import driver
from tests.journeys.conftest import Visitor
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, connect_maker, new_order
from tests.personas import Persona

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LOGIN = "allauth.account.auth_backends.AuthenticationBackend"


def test_more_pieces_are_proposed_paid_shipped_and_accepted(
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
    order = new_order(bea, milo)
    connect_maker(Scene(bea, milo, order))
    line, key = order.lines.get().public_id, order.public_id

    def pay() -> None:
        buyer.post(f"/payments/orders/{key}/pay/")
        work()
        request = PaymentRequest.objects.filter(order=order).latest("seq")
        driver.pay(request.attempts.get().url)
        sandbox.settle()
        work()

    pay()
    for verb in ("confirm_order", "start_production"):
        shop.post(f"/portal/orders/{key}/advance/{verb}/")
    # 40 pieces at 12.50 become 48, two weeks later.
    later = timezone.localdate() + timedelta(days=24)
    wanted = {f"quantity_{line}": 48, "ship_by": f"{later:%Y-%m-%d}", "seen": 1}
    buyer.post(f"/orders/{key}/changes/new/", {**wanted, "reason": "Eight more robots."})
    change = ChangeOrder.objects.get()
    work()
    assert change.reference in shop.get("/inbox/").content.decode()
    room = f"/portal/orders/{key}/changes/"
    assert "€100.00" in shop.get(room).content.decode()
    shop.post(f"{room}{change.public_id}/accept/")
    work()
    page = buyer.get(f"/payments/orders/{key}/pay/").content.decode()
    assert change.reference in page and "Pay €100.00" in page
    pay()
    order.refresh_from_db()
    assert (order.total_minor, order.funded_minor, order.edition) == (60000, 60000, 2)
    assert order.ship_by == later
    for verb in ("finish_production", "pass_quality_check"):
        shop.post(f"/portal/orders/{key}/advance/{verb}/")
    shop.post(f"/portal/orders/{key}/ship/", {"carrier": "dhl", "tracking_number": "JD7"})
    for step in ("delivery", "accept"):
        buyer.post(f"/orders/{key}/{step}/")
    work()
    order.refresh_from_db()
    assert order.state == "closed"
    states = PaymentRequest.objects.filter(order=order).values_list("state", "commission_minor")
    assert sorted(states) == [("released", 800), ("released", 4000)]
    assert Order.objects.get().documents.filter(kind="purchase_order").count() == 2
    call_command("check_ledger", stdout=StringIO())
