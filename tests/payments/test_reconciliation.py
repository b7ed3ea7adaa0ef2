"""Our books beside Stripe's: each comparison has a world in which exactly it fails."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import NotAllowed
from marketplace.core.models import Event
from marketplace.core.money import Money
from orders.actions.placement import cancel_order
from payments import gateway, ledger_rules
from payments.actions.ledger import STRIPE, post
from payments.actions.reconciliation import (
    LEASE,
    MAX_TRIES,
    ask_nightly,
    ask_reconciliation,
    carry_out_reconciliation,
    runs_to_do,
)
from payments.comparisons import Kind
from payments.models import Discrepancy, InboundEvent, Instruction, LedgerAccount, Reconciliation
from payments.sandbox import driver
from payments.tasks import backfill_events, run_reconciliations, sync_attempt
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, accept_goods, connect_maker, open_page, pump
from tests.personas import Persona, make_person
from tests.steps import step

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


@step
def hear() -> None:
    """The copy of Stripe is fed from its events."""
    backfill_events()
    pump()


@step
def pay(scene: Scene) -> None:
    page = open_page(scene)
    driver.pay(page.url)
    sync_attempt(page.pk)


@step
def whole_journey(scene: Scene) -> None:
    """Paid, held, released, transferred, and the copy of Stripe is up to date."""
    connect_maker(scene)
    pay(scene)
    accept_goods(scene)
    pump()
    hear()


def run(grace: timedelta = timedelta(0)) -> Reconciliation:
    """A run asked for and carried out."""
    asked = ask_reconciliation(actor=SYSTEM)
    assert carry_out_reconciliation(asked.pk, grace=grace)
    asked.refresh_from_db()
    return asked


def differing(run: Reconciliation) -> dict[str, int]:
    """Kind of comparison -> its differences added up, without zeros."""
    found: dict[str, int] = {}
    for each in run.comparisons:
        found[each["kind"]] = found.get(each["kind"], 0) + each["difference"]
    return {kind: difference for kind, difference in found.items() if difference}


def facts(kind: str) -> int:
    return Event.objects.filter(type=kind).count()


def pay_foreign_page() -> None:
    """Somebody takes 100.00 with our Stripe account and without the marketplace."""
    page = gateway.create_checkout_session(
        key="foreign",
        amount=10000,
        currency="EUR",
        name="Something else",
        email="",
        success_url="https://example.com/",
        cancel_url="https://example.com/",
        reference="foreign",
        transfer_group="",
        metadata={},
        expires_at=int(time.time()) + 3600,
    )
    driver.pay(page.url)


@pytest.mark.journey
def test_after_the_whole_journey_every_comparison_is_zero(scene: Scene, sandbox: Sandbox) -> None:
    whole_journey(scene)
    found = run()
    assert differing(found) == {}
    assert {each["kind"] for each in found.comparisons} == set(Kind.values)
    assert (found.differences, found.findings, found.status) == (0, [], "No difference")
    assert not Discrepancy.objects.exists()
    assert (facts("reconciliation_asked"), facts("reconciled"), facts("books_differ")) == (1, 1, 0)


def test_while_money_is_held_every_comparison_is_zero(scene: Scene, sandbox: Sandbox) -> None:
    """Stripe's fee does not make the balance short: the commission to come covers it."""
    pay(scene)
    hear()
    found = run()
    assert differing(found) == {}
    [cover] = [each for each in found.comparisons if each["kind"] == Kind.COVER]
    assert (cover["expected"], cover["found"]) == (46000, 49225)


