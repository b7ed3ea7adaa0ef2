"""Money comes in: by webhooks that are doubled, lost, late, reversed, or race with a page."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from marketplace.core import threads
from payments.actions import backfill, inbox
from payments.actions.reconciliation import compare_books
from payments.gateway import client
from payments.models import (
    BankPayout,
    ConnectedAccount,
    EventCursor,
    InboundEvent,
    PaymentAttempt,
)
from payments.sandbox import driver
from payments.sandbox.webhooks import signature
from payments.states import PaymentState
from payments.tasks import backfill_events, poll_attempts, sync_attempt
from payments.values import GatewayError
from tests.payments.conftest import SECRET, Sandbox
from tests.payments.drills.stage import (
    DRILL,
    assert_funded_once,
    facts,
    together,
    wait_until,
)
from tests.payments.scene import (
    Scene,
    accept_goods,
    connect_maker,
    hurry,
    ledger,
    open_page,
    pump,
)
from tests.payments.test_reconciliation import pay_foreign_page

pytestmark = DRILL


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


def test_lost_webhooks_are_healed_by_the_back_fill(wired: Scene, sandbox: Sandbox) -> None:
    sandbox.command("hold")
    driver.pay(open_page(wired).url)
    sandbox.command("release", drop=".*")
    assert backfill_events() > 0
    pump()
    assert_funded_once(wired)
    assert backfill_events() == 0


def test_lost_webhooks_of_connected_accounts_are_healed_by_the_back_fill(
    wired: Scene, sandbox: Sandbox
) -> None:
    """Kills: a back-fill that asks for the platform's events alone."""
    account = connect_maker(wired)
    driver.pay(open_page(wired).url, "4000000000000077")
    sandbox.settle()
    pump()
    accept_goods(wired)
    pump()
    sandbox.settle()
    pump()
    sandbox.command("hold")
    wanted = {"account": account.account, "amount": 46000, "currency": "eur"}
    sandbox.command("payout", status="failed", **wanted)
    sandbox.command("require", account=account.account, due="company.tax_id")
    assert sandbox.command("release", drop=".*")["released"] == 0
    assert backfill_events() > 0
    pump()
    account.refresh_from_db()
    assert (account.state, account.due) == ("restricted", ["company.tax_id"])
    assert BankPayout.objects.get().status == "failed"
    assert set(InboundEvent.objects.exclude(account="").values_list("state", flat=True)) == {"done"}
    assert backfill_events() == 0


def test_an_account_that_refuses_us_keeps_no_other_from_being_read(
    wired: Scene, sandbox: Sandbox
) -> None:
    """Kills: one account that cannot be read ends the round; accounts that are read for ever."""
    account = connect_maker(wired)
    gone = ConnectedAccount.objects.create(
        organization=wired.bea.organization, account="acct_gone", state="restricted"
    )
    sandbox.command("hold")
    sandbox.command("require", account=account.account, due="company.tax_id")
    sandbox.command("release", drop=".*")
    backfill_events()
    pump()
    account.refresh_from_db()
    assert account.state == "restricted"
    assert EventCursor.objects.filter(account="acct_gone").exists()
    long_ago = timezone.now() - timedelta(days=20)
    ConnectedAccount.objects.update(state="active", due=[], pays_out=True)
    ConnectedAccount.objects.update(state_changed_at=long_ago)
    assert backfill.accounts_to_read() == []
    EventCursor.objects.filter(account=account.account).update(read_until=long_ago)
    ConnectedAccount.objects.filter(pk=gone.pk).update(due=["external_account"])
    assert backfill.accounts_to_read() == [account.account, "acct_gone"]


