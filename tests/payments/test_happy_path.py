"""From the click on "pay" to the closed order, with the books beside it."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command

from orders.states import OrderState
from payments.sandbox import driver
from payments.states import AttemptState, PaymentState
from payments.tasks import sync_attempt
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, accept_goods, connect_maker, ledger, open_page, pump


def test_paid_held_released_and_transferred(scene: Scene, sandbox: Sandbox) -> None:
    account = connect_maker(scene)
    assert (account.state, scene.milo.manufacturer.payouts_enabled) == ("active", True)
    attempt = open_page(scene)
    assert attempt.state == AttemptState.OPEN
    driver.pay(attempt.url)
    sync_attempt(attempt.pk)
    assert scene.payment.state == PaymentState.FUNDED
    assert scene.fresh_order().state == OrderState.PLACED
    # 500.00 held; the sandbox takes 1.5 % and 0.25.
    assert ledger() == {"stripe:platform": -49225, "order:held": 50000, "expense:stripe_fees": -775}
    accept_goods(scene)
    pump()
    assert scene.payment.state == PaymentState.RELEASED
    assert scene.fresh_order().state == OrderState.CLOSED
    # 8 % commission stays, less Stripe's fee.
    assert ledger() == {
        "stripe:platform": -3225,
        "expense:stripe_fees": -775,
        "revenue:commission": 4000,
    }
    transfer = sandbox.calls("POST", "/v1/transfers")
    assert len(transfer) == 1
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert "EUR: books 3225, Stripe 3225" in out.getvalue()