@pytest.mark.journey
def test_a_foreign_charge_is_exactly_the_difference(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    pay_foreign_page()
    hear()
    found = run()
    # 100.00 less the sandbox's fee of 1.5 % and 0.25.
    assert differing(found) == {"balance": 9825, "movements": 1}
    task = Discrepancy.objects.get(kind=Kind.BALANCE)
    assert (task.amount_minor, task.currency) == (9825, "EUR")
    assert task.sentence == "Our books say 492.25 EUR, Stripe 590.50 EUR."
    assert "charge ch_" in Discrepancy.objects.get(kind=Kind.MOVEMENTS).sentence


def test_what_stripe_did_a_moment_ago_may_still_be_on_its_way(
    scene: Scene, sandbox: Sandbox
) -> None:
    pay_foreign_page()
    hear()
    assert differing(run(grace=timedelta(minutes=15))) == {}


def test_a_booking_without_a_movement_is_a_difference_of_the_balance(
    scene: Scene, sandbox: Sandbox
) -> None:
    whole_journey(scene)
    book("without", "bank", STRIPE, 300)
    assert differing(run()) == {"balance": 300}


def test_movements_nobody_knows_are_found_though_they_cancel_out(
    scene: Scene, sandbox: Sandbox
) -> None:
    whole_journey(scene)
    book("there", "bank", STRIPE, 300, "txn_there")
    book("back", STRIPE, "bank", 300, "txn_back")
    found = run()
    assert differing(found) == {"movements": 2}
    assert any("txn_there of -3.00 EUR, Stripe does not know it" in one for one in found.findings)


def book(key: str, debit: str, credit: str, minor: int, ref: str = "") -> None:
    amount = Money(minor, "EUR")
    post(
        key=key, kind="x", debit=debit, credit=credit, amount=amount, note="By hand", stripe_ref=ref
    )


def test_a_transfer_that_waits_for_too_long_is_found(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    accept_goods(scene)
    pump()
    hear()
    assert differing(run()) == {}
    Instruction.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert differing(run()) == {"unfinished": 46000}
    task = Discrepancy.objects.get()
    assert (task.model, task.row) == ("payments.instruction", Instruction.objects.get().pk)
    connect_maker(scene)
    pump()
    hear()
    assert differing(run()) == {}


def test_an_event_that_failed_for_good_is_found(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    hear()
    event = InboundEvent.objects.latest("pk")
    InboundEvent.objects.filter(pk=event.pk).update(state=InboundEvent.State.DEAD)
    found = run()
    assert differing(found) == {"unfinished": 1}
    assert event.event_id in found.findings[0]


@pytest.mark.journey
def test_a_balance_edited_past_the_trigger_is_found(scene: Scene, sandbox: Sandbox) -> None:
    whole_journey(scene)
    ledger_rules.remove(connection)
    LedgerAccount.objects.filter(name__endswith=":held").update(credits=50700)
    ledger_rules.install(connection)
    assert differing(run()) == {"books": 700}


def test_a_copy_that_lags_behind_is_found_and_brought_up_to_date(
    scene: Scene, sandbox: Sandbox
) -> None:
    connect_maker(scene)
    pay(scene)
    accept_goods(scene)
    pump()
    found = run()
    # A charge and a transfer nobody told the copy of.
    assert differing(found) == {"mirror": 2}
    assert differing(run()) == {}
    assert not Discrepancy.objects.filter(closed_at__isnull=True).exists()


def test_a_transfer_for_another_order_is_found(scene: Scene, sandbox: Sandbox) -> None:
    whole_journey(scene)
    transfer = Instruction.objects.get().stripe_ref
    sandbox.command("tamper", id=transfer, changes=json.dumps({"transfer_group": "ord_other"}))
    found = run()
    assert differing(found) == {"transfers": 2 * 46000}
    task = Discrepancy.objects.get(model="orders.order")
    assert (task.row, task.amount_minor) == (scene.order.pk, -46000)


def test_a_transfer_made_outside_is_found(scene: Scene, sandbox: Sandbox) -> None:
    account = connect_maker(scene)
    pay(scene)
    gateway.create_transfer(
        key="outside",
        amount=1000,
        currency="EUR",
        destination=account.account,
        source_charge=scene.payment.charge,
        transfer_group=scene.order.public_id,
        metadata={},
    )
    hear()
    assert differing(run()) == {"balance": 1000, "movements": 1, "transfers": 1000}


def test_a_balance_below_what_is_owed_is_an_alarm(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    cancel_order(actor=scene.bea.actor, public_id=scene.order.public_id, reason="No need.")
    pump()
    hear()
    # All went back, and Stripe keeps its fee.
    assert differing(run()) == {"cover": 775}
    assert "Top it up" in Discrepancy.objects.get().sentence


def test_found_again_is_one_task_and_one_mail_and_gone_closes_it(
    scene: Scene, sandbox: Sandbox, sam: Persona
) -> None:
    whole_journey(scene)
    book("without", "bank", STRIPE, 300)
    run()
    first = Discrepancy.objects.get()
    run()
    pump()
    task = Discrepancy.objects.get()
    assert (task.seen, task.first_seen_at) == (2, first.first_seen_at)
    assert task.last_seen_at > first.last_seen_at
    assert facts("books_differ") == 1
    told = [m for m in mail.outbox if m.to == [sam.user.email]]
    assert len(told) == 1
    assert "Our books say 29.25 EUR, Stripe 32.25 EUR." in told[0].body
    book("put right", STRIPE, "bank", 300)
    run()
    task.refresh_from_db()
    assert task.closed_at is not None
    book("again", "bank", STRIPE, 300)
    run()
    assert Discrepancy.objects.count() == 2


def test_a_run_posts_nothing(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    pay_foreign_page()
    entries = scene.payment.entries.count()
    run()
    assert scene.payment.entries.count() == entries
    assert sandbox.calls("POST", "/v1/(refunds|transfers)") == []


def test_stripe_out_of_reach_is_tried_again_and_closes_nothing(
    scene: Scene, sandbox: Sandbox
) -> None:
    whole_journey(scene)
    book("without", "bank", STRIPE, 300)
    run()
    asked = ask_reconciliation(actor=SYSTEM)
    sandbox.command("fault", kind="500", method="GET", path="balance_transactions", times=9)
    assert not carry_out_reconciliation(asked.pk)
    asked.refresh_from_db()
    assert (asked.ended_at, asked.started_at, asked.tries) == (None, None, 1)
    assert asked.error.startswith("GatewayIndeterminate")
    assert runs_to_do() == []
    assert Discrepancy.objects.get().closed_at is None
    sandbox.command("clear_faults")
    Reconciliation.objects.update(due_at=timezone.now())
    run_reconciliations()
    asked.refresh_from_db()
    assert (asked.status, asked.error) == ("1 difference", "")


def test_a_run_that_fails_for_good_ends_with_its_reason(scene: Scene, sandbox: Sandbox) -> None:
    asked = ask_reconciliation(actor=SYSTEM)
    Reconciliation.objects.update(tries=MAX_TRIES - 1)
    sandbox.command("fault", kind="500", method="GET", path="balance_transactions", times=9)
    carry_out_reconciliation(asked.pk)
    asked.refresh_from_db()
    assert asked.ended_at is not None
    assert (asked.status, bool(asked.error)) == ("Not carried out", True)


def test_a_run_in_hand_is_left_alone_until_its_worker_must_be_dead(sandbox: Sandbox) -> None:
    asked = ask_reconciliation(actor=SYSTEM)
    now = timezone.now()
    Reconciliation.objects.update(started_at=now, due_at=now + LEASE)
    assert not carry_out_reconciliation(asked.pk)
    other = Reconciliation.objects.create(by_timer=True)
    assert not carry_out_reconciliation(other.pk)
    Reconciliation.objects.update(due_at=now)
    assert runs_to_do() == [asked.pk, other.pk]
    assert carry_out_reconciliation(asked.pk)
    assert not carry_out_reconciliation(asked.pk)


def test_asking_twice_is_once_and_needs_the_right(sam: Persona, bea: Persona) -> None:
    staff = Actor.staff(sam.user, "reconciliation")
    first = ask_reconciliation(actor=staff)
    assert ask_reconciliation(actor=staff) == first
    assert (first.asked_by, facts("reconciliation_asked")) == (sam.user, 1)
    assert first.asker == "Sam"
    Reconciliation.objects.all().delete()
    for actor in (bea.actor, Actor.staff(make_person("Tim", is_staff=True))):
        with pytest.raises(NotAllowed):
            ask_reconciliation(actor=actor)
    assert not Reconciliation.objects.exists()


def test_the_timer_asks_once_a_night(db: None) -> None:
    early = datetime(2026, 11, 27, 0, 30, tzinfo=UTC)
    assert ask_nightly(early) is None
    late = timezone.now().replace(hour=12)
    asked = ask_nightly(late)
    assert asked is not None and asked.by_timer
    Reconciliation.objects.update(ended_at=timezone.now())
    assert ask_nightly(late) is None
    assert ask_nightly(late + timedelta(days=1)) is not None
