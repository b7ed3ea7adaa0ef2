"""From the click on "pay" to the closed order, with the books beside it."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command

from orders.actions import acceptance, nonconformances, production, settlements
from orders.actions.problem_steps import Claim
from orders.states import OrderState
from payments.sandbox import driver
from payments.states import AttemptState, PaymentState
from payments.tasks import sync_attempt
from tests.payments.conftest import Sandbox
from tests.payments.scene import (
    Scene,
    accept_goods,
    connect_maker,
    deliver_goods,
    ledger,
    open_page,
    pump,
)


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
    assert "balance agree: expected 32.25 EUR, found 32.25 EUR" in out.getvalue()


def paid(scene: Scene) -> None:
    """The payout account is ready and the 500.00 are held."""
    connect_maker(scene)
    attempt = open_page(scene)
    driver.pay(attempt.url)
    sync_attempt(attempt.pk)


def test_money_follows_the_pieces_and_the_books_agree(scene: Scene, sandbox: Sandbox) -> None:
    """38 of 40 accepted, of the 25.00 for the others 20.00 go back and 5.00 are kept."""
    paid(scene)
    deliver_goods(scene)
    bea, milo, key = scene.bea.actor, scene.milo.actor, {"public_id": scene.order.public_id}
    [problem] = acceptance.judge_goods(
        actor=bea,
        rejected={scene.order.lines.get().public_id: 2},
        claim=Claim("nonconforming", "Bore too wide."),
        **key,
    )
    pump()
    assert (scene.payment.state, scene.fresh_order().state) == ("funded", "delivered")
    assert ledger()["order:held"] == 2500
    key["problem"] = problem.public_id
    offer = nonconformances.Offer("refund", "Keep them.", refund_minor=2000)
    nonconformances.answer_nonconformance(actor=milo, offer=offer, **key)
    nonconformances.agree_nonconformance(actor=bea, **key)
    pump()
    assert (scene.payment.state, scene.fresh_order().state) == ("released", "closed")
    # 8 % of the 480.00 released; Stripe keeps its fee of 7.75.
    assert ledger() == {
        "stripe:platform": -3065,
        "expense:stripe_fees": -775,
        "revenue:commission": 3840,
    }
    assert len(sandbox.calls("POST", "/v1/transfers")) == 2
    assert len(sandbox.calls("POST", "/v1/refunds")) == 1
    call_command("check_ledger", stdout=StringIO())


def test_an_order_ended_by_agreement_pays_for_the_work_done(scene: Scene, sandbox: Sandbox) -> None:
    paid(scene)
    key = {"public_id": scene.order.public_id}
    production.advance_order(actor=scene.milo.actor, verb="confirm_order", **key)
    proposal = settlements.propose_settlement(
        actor=scene.milo.actor, owed_minor=12500, reason="The machine broke.", **key
    )
    settlements.accept_settlement(actor=scene.bea.actor, settlement=proposal.public_id, **key)
    pump()
    assert (scene.payment.state, scene.fresh_order().state) == ("released", "cancelled")
    assert ledger() == {
        "stripe:platform": -225,
        "expense:stripe_fees": -775,
        "revenue:commission": 1000,
    }
    call_command("check_ledger", stdout=StringIO())
