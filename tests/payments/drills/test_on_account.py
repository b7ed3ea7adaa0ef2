"""Buying on account: the limit under a race, and money of others that pays nobody who waits."""

from __future__ import annotations

from contextlib import suppress

from marketplace.core.states import WrongState
from orders.actions import acceptance
from payments.actions.instructions import ACTOR, unblock_instruction
from payments.actions.on_account import pay_on_account
from payments.credit_queries import used_minor
from payments.credit_rules import NoCredit
from payments.models import CreditAccount, Instruction, Receivable
from tests.payments.conftest import Sandbox
from tests.payments.credit_scene import approve, buy_on_account, match, staff
from tests.payments.drills.stage import DRILL, assert_books_agree, together, transferred
from tests.payments.scene import Scene, connect_maker, deliver_goods, new_order, pump
from tests.payments.test_returns import pay_at_once

pytestmark = DRILL


def test_orders_at_once_cannot_exceed_the_limit(wired: Scene) -> None:
    """Kills: the limit is read without the lock of the account."""
    bea, milo = wired.bea, wired.milo
    orders = [wired.order, *(new_order(bea, milo) for _ in range(3))]
    approve(bea, staff(), limit=100_000)
    refused = []

    def buy(public_id: str) -> None:
        try:
            pay_on_account(actor=bea.actor, public_id=public_id)
        except NoCredit as error:
            refused.append(error)

    together([lambda one=order: buy(one.public_id) for order in orders])  # type: ignore[misc]
    assert (Receivable.objects.count(), len(refused)) == (2, 2)
    assert used_minor(CreditAccount.objects.get()) == 100_000
    pump()
    assert_books_agree()


def test_a_payout_waits_for_its_own_buyer(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: the payout of a payment on account does not wait. Money of another order is at
    Stripe, so Stripe itself would not refuse it."""
    other = Scene(wired.bea, wired.milo, new_order(wired.bea, wired.milo))
    connect_maker(wired)
    pay_at_once(other)
    buy_on_account(wired, staff())
    deliver_goods(wired)
    acceptance.accept_order(actor=wired.bea.actor, public_id=wired.order.public_id)
    pump()
    waiting = Instruction.objects.get(request__order=wired.order)
    unblock_instruction(actor=ACTOR, pk=waiting.pk)
    sandbox.command("advance", seconds=10 * 86_400)
    pump()
    assert transferred(sandbox) == []
    assert_books_agree()


def test_money_of_others_does_not_pay_what_came_to_our_bank(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: a transfer out of the Stripe balance without a look at whose it is."""
    desk = staff()
    other = Scene(wired.bea, wired.milo, new_order(wired.bea, wired.milo))
    connect_maker(wired)
    pay_at_once(other)
    receivable = buy_on_account(wired, desk)
    deliver_goods(wired)
    acceptance.accept_order(actor=wired.bea.actor, public_id=wired.order.public_id)
    pump()
    match(desk, receivable, 50_000)
    assert transferred(sandbox) == []
    assert_books_agree()


def test_clicks_at_once_use_the_account_once(wired: Scene) -> None:
    """Kills: a second receivable for the same payment."""
    approve(wired.bea, staff(), limit=1_000_000)
    made = []

    def click() -> None:
        with suppress(WrongState):
            made.append(pay_on_account(actor=wired.bea.actor, public_id=wired.order.public_id))

    together([click] * 8)
    assert len(made) == 1
    assert Receivable.objects.count() == 1
    assert_books_agree()