def test_a_back_fill_that_failed_leaves_no_gap(
    wired: Scene, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kills: beginning at the newest event we have, whatever was lost before it."""
    account = connect_maker(wired)
    backfill_events()
    sandbox.command("hold")
    driver.pay(open_page(wired).url)
    sandbox.command("release", drop=".*")
    monkeypatch.setattr(client, "RETRIES", 0)
    sandbox.command("fault", kind="500", method="GET", path="/v1/events", times=1)
    with pytest.raises(GatewayError):
        backfill_events()
    # Hours later something else arrives.
    sandbox.command("advance", seconds=6 * 3600)
    sandbox.command("require", account=account.account, due="company.tax_id")
    sandbox.settle()
    pump()
    assert wired.payment.state == PaymentState.DUE
    assert backfill_events() > 0
    pump()
    assert_funded_once(wired)


@pytest.fixture
def in_threads(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Call it to have background work done in threads from then on; the test ends after them."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    yield lambda: setattr(settings, "BACKGROUND", "thread")
    threads.wait(30)


def test_the_landing_page_asks_stripe_and_grants_nothing_itself(
    wired: Scene, sandbox: Sandbox, live_server: Any, in_threads: Callable[[], None]
) -> None:
    """Kills: a success page that funds, a success page that only waits for the webhook."""
    sandbox.command("hold")
    page = open_page(wired)
    landing = f"/payments/attempts/{page.public_id}/return/"
    wired.bea.client.get(landing)
    assert wired.payment.state == PaymentState.DUE
    assert driver.pay(page.url) == f"{live_server.url}{landing}"
    in_threads()
    PaymentAttempt.objects.update(polled_at=None)
    answer = wired.bea.client.get(landing)
    assert "We confirm your payment" in answer.content.decode()
    wait_until(lambda: wired.payment.state == PaymentState.FUNDED)
    answer = wired.bea.client.get(landing)
    assert "500.00" in answer.content.decode()
    assert_funded_once(wired)


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


def test_a_late_answer_of_an_older_worker_changes_nothing(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: a status that is reset on every sync, booking without looking under the lock.

    The first worker asks before the payment and hears after it; the second asks in between.
    """
    page = open_page(wired)
    sandbox.command("hold")
    with pytest.raises(driver.SandboxRefused):
        driver.pay(page.url, "4000000000000002")
    sandbox.command("fault", kind="late", method="GET", path="payment_intents", seconds=1.0)
    older = threading.Thread(target=_in_a_thread, args=(lambda: sync_attempt(page.pk),))
    older.start()
    wait_until(lambda: driver.read(sandbox.base, "faults") == [])
    driver.pay(page.url)
    sync_attempt(page.pk)
    assert_funded_once(wired)
    older.join(timeout=20)
    assert_funded_once(wired)
    assert facts(wired, "payment_failed") == 0


def _in_a_thread(job: Callable[[], Any]) -> None:
    try:
        job()
    finally:
        connections.close_all()


@pytest.mark.parametrize(
    ("how", "status"),
    [("forged", "400"), ("old", "400"), ("junk", "400"), ("live", "400"), ("large", "413")],
)
def test_what_is_not_stripes_is_refused_and_not_kept(
    wired: Scene, sandbox: Sandbox, live_server: Any, how: str, status: str
) -> None:
    """Kills: no signature check, no age check, no check of the mode."""
    secret = "whsec_somebody" if how == "forged" else SECRET
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "charge.succeeded",
        "created": int(time.time()),
        "livemode": how == "live",
        "data": {"object": {"id": "ch_1", "object": "charge"}},
    }
    body = json.dumps(event) + " " * (1_000_001 if how == "large" else 0)
    signed_at = int(time.time()) - (3600 if how == "old" else 0)
    header = "junk" if how == "junk" else signature(body, secret, signed_at)
    request = urllib.request.Request(
        f"{live_server.url}/webhooks/stripe/",
        data=body.encode(),
        headers={"Content-Type": "application/json", "Stripe-Signature": header},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    refused.value.close()
    assert str(refused.value.code) == status
    assert not InboundEvent.objects.exists()


def test_a_payment_that_is_not_ours_is_ignored_and_reported(wired: Scene, sandbox: Sandbox) -> None:
    pay_foreign_page()
    sandbox.settle()
    pump()
    assert set(InboundEvent.objects.values_list("state", flat=True)) <= {"ignored", "done"}
    assert ledger() == {}
    differing = {each.kind: each.difference for each in compare_books() if each.difference}
    assert differing == {"balance": 9825, "movements": 1}
