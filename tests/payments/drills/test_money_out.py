"""Money goes out exactly once, whatever Stripe answers and however often a worker tries."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.core.money import Money
from orders.actions import changes
from orders.actions.placement import cancel_order
from orders.change_terms import LineChange, Proposal
from orders.states import OrderState
from payments import gateway
from payments.actions import instructions
from payments.actions.instructions import ACTOR
from payments.actions.ledger import held_of, post, refund_of
from payments.actions.payouts import apply_account
from payments.actions.releases import carry_out_decisions
from payments.gateway import client
from payments.models import Instruction
from payments.sandbox import driver
from payments.states import InstructionState, PaymentState
from payments.values import CalledInTransaction, GatewayRefused
from tests.payments.conftest import Sandbox
from tests.payments.drills.stage import (
    DRILL,
    EVERY_FAULT,
    SOME_FAULTS,
    assert_books_agree,
    facts,
    release_two_fifths,
    rounds,
    together,
    transferred,
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

pytestmark = DRILL


@pytest.mark.parametrize("fault", rounds(["lost_response", "cut"], EVERY_FAULT))
def test_money_out_happens_exactly_once(
    wired: Scene, sandbox: Sandbox, settings: Any, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Kills: a random key for each try, no look before a fresh key, a fresh key after no answer.

    Two other safeguards would hide a double transfer: the cap of `source_transaction`, so the
    transfer is less than half the charge; and the webhook, so webhooks are held.
    """
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 0.4)
    monkeypatch.setattr(client, "RETRIES", 0)
    release_two_fifths(wired, sandbox)
    sandbox.command("fault", kind=fault, path="/v1/transfers$", times=2, seconds=0.8)
    pump()
    threading.Event().wait(0.9 if fault == "slow" else 0)
    pump()
    assert Instruction.objects.get().state == InstructionState.DONE
    assert transferred(sandbox) == [20000]
    assert ledger()["revenue:commission"] == 30000
    assert wired.fresh_order().state == OrderState.CLOSED
    sandbox.command("release")
    sandbox.settle()
    pump()
    assert transferred(sandbox) == [20000]


def test_a_refused_transfer_is_paid_by_itself_when_the_account_is_enabled_again(
    wired: Scene, sandbox: Sandbox
) -> None:
    """Kills: keeping the key after a definite no (Stripe replays the stored refusal for ever)."""
    release_two_fifths(wired, sandbox)
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
    assert transferred(sandbox) == [20000]


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
    release_two_fifths(wired, sandbox)
    hurry()
    from marketplace.core import outbox

    outbox.sweep()
    pk = Instruction.objects.get().pk
    together([lambda: instructions.execute_instruction(pk)] * 4)
    assert len(sandbox.calls("POST", "/v1/transfers$")) == 1
    assert transferred(sandbox) == [20000]


def test_what_was_refused_for_another_reason_is_tried_again(wired: Scene, sandbox: Sandbox) -> None:
    release_two_fifths(wired, sandbox)
    account = wired.milo.organization.payout_account
    sandbox.command("account", account=account.account, enabled="false")
    pump()
    sandbox.command("account", account=account.account, enabled="true")
    assert instructions.retry_blocked() == 0
    Instruction.objects.update(state_changed_at=timezone.now() - timedelta(hours=2))
    assert instructions.retry_blocked() == 1
    pump()
    assert transferred(sandbox) == [20000]


@pytest.mark.parametrize("fault", SOME_FAULTS)
def test_a_refund_happens_exactly_once(
    wired: Scene, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Kills: a random key for each try, no look before a fresh key, a fresh key after no answer.

    A part goes back, so that what is left of the charge would pay a second refund.
    """
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 0.4)
    monkeypatch.setattr(client, "RETRIES", 0)
    driver.pay(open_page(wired).url)
    sandbox.settle()
    pump()
    sandbox.command("hold")
    line = wired.order.lines.get().public_id
    key = {"public_id": wired.order.public_id}
    change = changes.propose_change(
        actor=wired.milo.actor,
        wanted=Proposal({line: LineChange(quantity=30)}),
        reason="As we spoke.",
        **key,
    )
    changes.accept_change(actor=wired.bea.actor, change=change.public_id, **key)
    sandbox.command("fault", kind=fault, path="/v1/refunds$", times=2, seconds=0.8)
    pump()
    threading.Event().wait(0.9 if fault == "slow" else 0)
    pump()
    assert Instruction.objects.get().state == InstructionState.DONE
    moved = [m.entry.amount for m in gateway.list_movements() if m.kind == "refund"]
    assert moved == [-12500]
    assert_books_agree()


def test_more_than_was_paid_never_goes_back(wired: Scene, sandbox: Sandbox) -> None:
    """Stripe refuses it, and so do the books."""
    driver.pay(open_page(wired).url)
    sandbox.settle()
    pump()
    with pytest.raises(GatewayRefused, match="greater than"):
        gateway.create_refund(key="k", charge=wired.payment.charge, amount=50001, metadata={})
    with pytest.raises(IntegrityError), transaction.atomic():
        post(
            key="too much",
            kind="refund_asked",
            debit=held_of(wired.order),
            credit=refund_of(wired.payment.charge),
            amount=Money(50001, "EUR"),
            note="More than there is",
        )
    assert_books_agree()


def test_an_acceptance_told_many_times_releases_once(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: no lock on the order, carrying out without looking what is done."""
    release_two_fifths(wired, sandbox)
    together([lambda: carry_out_decisions(actor=ACTOR, order_id=wired.order.public_id)] * 4)
    pump()
    carry_out_decisions(actor=ACTOR, order_id=wired.order.public_id)
    pump()
    assert transferred(sandbox) == [20000]
    assert_books_agree()
