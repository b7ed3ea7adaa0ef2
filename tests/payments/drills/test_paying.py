"""The way to the hosted page: clicks, cards, tabs, pages that close, sums that do not fit."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.utils import timezone

from orders.actions.placement import cancel_order
from orders.states import OrderState
from payments import gateway
from payments.actions import attempts
from payments.gateway import client
from payments.models import InboundEvent, Instruction, PaymentAttempt
from payments.sandbox import driver
from payments.states import AttemptState, InstructionState, PaymentState
from tests.payments.conftest import Sandbox
from tests.payments.drills.stage import (
    DRILL,
    SOME_FAULTS,
    assert_books_agree,
    assert_funded_once,
    facts,
    together,
    wait_until,
)
from tests.payments.scene import (
    Scene,
    ledger,
    open_page,
    pump,
)

pytestmark = DRILL


def test_eight_first_clicks_open_one_page(wired: Scene, sandbox: Sandbox, live_server: Any) -> None:
    """Kills: an open attempt that is not reused, no lock on the request, no claim by the worker."""
    path = f"/payments/orders/{wired.order.public_id}/pay/"
    places: list[str] = []

    def click() -> None:
        places.append(wired.bea.client.post(path).headers["Location"])

    _ = wired.bea.client
    together([click] * 8)
    assert len(set(places)) == 1
    attempt = PaymentAttempt.objects.get()
    together([lambda: attempts.open_attempt(attempt.pk)] * 4)
    assert len(sandbox.calls("POST", "/v1/checkout/sessions")) == 1
    answer = wired.bea.client.get(places[0])
    attempt.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"]) == (303, attempt.url)


def test_a_declined_card_can_be_followed_by_another(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: a failure that closes the request, a fact for every event of one failure."""
    page = open_page(wired)
    with pytest.raises(driver.SandboxRefused, match="declined"):
        driver.pay(page.url, "4000000000000002")
    sandbox.settle()
    pump()
    assert wired.payment.state == PaymentState.DUE
    assert facts(wired, "payment_failed") == 1
    with pytest.raises(driver.SandboxRefused, match="insufficient"):
        driver.pay(page.url, "4000000000009995")
    driver.pay(page.url)
    sandbox.settle()
    pump()
    assert_funded_once(wired)


def test_three_d_secure(wired: Scene, sandbox: Sandbox) -> None:
    page = open_page(wired)
    check = driver.pay(page.url, "4000000000003155")
    assert "/authenticate/" in check
    with pytest.raises(driver.SandboxRefused, match="unable to authenticate"):
        driver.authenticate(check, complete=False)
    driver.authenticate(driver.pay(page.url, "4000000000003155"))
    sandbox.settle()
    pump()
    assert_funded_once(wired)


