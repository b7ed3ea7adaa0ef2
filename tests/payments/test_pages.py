"""The pages of money: who sees them, what they say, and that they work without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from payments.models import PaymentAttempt
from payments.sandbox import driver
from payments.tasks import sync_attempt, sync_payout_account
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, accept_goods, connect_maker, open_page, pump
from tests.personas import Persona, make_buyer, make_shop

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_pay_page_names_the_sum_and_asks_nothing_of_stripe(
    scene: Scene, sandbox: Sandbox
) -> None:
    path = f"/payments/orders/{scene.order.public_id}/pay/"
    page = scene.bea.client.get(path)
    assert page.status_code == 200
    assert "500.00" in text(page)
    answer = scene.bea.client.post(path)
    attempt = PaymentAttempt.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/payments/attempts/{attempt.public_id}/wait/"
    assert sandbox.calls() == []
    waiting = scene.bea.client.get(answer["Location"])
    assert waiting["Refresh"] == "4"
    assert sandbox.calls() == []


def test_waiting_ends_at_the_hosted_page_with_and_without_htmx(scene: Scene) -> None:
    attempt = open_page(scene)
    path = f"/payments/attempts/{attempt.public_id}/wait/"
    plain = scene.bea.client.get(path)
    assert (plain.status_code, plain["Location"]) == (303, attempt.url)
    htmx = scene.bea.client.get(path, headers={"HX-Request": "true"})
    assert (htmx.status_code, htmx["HX-Redirect"]) == (200, attempt.url)


def test_a_page_that_could_not_be_opened_says_so(scene: Scene, sandbox: Sandbox) -> None:
    scene.order.payments.update(amount_minor=10, commission_minor=0)
    attempt = open_page(scene)
    assert attempt.state == "failed"
    page = scene.bea.client.get(f"/payments/attempts/{attempt.public_id}/wait/")
    assert "Nothing was charged" in text(page)
    assert "at least 50 cents" not in text(page)


def test_there_is_nothing_to_pay_twice(scene: Scene, sandbox: Sandbox) -> None:
    attempt = open_page(scene)
    driver.pay(attempt.url)
    sync_attempt(attempt.pk)
    answer = scene.bea.client.post(f"/payments/orders/{scene.order.public_id}/pay/")
    assert answer.status_code == 409
    assert "nothing to pay" in text(answer)
    done = scene.bea.client.get(f"/payments/attempts/{attempt.public_id}/return/")
    assert "arrived" in text(done)


def test_each_side_reads_its_own_books(scene: Scene, sandbox: Sandbox) -> None:
    connect_maker(scene)
    attempt = open_page(scene)
    driver.pay(attempt.url)
    sync_attempt(attempt.pk)
    accept_goods(scene)
    pump()
    buyer = text(scene.bea.client.get(f"/payments/orders/{scene.order.public_id}/"))
    assert "Held until the goods are accepted" in buyer
    assert "Commission" not in buyer
    assert "Fee of the payment service" not in buyer
    maker = text(scene.milo.client.get(f"/portal/payouts/orders/{scene.order.public_id}/"))
    assert "Commission of the marketplace" in maker
    assert "460.00" in maker
    assert "Fee of the payment service" not in maker
    assert "460.00" in text(scene.milo.client.get("/portal/payouts/"))


@pytest.mark.parametrize(
    "path",
    [
        "/payments/orders/{order}/",
        "/payments/orders/{order}/pay/",
        "/payments/attempts/{attempt}/wait/",
        "/payments/attempts/{attempt}/return/",
        "/portal/payouts/orders/{order}/",
    ],
)
def test_strangers_and_the_other_side_find_nothing(scene: Scene, path: str) -> None:
    attempt = open_page(scene)
    url = path.format(order=scene.order.public_id, attempt=attempt.public_id)
    mine = scene.milo if url.startswith("/portal") else scene.bea
    other = scene.bea if url.startswith("/portal") else scene.milo
    assert mine.client.get(url).status_code in (200, 303)
    for person in (other, make_buyer("Stefan", "Stranger"), make_shop("Rita", "Rita Rapid")):
        assert person.client.get(url).status_code == 404
        if url.endswith("/pay/"):
            assert person.client.post(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert PaymentAttempt.objects.count() == 1


def test_a_viewer_cannot_pay(scene: Scene) -> None:
    scene.bea.user.memberships.update(role="viewer")
    answer = Persona(scene.bea.user).client.post(f"/payments/orders/{scene.order.public_id}/pay/")
    assert answer.status_code == 403
    assert PaymentAttempt.objects.count() == 0


def test_setting_up_payouts(scene: Scene, sandbox: Sandbox) -> None:
    client = scene.milo.client
    assert "Set up payouts" in text(client.get("/portal/payouts/"))
    answer = client.post("/portal/payouts/set-up/")
    assert (answer.status_code, answer["Location"]) == (302, "/portal/payouts/wait/")
    assert "One moment" in text(client.get("/portal/payouts/wait/"))
    assert sandbox.calls() == []
    pump()
    leaving = client.get("/portal/payouts/wait/")
    assert leaving.status_code == 303
    back = driver.onboard(leaving["Location"])
    assert back.endswith("/portal/payouts/?back=1")
    scene.milo.organization.payout_account.refresh_from_db()
    sync_payout_account(scene.milo.organization.payout_account.pk)
    assert "Payouts are set up" in text(client.get("/portal/payouts/"))
    assert scene.bea.client.get("/portal/payouts/").status_code == 404
