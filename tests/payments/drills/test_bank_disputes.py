"""A buyer's bank claims the money: frozen at once, whatever comes first, and booked once."""

from __future__ import annotations

import pytest

from orders.states import OrderState
from payments.actions.reconciliation import compare_books
from payments.models import Instruction
from payments.sandbox import driver
from payments.states import InstructionState, PaymentState
from tests.payments.conftest import Sandbox
from tests.payments.drills.stage import (
    DRILL,
    assert_books_agree,
    transferred,
)
from tests.payments.scene import (
    Scene,
    accept_goods,
    connect_maker,
    ledger,
    open_page,
    pump,
)

pytestmark = DRILL


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
    assert transferred(sandbox) == []
    assert Instruction.objects.get().state == InstructionState.BLOCKED
    sandbox.command("close_dispute", dispute=dispute["id"], status="won")
    sandbox.settle()
    pump()
    assert transferred(sandbox) == [46000]
    assert wired.fresh_order().state == OrderState.CLOSED


def test_what_is_lost_after_the_payout_is_owed_by_the_manufacturer(
    wired: Scene, sandbox: Sandbox
) -> None:
    connect_maker(wired)
    driver.pay(open_page(wired).url)
    sandbox.settle()
    pump()
    accept_goods(wired)
    pump()
    assert wired.fresh_order().state == OrderState.CLOSED
    sandbox.command("hold")
    dispute = sandbox.command("open_dispute", charge=wired.payment.charge)
    sandbox.command("close_dispute", dispute=dispute["id"], status="lost")
    # Its end is told before its beginning.
    sandbox.command("release", order="reverse")
    sandbox.settle()
    pump()
    assert wired.payment.state == PaymentState.LOST
    assert ledger()["mfr:debt"] == -50000
    assert "dispute:receivable" not in ledger()
    assert_books_agree()