def test_a_lost_answer_to_the_page_opens_one_page(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: a random idempotency key, no look before a fresh key."""
    sandbox.command("fault", kind="lost_response", path="checkout/sessions")
    page = open_page(wired)
    assert page.state == AttemptState.OPEN
    sessions = driver.read(sandbox.base, "calls")
    made = [call for call in sessions if call["path"] == "/v1/checkout/sessions"]
    assert [call["method"] for call in made] == ["POST", "GET"]


@pytest.mark.parametrize("changes", ['{"amount_total": 40000}', '{"currency": "usd"}'])
def test_money_that_does_not_fit_goes_to_review(
    wired: Scene, sandbox: Sandbox, changes: str
) -> None:
    """Kills: no check of amount, no check of currency."""
    page = open_page(wired)
    sandbox.command("tamper", id=page.session, changes=changes)
    driver.pay(page.url)
    sandbox.settle()
    pump()
    assert wired.payment.state == PaymentState.REVIEW
    assert wired.fresh_order().state == OrderState.AWAITING_PAYMENT
    assert "order:held" not in ledger()
    assert ledger()["suspense"] > 0
    assert facts(wired, "payment_in_review") == 1


def test_a_second_payment_goes_back(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: funding twice, keeping a second payment."""
    sandbox.command("hold")
    first = open_page(wired)
    PaymentAttempt.objects.update(state=AttemptState.FAILED)
    second = open_page(wired)
    assert first.pk != second.pk
    driver.pay(first.url)
    driver.pay(second.url)
    sandbox.command("release")
    sandbox.settle()
    pump()
    assert wired.payment.state == PaymentState.FUNDED
    refund = Instruction.objects.get(kind=Instruction.Kind.REFUND)
    assert (refund.state, refund.amount_minor) == (InstructionState.DONE, 50000)
    assert ledger() == {
        "stripe:platform": -48450,
        "order:held": 50000,
        "expense:stripe_fees": -1550,
    }


def test_an_expired_page_is_closed_before_a_new_one_opens(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: leaving the old page payable."""
    first = open_page(wired)
    PaymentAttempt.objects.update(expires_at=timezone.now())
    second = open_page(wired)
    assert second.pk != first.pk
    with pytest.raises(driver.SandboxRefused, match="expired"):
        driver.pay(first.url)
    driver.pay(second.url)
    sandbox.settle()
    pump()
    assert_funded_once(wired)


def test_a_page_paid_in_its_last_second_is_found_before_a_new_one_opens(
    wired: Scene, sandbox: Sandbox
) -> None:
    sandbox.command("hold")
    driver.pay(open_page(wired).url)
    PaymentAttempt.objects.update(expires_at=timezone.now())
    attempts.pay_order(actor=wired.bea.actor, public_id=wired.order.public_id)
    pump()
    assert_funded_once(wired)
    assert len(sandbox.calls("POST", "/v1/checkout/sessions$")) == 1


def test_a_cancelled_order_closes_its_page(wired: Scene, sandbox: Sandbox) -> None:
    page = open_page(wired)
    cancel_order(actor=wired.bea.actor, public_id=wired.order.public_id, reason="Not needed")
    pump()
    assert wired.payment.state == PaymentState.CANCELLED
    with pytest.raises(driver.SandboxRefused, match="expired"):
        driver.pay(page.url)


def test_one_page_in_two_tabs_is_paid_once(wired: Scene, sandbox: Sandbox) -> None:
    page = open_page(wired)
    told: list[str] = []

    def pay() -> None:
        try:
            told.append(driver.pay(page.url))
        except driver.SandboxRefused as refused:
            told.append(str(refused))

    together([pay, pay])
    assert sorted("paid this already" in one for one in told) == [False, True]
    sandbox.settle()
    pump()
    assert_funded_once(wired)


def test_a_page_that_closes_by_itself_is_followed_by_another(
    wired: Scene, sandbox: Sandbox
) -> None:
    first = open_page(wired)
    sandbox.command("advance", seconds=3 * 3600)
    wait_until(lambda: bool(InboundEvent.objects.filter(type="checkout.session.expired")))
    pump()
    first.refresh_from_db()
    assert first.state == AttemptState.EXPIRED
    assert wired.payment.state == PaymentState.DUE
    with pytest.raises(driver.SandboxRefused, match="expired"):
        driver.pay(first.url)


@pytest.mark.parametrize("fault", SOME_FAULTS)
def test_one_page_opens_whatever_stripe_answers(
    wired: Scene, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Kills: a random idempotency key, a fresh key after no answer, no look before one."""
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 0.4)
    monkeypatch.setattr(client, "RETRIES", 0)
    sandbox.command("fault", kind=fault, path="checkout/sessions$", times=2, seconds=0.8)
    page = open_page(wired)
    threading.Event().wait(0.9 if fault == "slow" else 0)
    pump()
    page.refresh_from_db()
    assert page.state == AttemptState.OPEN
    assert gateway.find_session(attempt=page.public_id) == gateway.retrieve_session(page.session)
    driver.pay(page.url)
    sandbox.settle()
    pump()
    assert_funded_once(wired)
    assert_books_agree()
