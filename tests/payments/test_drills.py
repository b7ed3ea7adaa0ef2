"""What must not go wrong, over real HTTP: signed webhooks, hosted pages, a live server.

Each drill names the mutant it kills: the safeguard without which it fails.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from marketplace.core.models import Event
from orders.actions.placement import cancel_order
from orders.states import OrderState
from payments import gateway
from payments.actions import attempts, inbox, instructions
from payments.actions.payouts import apply_account
from payments.actions.reconciliation import compare_books
from payments.gateway import client
from payments.models import InboundEvent, Instruction, PaymentAttempt
from payments.sandbox import driver
from payments.states import AttemptState, InstructionState, PaymentState
from payments.tasks import backfill_events, poll_attempts, sync_attempt
from payments.values import CalledInTransaction
from tests.payments.conftest import Sandbox
from tests.payments.scene import (
    Scene,
    accept_goods,
    connect_maker,
    hurry,
    ledger,
    open_page,
    pump,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FUNDED = {"stripe:platform": -49225, "order:held": 50000, "expense:stripe_fees": -775}


def together(jobs: list[Callable[[], Any]]) -> None:
    """Run jobs at the same moment, each with its own connection; re-raise the first error."""
    barrier, errors = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            job()
        except Exception as error:  # noqa: BLE001 - raised again below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if errors:
        raise errors[0]


def facts(scene: Scene, kind: str) -> int:
    return Event.objects.filter(type=kind, thread=scene.order.public_id).count()


def assert_funded_once(scene: Scene) -> None:
    assert scene.payment.state == PaymentState.FUNDED
    assert scene.fresh_order().state == OrderState.PLACED
    assert ledger() == FUNDED
    assert facts(scene, "payment_funded") == facts(scene, "order_funded") == 1


@pytest.mark.journey
def test_webhook_alone_funds_the_order_and_feeds_the_mirror(wired: Scene, sandbox: Sandbox) -> None:
    from djstripe.models import Charge, PaymentIntent

    driver.pay(open_page(wired).url)
    assert set(sandbox.settle()) == {"done"}
    pump()
    assert_funded_once(wired)
    unfinished = InboundEvent.objects.exclude(state="done")
    assert list(unfinished.values_list("type", "last_error")) == []
    assert PaymentIntent.objects.get().stripe_data["status"] == "succeeded"
    assert Charge.objects.get().id == wired.payment.charge


@pytest.mark.journey
def test_duplicate_webhooks_count_and_do_nothing(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: no unique event id, no "already booked" check."""
    driver.pay(open_page(wired).url)
    sandbox.settle()
    pump()
    before = InboundEvent.objects.count()
    sandbox.command("resend", times=3)
    sandbox.settle()
    pump()
    assert InboundEvent.objects.count() == before
    assert set(InboundEvent.objects.values_list("deliveries", flat=True)) == {4}
    assert_funded_once(wired)


