"""What staff decide by hand about money that does not fit or does not come, with webhooks about."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from orders.actions import acceptance
from orders.states import OrderState
from payments import gateway
from payments.actions.bank_receipts import note_top_up
from payments.actions.manual import Wish, confirm_settlement, propose_settlement
from payments.models import CreditAccount, Instruction, Receivable
from payments.sandbox import driver
from payments.states import CreditState, InstructionState, PaymentState, ReceivableState
from tests.payments.conftest import Sandbox
from tests.payments.credit_scene import age, buy_on_account
from tests.payments.credit_scene import staff as credit_desk
from tests.payments.drills.stage import DRILL, assert_books_agree, facts, together, transferred
from tests.payments.scene import (
    Scene,
    accept_goods,
    connect_maker,
    deliver_goods,
    ledger,
    open_page,
    pump,
)
from tests.payments.test_manual import acting, settle, staff
from tests.personas import Persona

pytestmark = DRILL
WHY = "Both sides were asked."


def pay_other(scene: Scene, sandbox: Sandbox, minor: int, currency: str = "eur") -> None:
    """The buyer pays another amount than was asked for."""
    page = open_page(scene)
    changes = f'{{"amount_total": {minor}, "currency": "{currency}"}}'
    sandbox.command("tamper", id=page.session, changes=changes)
    driver.pay(page.url)
    hear(sandbox)
    assert scene.payment.state == PaymentState.REVIEW


def hear(sandbox: Sandbox) -> None:
    """Webhooks arrive, some twice, and all work is done."""
    sandbox.settle()
    sandbox.command("resend", times=1)
    sandbox.settle()
    pump()


def decide(scene: Scene, desk: Persona, kind: str) -> Any:
    return settle(scene, desk, kind, payment=scene.payment.public_id)


def refunds() -> list[int]:
    return [-moved.entry.amount for moved in gateway.list_movements() if moved.kind == "refund"]


def test_what_came_above_the_price_goes_back_when_the_rest_is_taken(
    wired: Scene, sandbox: Sandbox
) -> None:
    """Kills: holding more than was asked for."""
    connect_maker(wired)
    pay_other(wired, sandbox, 50700)
    decide(wired, staff(), "accept")
    hear(sandbox)
    assert wired.payment.state == PaymentState.FUNDED
    assert wired.fresh_order().state == OrderState.PLACED
    assert refunds() == [700]
    assert facts(wired, "order_funded") == 1
    assert_books_agree()
    accept_goods(wired)
    hear(sandbox)
    assert wired.fresh_order().state == OrderState.CLOSED
    assert transferred(sandbox) == [46000]
    assert_books_agree()


@pytest.mark.parametrize(("minor", "currency"), [(40000, "eur"), (50000, "usd")])
def test_what_does_not_pay_the_order_goes_back_and_it_is_paid_again(
    wired: Scene, sandbox: Sandbox, minor: int, currency: str
) -> None:
    """Kills: taking less than was asked for, or another currency, as if it were paid."""
    tim = staff()
    pay_other(wired, sandbox, minor, currency)
    with pytest.raises(DomainError, match="does not pay it"):
        decide(wired, tim, "accept")
    decide(wired, tim, "send_back")
    hear(sandbox)
    assert wired.payment.state == PaymentState.DUE
    assert (refunds(), "suspense" in ledger()) == ([minor], False)
    driver.pay(open_page(wired).url)
    hear(sandbox)
    assert wired.payment.state == PaymentState.FUNDED
    assert wired.fresh_order().state == OrderState.PLACED
    assert_books_agree()


def test_two_who_confirm_at_once_do_it_once(wired: Scene, sandbox: Sandbox, settings: Any) -> None:
    """Kills: a decision that is carried out without the lock of the order."""
    settings.MANUAL_SETTLEMENT_LIMIT = {"EUR": 100}
    pay_other(wired, sandbox, 40000)
    made = decide(wired, staff(), "send_back")
    assert (made.state, made.needs_second, refunds()) == ("proposed", True, [])
    done = []
    desks = [acting(staff(name)) for name in ("Ann", "Eve")]

    def confirm(desk: Actor) -> None:
        with suppress(DomainError):
            done.append(confirm_settlement(actor=desk, public_id=made.public_id))

    together([lambda one=desk: confirm(one) for desk in desks])  # type: ignore[misc]
    hear(sandbox)
    assert (len(done), refunds()) == (1, [40000])
    assert_books_agree()


def overdue(scene: Scene) -> tuple[Actor, Receivable]:
    """Bought on account, delivered and accepted; the payout waits for a buyer who does not pay."""
    desk = credit_desk()
    connect_maker(scene)
    receivable = buy_on_account(scene, desk)
    deliver_goods(scene)
    acceptance.accept_order(actor=scene.bea.actor, public_id=scene.order.public_id)
    pump()
    receivable.refresh_from_db()
    age(receivable, 45)
    return desk, receivable


def give_up(desk: Actor, scene: Scene) -> Any:
    wish = Wish(kind="give_up", reason=WHY, payment=scene.payment.public_id)
    made = propose_settlement(actor=desk, order_id=scene.order.public_id, wish=wish)
    pump()
    return made


def test_what_is_written_off_is_our_loss_and_the_manufacturer_is_paid(
    wired: Scene, sandbox: Sandbox
) -> None:
    """Kills: a write-off the manufacturer bears, and one that other buyers' money pays."""
    desk, receivable = overdue(wired)
    give_up(desk, wired)
    receivable.refresh_from_db()
    assert receivable.state == ReceivableState.WRITTEN_OFF
    assert ledger()["loss:receivables"] == -50000
    assert "buyer:receivable" not in ledger()
    assert CreditAccount.objects.get().state == CreditState.SUSPENDED
    # There is no money of ours at Stripe yet.
    assert (transferred(sandbox), Instruction.objects.get().state) == ([], "blocked")
    moved = sandbox.command("top_up", amount=60000, currency="eur")
    note_top_up(actor=desk, amount=receivable.money(60000), reference=moved["id"])
    hear(sandbox)
    assert transferred(sandbox) == [46000]
    assert Instruction.objects.get().state == InstructionState.DONE
    assert wired.fresh_order().state == OrderState.CLOSED
    assert_books_agree()


def test_two_who_write_off_at_once_do_it_once(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: a write-off that does not look again under the lock."""
    desk, _ = overdue(wired)
    done = []

    def click() -> None:
        with suppress(DomainError):
            done.append(give_up(desk, wired))

    together([click] * 4)
    pump()
    assert (len(done), ledger()["loss:receivables"]) == (1, -50000)
    assert_books_agree()
