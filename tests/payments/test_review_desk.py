"""Money that does not fit, on the desk of staff: who hears of it, and what the page offers."""

from __future__ import annotations

import pytest
from django.core import mail

from marketplace.core.errors import Conflict
from orders.actions.placement import cancel_order
from payments.models import PaymentAttempt
from payments.sandbox import driver
from payments.states import PaymentState
from payments.tasks import sync_attempt
from tests.payments.conftest import Sandbox
from tests.payments.credit_scene import assert_books_hold
from tests.payments.scene import Scene, ledger, open_page, pump
from tests.payments.test_manual import settle, staff

pytestmark = pytest.mark.django_db


def pay_other(scene: Scene, sandbox: Sandbox, minor: int) -> PaymentAttempt:
    page = open_page(scene)
    sandbox.command("tamper", id=page.session, changes=f'{{"amount_total": {minor}}}')
    driver.pay(page.url)
    sync_attempt(page.pk)
    pump()
    return page


def test_staff_hear_of_it_and_take_it(scene: Scene, sandbox: Sandbox) -> None:
    ann = staff("Ann")
    mail.outbox.clear()
    pay_other(scene, sandbox, 51000)
    told = {letter.to[0] for letter in mail.outbox if "not what was asked for" in letter.subject}
    assert told == {"ann@example.com"}
    assert "Payments in review" in ann.client.get("/admin/").content.decode()
    page = f"/admin/payments/manualsettlement/order/{scene.order.public_id}/"
    shown = ann.client.get(page).content.decode()
    assert "510.00 EUR came, 500.00 EUR were asked for" in shown
    form = {"kind": "accept", "payment": scene.payment.public_id, "reason": "A fee on top."}
    assert ann.client.post(page, form).status_code == 302
    pump()
    assert scene.payment.state == PaymentState.FUNDED
    assert "suspense" not in ledger()
    bodies = [letter.body for letter in mail.outbox if letter.to == ["bea@example.com"]]
    assert any("A fee on top." in body for body in bodies)
    assert_books_hold()


def test_too_little_is_said_on_the_page(scene: Scene, sandbox: Sandbox) -> None:
    ann = staff("Ann")
    pay_other(scene, sandbox, 49999)
    page = f"/admin/payments/manualsettlement/order/{scene.order.public_id}/"
    form = {"kind": "accept", "payment": scene.payment.public_id, "reason": "Nearly."}
    answer = ann.client.post(page, form)
    assert answer.status_code == 422
    assert "does not pay it" in answer.content.decode()
    assert "Nearly." in answer.content.decode()


def test_it_goes_back_when_the_order_has_ended(scene: Scene, sandbox: Sandbox) -> None:
    tim = staff()
    pay_other(scene, sandbox, 50700)
    cancel_order(actor=scene.bea.actor, public_id=scene.order.public_id, reason="No need")
    pump()
    with pytest.raises(Conflict, match="not asked for any more"):
        settle(scene, tim, "accept", payment=scene.payment.public_id)
    settle(scene, tim, "send_back", payment=scene.payment.public_id)
    pump()
    assert scene.payment.state == PaymentState.CANCELLED
    assert set(ledger()) == {"stripe:platform", "expense:stripe_fees"}
    with pytest.raises(Conflict, match="not in review"):
        settle(scene, tim, "send_back", payment=scene.payment.public_id)
    assert_books_hold()
