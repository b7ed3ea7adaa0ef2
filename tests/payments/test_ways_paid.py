"""A debit and a bank transfer on the sandbox's page: offered by currency, held days later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.actions.placement import cancel_order
from payments.actions.transfers_in import give_up_transfer
from payments.models import Payer, PaymentAttempt
from payments.sandbox import driver
from payments.sandbox.resources.delayed import IBANS
from payments.tasks import poll_attempts, sync_attempt
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, ledger, open_page, pay_next, pump, set_scene
from tests.payments.test_instalments import IN_PARTS, check_books
from tests.steps import step

GOOD, REFUSED, _ = IBANS


@pytest.fixture
def slow(sandbox: Sandbox, db: None, settings: Any) -> Scene:
    """An order in three instalments, with every way to pay switched on."""
    settings.PAYMENT_WAYS = ["card", "sepa_debit", "customer_balance"]
    return set_scene(agreed=IN_PARTS)


@step
def pay_later(scene: Scene, way: str, iban: str = "") -> PaymentAttempt:
    attempt = open_page(scene)
    driver.pay_later(attempt.url, way, iban)
    sync_attempt(attempt.pk)
    pump()
    attempt.refresh_from_db()
    return attempt


def settle(sandbox: Sandbox, attempt: PaymentAttempt, status: str = "succeeded") -> None:
    """The bank answers, and somebody asks about it."""
    attempt.request.refresh_from_db()
    sandbox.command("settle", payment_intent=attempt.request.payment_intent, status=status)
    PaymentAttempt.objects.update(polled_at=None, created_at=timezone.now() - timedelta(hours=1))
    assert poll_attempts() == 1
    pump()
    attempt.request.refresh_from_db()


def test_a_debit_funds_the_order_when_the_bank_says_yes(slow: Scene, sandbox: Sandbox) -> None:
    attempt = pay_later(slow, "sepa_debit", GOOD)
    assert (attempt.state, attempt.request.state) == ("paid", "processing")
    assert (attempt.request.way, ledger()) == ("sepa_debit", {})
    settle(sandbox, attempt)
    assert attempt.request.state == "funded"
    assert slow.fresh_order().state == "placed"
    assert ledger()["order:held"] == 15000
    check_books()


def test_a_debit_the_bank_refuses_can_be_paid_by_card(slow: Scene, sandbox: Sandbox) -> None:
    attempt = pay_later(slow, "sepa_debit", REFUSED)
    settle(sandbox, attempt, "failed")
    assert attempt.request.state == "due"
    assert pay_next(slow) == attempt.request
    assert slow.fresh_order().funded_minor == 15000
    check_books()


def test_a_transfer_funds_the_order_when_it_arrives(slow: Scene, sandbox: Sandbox) -> None:
    attempt = pay_later(slow, "customer_balance")
    assert attempt.request.state == "processing"
    assert "/bank/pi_" in attempt.request.transfer_page
    settle(sandbox, attempt)
    assert (attempt.request.state, attempt.request.transfer_page) == ("funded", "")
    check_books()
    # The buyer is a customer of Stripe's once.
    pay_next(slow)
    assert len(sandbox.calls("POST", "/v1/customers$")) == Payer.objects.count() == 1


def test_a_transfer_that_was_not_made_is_given_up_for_a_card(slow: Scene, sandbox: Sandbox) -> None:
    attempt = pay_later(slow, "customer_balance")
    key = {"public_id": slow.order.public_id, "payment": attempt.request.public_id}
    give_up_transfer(actor=slow.bea.actor, **key)
    pump()
    attempt.request.refresh_from_db()
    assert attempt.request.state == "due"
    assert pay_next(slow) == attempt.request
    check_books()


def test_a_transfer_is_given_up_with_its_order(slow: Scene, sandbox: Sandbox) -> None:
    attempt = pay_later(slow, "customer_balance")
    cancel_order(actor=slow.bea.actor, public_id=slow.order.public_id, reason="Not needed.")
    pump()
    states = set(slow.order.payments.values_list("state", flat=True))
    assert states == {"cancelled"}
    assert attempt.request.payment_intent
    check_books()


def test_another_currency_is_paid_by_card(sandbox: Sandbox, db: None, settings: Any) -> None:
    settings.PAYMENT_WAYS = ["card", "sepa_debit", "customer_balance"]
    scene = set_scene(currency="USD")
    attempt = open_page(scene)
    with pytest.raises(driver.SandboxRefused, match="does not offer"):
        driver.pay_later(attempt.url, "sepa_debit", GOOD)
    assert not Payer.objects.exists()
    driver.pay(attempt.url)
