"""What a change order costs more is paid, or not; the books agree in every case."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from orders.actions import acceptance, changes
from orders.change_terms import LineChange, Proposal
from orders.models import ChangeOrder
from payments import gateway
from payments.actions.attempts import pay_order
from payments.actions.funding import apply_payment
from payments.models import PaymentAttempt, PaymentRequest
from payments.sandbox import driver
from payments.states import PaymentState
from payments.tasks import sync_attempt
from tests.payments.conftest import Sandbox
from tests.payments.drills.stage import together
from tests.payments.scene import (
    Scene,
    accept_goods,
    connect_maker,
    deliver_goods,
    ledger,
    open_page,
    pump,
    set_scene,
)
from tests.steps import step


@step
def start(scene: Scene, quantity: int) -> ChangeOrder:
    """The order is paid, and both agree on another quantity."""
    connect_maker(scene)
    attempt = open_page(scene)
    driver.pay(attempt.url)
    sync_attempt(attempt.pk)
    return agree(scene, quantity)


@step
def agree(scene: Scene, quantity: int) -> ChangeOrder:
    key = {"public_id": scene.order.public_id}
    line = scene.order.lines.get().public_id
    found = changes.propose_change(
        actor=scene.milo.actor,
        wanted=Proposal({line: LineChange(quantity=quantity)}),
        reason="As we spoke.",
        **key,
    )
    changes.accept_change(actor=scene.bea.actor, change=found.public_id, **key)
    pump()
    found.refresh_from_db()
    return found


def supplement(scene: Scene) -> PaymentRequest:
    return PaymentRequest.objects.get(order=scene.order, kind="supplement")


def page_of(scene: Scene) -> PaymentAttempt:
    attempt = pay_order(actor=scene.bea.actor, public_id=scene.order.public_id)
    pump()
    attempt.refresh_from_db()
    return attempt


def check_books() -> None:
    call_command("check_ledger", stdout=StringIO())


def test_a_supplement_is_paid_and_released_with_the_rest(scene: Scene, sandbox: Sandbox) -> None:
    found = start(scene, 44)
    assert (found.state, supplement(scene).seq, supplement(scene).amount_minor) == (
        "accepted",
        2,
        5000,
    )
    attempt = page_of(scene)
    assert page_of(scene) == attempt
    driver.pay(attempt.url)
    for _ in range(2):
        sync_attempt(attempt.pk)
    found.refresh_from_db()
    assert (found.state, scene.fresh_order().funded_minor) == ("in_force", 55000)
    accept_goods(scene)
    pump()
    assert scene.fresh_order().state == "closed"
    # 8 % of 550.00; Stripe took 7.75 and 1.00.
    assert ledger() == {
        "stripe:platform": -3525,
        "expense:stripe_fees": -875,
        "revenue:commission": 4400,
    }
    check_books()


def test_what_costs_less_comes_back_and_the_rest_is_released(
    scene: Scene, sandbox: Sandbox
) -> None:
    found = start(scene, 30)
    assert found.state == "in_force"
    pump()
    assert ledger()["order:held"] == 37500
    accept_goods(scene)
    pump()
    assert scene.fresh_order().state == "closed"
    assert ledger()["revenue:commission"] == 3000
    assert len(sandbox.calls("POST", "/v1/refunds")) == 1
    check_books()


@pytest.mark.parametrize("end", ["taken back", "not in time", "all shipped"])
def test_money_that_comes_too_late_goes_back(scene: Scene, sandbox: Sandbox, end: str) -> None:
    found = start(scene, 44)
    attempt = page_of(scene)
    key = {"public_id": scene.order.public_id}
    driver.pay(attempt.url)
    if end == "taken back":
        changes.withdraw_change(actor=scene.bea.actor, change=found.public_id, **key)
    elif end == "not in time":
        ChangeOrder.objects.update(pay_by=timezone.now() - timedelta(seconds=1))
        assert changes.run_change_timers() == 1
    else:
        deliver_goods(scene)
    sync_attempt(attempt.pk)
    pump()
    found.refresh_from_db()
    assert (found.state, supplement(scene).state) == ("lapsed", PaymentState.CANCELLED)
    assert (scene.fresh_order().total_minor, scene.order.funded_minor) == (50000, 50000)
    assert len(sandbox.calls("POST", "/v1/refunds")) == 1
    if end == "all shipped":
        acceptance.accept_order(actor=scene.bea.actor, **key)
    else:
        accept_goods(scene)
    pump()
    assert scene.fresh_order().state == "closed"
    check_books()


def test_an_unpaid_page_is_closed_when_the_change_lapses(scene: Scene, sandbox: Sandbox) -> None:
    found = start(scene, 44)
    attempt = page_of(scene)
    changes.withdraw_change(
        actor=scene.bea.actor, public_id=scene.order.public_id, change=found.public_id
    )
    pump()
    assert supplement(scene).state == PaymentState.CANCELLED
    with pytest.raises(driver.SandboxRefused):
        driver.pay(attempt.url)
    again = agree(scene, 45)
    assert PaymentRequest.objects.get(subject=again.public_id).seq == 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_paid_while_it_lapses_is_one_or_the_other(sandbox: Sandbox, settings: Any) -> None:
    assert connection.vendor == "postgresql"
    scene = set_scene()
    found = start(scene, 44)
    attempt = page_of(scene)
    driver.pay(attempt.url)
    session = gateway.retrieve_session(attempt.session)
    payment = gateway.retrieve_payment(session.payment_intent)
    ChangeOrder.objects.update(pay_by=timezone.now() - timedelta(seconds=1))
    together([lambda: apply_payment(payment), lambda: changes.run_change_timers()])
    pump()
    found.refresh_from_db()
    order = scene.fresh_order()
    held = {"in_force": 55000, "lapsed": 50000}[found.state]
    assert (order.total_minor, order.funded_minor, ledger()["order:held"]) == (held,) * 3
    check_books()