@pytest.mark.journey
def test_webhooks_in_reverse_order_reach_the_same_end(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: trusting the body of an event, states that move backwards."""
    sandbox.command("hold")
    page = open_page(wired)
    with pytest.raises(driver.SandboxRefused):
        driver.pay(page.url, "4000000000000002")
    driver.pay(page.url)
    sandbox.command("release", order="reverse")
    sandbox.settle()
    pump()
    assert_funded_once(wired)


@pytest.mark.journey
def test_lost_webhooks_are_healed_by_the_poller(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: relying on webhooks."""
    sandbox.command("hold")
    page = open_page(wired)
    driver.pay(page.url)
    assert sandbox.command("release", drop=".*")["released"] == 0
    pump()
    assert wired.payment.state == PaymentState.DUE
    assert poll_attempts() == 0
    PaymentAttempt.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert poll_attempts() == 1
    assert_funded_once(wired)


@pytest.mark.journey
def test_lost_webhooks_are_healed_by_the_back_fill(wired: Scene, sandbox: Sandbox) -> None:
    sandbox.command("hold")
    driver.pay(open_page(wired).url)
    sandbox.command("release", drop=".*")
    assert backfill_events() > 0
    pump()
    assert_funded_once(wired)
    assert backfill_events() == 0


def test_the_landing_page_asks_stripe_and_grants_nothing_itself(
    wired: Scene,
    sandbox: Sandbox,
    settings: Any,
    live_server: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Kills: a success page that funds, a success page that only waits for the webhook."""
    # Threads of the background end with the test, and so must their connections.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    sandbox.command("hold")
    page = open_page(wired)
    landing = f"/payments/attempts/{page.public_id}/return/"
    wired.bea.client.get(landing)
    assert wired.payment.state == PaymentState.DUE
    assert driver.pay(page.url) == f"{live_server.url}{landing}"
    settings.BACKGROUND = "thread"
    PaymentAttempt.objects.update(polled_at=None)
    answer = wired.bea.client.get(landing)
    assert "We confirm your payment" in answer.content.decode()
    _wait_until(lambda: wired.payment.state == PaymentState.FUNDED)
    answer = wired.bea.client.get(landing)
    assert "500.00" in answer.content.decode()
    assert_funded_once(wired)


def _wait_until(true: Callable[[], bool]) -> None:
    until = timezone.now() + timedelta(seconds=10)
    while not true():
        assert timezone.now() < until, "It did not happen within 10 s."
        threading.Event().wait(0.05)


def test_landing_pages_race_with_webhooks(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: no lock on the order, no second look under the lock."""
    sandbox.command("hold")
    page = open_page(wired)
    driver.pay(page.url)
    sandbox.command("release")
    sandbox.settle()
    hurry()
    events = list(InboundEvent.objects.values_list("pk", flat=True))
    jobs: list[Callable[[], Any]] = [lambda: sync_attempt(page.pk)] * 5
    jobs += [lambda pk=pk: inbox.process_event(pk) for pk in events]
    together(jobs)
    pump()
    assert_funded_once(wired)


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


@pytest.mark.parametrize("fault", ["500", "429", "lost_response", "cut", "slow"])
def test_money_out_happens_exactly_once(
    wired: Scene, sandbox: Sandbox, settings: Any, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Kills: a random key for each try, no look before a fresh key, a fresh key after no answer.

    Two other safeguards would hide a double transfer: the cap of `source_transaction`, so the
    transfer is less than half the charge; and the webhook, so webhooks are held.
    """
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 0.4)
    monkeypatch.setattr(client, "RETRIES", 0)
    _release_two_fifths(wired, sandbox)
    sandbox.command("fault", kind=fault, path="/v1/transfers$", times=2, seconds=0.8)
    pump()
    threading.Event().wait(0.9 if fault == "slow" else 0)
    pump()
    assert Instruction.objects.get().state == InstructionState.DONE
    assert _transferred(sandbox) == [20000]
    assert ledger()["revenue:commission"] == 30000
    assert wired.fresh_order().state == OrderState.CLOSED
    sandbox.command("release")
    sandbox.settle()
    pump()
    assert _transferred(sandbox) == [20000]


def _release_two_fifths(scene: Scene, sandbox: Sandbox) -> None:
    scene.order.payments.update(commission_bps=6000, commission_minor=30000)
    connect_maker(scene)
    driver.pay(open_page(scene).url)
    sandbox.settle()
    pump()
    sandbox.command("hold")
    accept_goods(scene)


def _transferred(sandbox: Sandbox) -> list[int]:
    return [-moved.entry.amount for moved in gateway.list_movements() if moved.kind == "transfer"]


def test_a_refused_transfer_is_paid_by_itself_when_the_account_is_enabled_again(
    wired: Scene, sandbox: Sandbox
) -> None:
    """Kills: keeping the key after a definite no (Stripe replays the stored refusal for ever)."""
    _release_two_fifths(wired, sandbox)
    account = wired.milo.organization.payout_account
    sandbox.command("account", account=account.account, enabled="false")
    pump()
    instruction = Instruction.objects.get()
    assert (instruction.state, instruction.generation) == (InstructionState.BLOCKED, 1)
    assert "capabilities" in instruction.last_error
    assert wired.fresh_order().state == OrderState.ACCEPTED
    assert ledger()["mfr:payable"] == 20000
    sandbox.command("account", account=account.account, enabled="true")
    sandbox.command("release")
    sandbox.settle()
    pump()
    assert Instruction.objects.get().state == InstructionState.DONE
    assert _transferred(sandbox) == [20000]


def test_a_transfer_waits_for_a_manufacturer_without_payouts(
    wired: Scene, sandbox: Sandbox
) -> None:
    driver.pay(open_page(wired).url)
    sandbox.settle()
    pump()
    accept_goods(wired)
    pump()
    assert Instruction.objects.get().state == InstructionState.BLOCKED
    assert facts(wired, "payout_blocked") == 1
    connect_maker(wired)
    assert Instruction.objects.get().state == InstructionState.DONE
    assert wired.fresh_order().state == OrderState.CLOSED


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


def test_stripe_down_while_events_are_worked_through(
    wired: Scene, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "RETRIES", 0)
    sandbox.command("hold")
    driver.pay(open_page(wired).url)
    sandbox.command("fault", kind="500", method="GET", times=6)
    sandbox.command("release")
    assert set(sandbox.settle()) == {"done"}
    hurry()
    for pk in inbox.events_to_process():
        inbox.process_event(pk)
    assert InboundEvent.objects.filter(state="failed").exists()
    assert wired.payment.state == PaymentState.DUE
    pump()
    assert_funded_once(wired)


def test_one_worker_for_each_object(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: no partial unique index on the inbox."""
    sandbox.command("hold")
    driver.pay(open_page(wired).url)
    sandbox.command("release")
    sandbox.settle()
    hurry()
    events = InboundEvent.objects.filter(object_id__startswith="pi_").order_by("pk")
    first, second = events[0], events[1]
    InboundEvent.objects.filter(pk=first.pk).update(
        state="running", due_at=timezone.now() + timedelta(minutes=1)
    )
    assert inbox.process_event(second.pk) is False
    second.refresh_from_db()
    assert (second.state, second.tries) == ("new", 0)
    assert second.due_at > timezone.now()
    # The worker of the first died; its lease runs out.
    InboundEvent.objects.filter(pk=first.pk).update(due_at=timezone.now())
    assert inbox.process_event(first.pk) is True
    pump()
    assert_funded_once(wired)


def test_a_cancelled_order_closes_its_page(wired: Scene, sandbox: Sandbox) -> None:
    page = open_page(wired)
    cancel_order(actor=wired.bea.actor, public_id=wired.order.public_id, reason="Not needed")
    pump()
    assert wired.payment.state == PaymentState.CANCELLED
    with pytest.raises(driver.SandboxRefused, match="expired"):
        driver.pay(page.url)


def test_a_cancelled_order_gives_held_money_back(wired: Scene, sandbox: Sandbox) -> None:
    driver.pay(open_page(wired).url)
    sandbox.settle()
    pump()
    cancel_order(actor=wired.milo.actor, public_id=wired.order.public_id, reason="Machine broke")
    pump()
    sandbox.settle()
    pump()
    assert wired.payment.state == PaymentState.REFUNDED
    assert ledger() == {"stripe:platform": 775, "expense:stripe_fees": -775}
    assert facts(wired, "refund_sent") == 1


def test_stripe_is_never_called_inside_a_transaction(wired: Scene, sandbox: Sandbox) -> None:
    with transaction.atomic(), pytest.raises(CalledInTransaction):
        gateway.retrieve_account("acct_1")
    assert sandbox.calls() == []


def test_an_account_that_comes_and_goes(wired: Scene, sandbox: Sandbox) -> None:
    account = connect_maker(wired)
    found = gateway.retrieve_account(account.account)
    sandbox.command("account", account=account.account, enabled="false")
    sandbox.settle()
    pump()
    account.refresh_from_db()
    assert (account.state, wired.milo.manufacturer.payouts_enabled) == ("restricted", False)
    apply_account(found)
    account.refresh_from_db()
    assert account.state == "active"


def test_two_workers_on_one_instruction(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: no claim before the call."""
    _release_two_fifths(wired, sandbox)
    hurry()
    from marketplace.core import outbox

    outbox.sweep()
    pk = Instruction.objects.get().pk
    together([lambda: instructions.execute_instruction(pk)] * 4)
    assert len(sandbox.calls("POST", "/v1/transfers$")) == 1
    assert _transferred(sandbox) == [20000]


@pytest.mark.parametrize("decision", ["won", "lost"])
def test_a_dispute_freezes_held_money_until_it_is_decided(
    wired: Scene, sandbox: Sandbox, decision: str
) -> None:
    """Kills: no freeze, booking a dispute twice, relying on the order of its events."""
    connect_maker(wired)
    sandbox.command("hold")
    driver.pay(open_page(wired).url, "4000000000000259")
    sandbox.command("release", order="reverse")
    sandbox.settle()
    pump()
    assert wired.payment.state == PaymentState.DISPUTED
    frozen = ledger()
    assert (frozen["order:held"], frozen["dispute:receivable"]) == (50000, -50000)
    accept_goods(wired)
    pump()
    assert not Instruction.objects.exists()
    case = wired.payment.disputes.get()
    sandbox.command("close_dispute", dispute=case.dispute, status=decision)
    sandbox.settle()
    sandbox.command("resend", type="dispute", times=2)
    sandbox.settle()
    pump()
    if decision == "lost":
        assert wired.payment.state == PaymentState.LOST
        assert "order:held" not in ledger()
        assert "dispute:receivable" not in ledger()
    else:
        assert wired.payment.state == PaymentState.RELEASED
        assert wired.fresh_order().state == OrderState.CLOSED
        assert "dispute:receivable" not in ledger()
        assert "expense:dispute_fees" not in ledger()
    assert [each.findings for each in compare_books() if each.difference] == []


def test_a_dispute_stops_a_transfer_that_is_not_out_yet(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: a worker that pays out disputed money."""
    driver.pay(open_page(wired).url)
    sandbox.settle()
    pump()
    accept_goods(wired)
    pump()
    assert Instruction.objects.get().state == InstructionState.BLOCKED
    dispute = sandbox.command("open_dispute", charge=wired.payment.charge)
    sandbox.settle()
    pump()
    connect_maker(wired)
    assert _transferred(sandbox) == []
    assert Instruction.objects.get().state == InstructionState.BLOCKED
    sandbox.command("close_dispute", dispute=dispute["id"], status="won")
    sandbox.settle()
    pump()
    assert _transferred(sandbox) == [46000]
    assert wired.fresh_order().state == OrderState.CLOSED


def test_what_was_refused_for_another_reason_is_tried_again(wired: Scene, sandbox: Sandbox) -> None:
    _release_two_fifths(wired, sandbox)
    account = wired.milo.organization.payout_account
    sandbox.command("account", account=account.account, enabled="false")
    pump()
    sandbox.command("account", account=account.account, enabled="true")
    assert instructions.retry_blocked() == 0
    Instruction.objects.update(state_changed_at=timezone.now() - timedelta(hours=2))
    assert instructions.retry_blocked() == 1
    pump()
    assert _transferred(sandbox) == [20000]
