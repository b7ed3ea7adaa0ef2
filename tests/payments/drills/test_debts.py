"""What a manufacturer owes us: taken back once, kept from later releases once, never both."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from orders.models import Order
from orders.states import OrderState
from payments import gateway
from payments.actions import instructions
from payments.actions.ledger import BANK, debt_of, post
from payments.actions.releases import carry_out_decisions
from payments.debt_queries import debt_to_us
from payments.gateway import client
from payments.invariants import check_books
from payments.models import Instruction
from payments.states import InstructionState
from tests.payments.conftest import Sandbox
from tests.payments.drills.stage import (
    DRILL,
    SOME_FAULTS,
    assert_books_agree,
    together,
    transferred,
)
from tests.payments.scene import Scene, accept_goods, connect_maker, new_order, pump
from tests.payments.test_manual import settle, staff
from tests.payments.test_returns import cash_out, claim_back, pay_at_once

pytestmark = DRILL
SYSTEM = Actor.system("Test")
Kind = Instruction.Kind


def delivered(scene: Scene) -> Scene:
    """Paid with money that is there at once, accepted, and what can leave has left."""
    pay_at_once(scene)
    accept_goods(scene)
    pump()
    return scene


def another(scene: Scene, price: str = "12.5000") -> Scene:
    return Scene(scene.bea, scene.milo, new_order(scene.bea, scene.milo, price=price))


def debt(scene: Scene) -> int:
    return debt_to_us(scene.milo.organization, "EUR")


def reversals() -> list[int]:
    moved = gateway.list_movements()
    return [row.entry.amount for row in moved if row.kind == "transfer_refund"]


def hear(sandbox: Sandbox) -> None:
    sandbox.settle()
    sandbox.command("resend", times=1)
    sandbox.settle()
    pump()


def test_a_debt_is_kept_from_what_is_released_later(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: a debt that nobody collects, one collected by a reversal that was refused and from
    the next release as well."""
    connect_maker(wired)
    delivered(wired)
    cash_out(wired, sandbox, 46_000)
    claim_back(wired, 50_000, 40)
    back = Instruction.objects.get(kind=Kind.REVERSAL)
    assert (back.state, debt(wired)) == (InstructionState.CANCELLED, 46_000)
    second = delivered(another(wired, "5.0000"))
    assert Order.objects.get(pk=second.order.pk).state == OrderState.CLOSED
    assert debt(wired) == 46_000 - 18_400
    delivered(another(wired))
    hear(sandbox)
    Instruction.objects.update(state_changed_at=timezone.now() - timedelta(hours=2))
    instructions.retry_blocked()
    pump()
    assert (debt(wired), reversals()) == (0, [])
    assert transferred(sandbox) == [46_000 - 27_600, 46_000]
    assert_books_agree()


@pytest.mark.parametrize("fault", SOME_FAULTS)
def test_a_reversal_happens_exactly_once(
    wired: Scene, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Kills: no look before a fresh key. Less than half of the transfer, and webhooks held:
    otherwise Stripe's own limit or the webhook would hide a second one."""
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 0.4)
    monkeypatch.setattr(client, "RETRIES", 0)
    connect_maker(wired)
    delivered(wired)
    hear(sandbox)
    sandbox.command("hold")
    sandbox.command("fault", kind=fault, path="/reversals$", times=2, seconds=0.8)
    claim_back(wired, 10_000)
    threading.Event().wait(0.9 if fault == "slow" else 0)
    pump()
    assert Instruction.objects.get(kind=Kind.REVERSAL).state == InstructionState.DONE
    assert reversals() == [9_200]
    sandbox.command("release")
    hear(sandbox)
    assert (reversals(), debt(wired)) == ([9_200], 0)
    assert_books_agree()


def test_a_release_leaves_alone_what_stripe_is_asked_to_take_back(
    wired: Scene, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kills: a debt that a reversal and the next release both collect."""
    monkeypatch.setattr(client, "RETRIES", 0)
    connect_maker(wired)
    delivered(wired)
    second = another(wired)
    pay_at_once(second)
    sandbox.command("fault", kind="429", path="/reversals$", times=500)
    claim_back(wired, 10_000)
    back = Instruction.objects.get(kind=Kind.REVERSAL)
    assert (back.state, debt(wired)) == (InstructionState.PENDING, 9_200)
    accept_goods(second)
    pump(3)
    sandbox.command("clear_faults")
    pump()
    assert (debt(wired), reversals()) == (0, [9_200])
    assert transferred(sandbox) == [46_000, 46_000]
    assert_books_agree()


def test_releases_at_once_keep_a_debt_once(wired: Scene, sandbox: Sandbox) -> None:
    """The lock of the manufacturer, and that of the account the releases are booked to."""
    scenes = [wired, another(wired)]
    for scene in scenes:
        pay_at_once(scene)
    for scene in scenes:
        accept_goods(scene)
    shop, owed = wired.milo.organization, Money(60_000, "EUR")
    post(key="old", kind="owed", debit=debt_of(shop), credit=BANK, amount=owed, note="Old")
    keys = [scene.order.public_id for scene in scenes]
    together([lambda one=key: carry_out_decisions(actor=SYSTEM, order_id=one) for key in keys])  # type: ignore[misc]
    assert debt(wired) == 0
    left = Instruction.objects.filter(kind=Kind.TRANSFER)
    assert sum(row.amount_minor for row in left) == 2 * 46_000 - 60_000
    assert [each.findings for each in check_books() if each.difference] == []


def test_a_debt_is_written_off_once(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: a debt that is read without the lock of the manufacturer. Each order has a lock of its
    own, and nothing else of what is written stands in the way of the others."""
    scenes = [wired, *(another(wired) for _ in range(5))]
    shop, owed = wired.milo.organization, Money(60_000, "EUR")
    post(key="old", kind="owed", debit=debt_of(shop), credit=BANK, amount=owed, note="Old")
    desk, done = staff(), []

    def click(scene: Scene) -> None:
        with suppress(DomainError):
            done.append(settle(scene, desk, "write_off", 60_000))

    together([lambda one=scene: click(one) for scene in scenes])  # type: ignore[misc]
    assert (debt(wired), len(done)) == (0, 1)
