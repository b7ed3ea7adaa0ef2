"""What banks send back, and a balance that does not cover what is owed, with webhooks about."""

from __future__ import annotations

from orders.actions.placement import cancel_order
from payments.models import BankPayout, Instruction
from payments.sandbox import driver
from payments.states import InstructionState
from tests.payments.conftest import Sandbox
from tests.payments.drills.stage import DRILL, assert_books_agree, facts, transferred
from tests.payments.scene import Scene, accept_goods, connect_maker, ledger, open_page, pump
from tests.payments.test_reconciliation import differing, run

pytestmark = DRILL


def hear(sandbox: Sandbox) -> None:
    """Webhooks arrive twice, and all work is done."""
    sandbox.settle()
    sandbox.command("resend", times=1)
    sandbox.settle()
    pump()


def test_a_refund_that_comes_back_is_owed_again(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: a refund that counts as done although the bank sent it back, one that is booked back
    twice. The failure is told before the refund itself."""
    driver.pay(open_page(wired).url, "4000000000005126")
    sandbox.settle()
    pump()
    sandbox.command("hold")
    cancel_order(actor=wired.milo.actor, public_id=wired.order.public_id, reason="Machine broke")
    pump()
    refund = Instruction.objects.get()
    assert refund.state == InstructionState.DONE
    sandbox.command("advance", seconds=10 * 86_400)
    sandbox.command("release", order="reverse")
    hear(sandbox)
    refund.refresh_from_db()
    assert refund.state == InstructionState.FAILED
    assert (ledger()["refund:payable"], facts(wired, "refund_failed")) == (50_000, 1)
    assert_books_agree()


def test_a_payout_the_bank_refuses_moves_no_books(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: a refusal nobody hears of."""
    account = connect_maker(wired)
    driver.pay(open_page(wired).url, "4000000000000077")
    hear(sandbox)
    accept_goods(wired)
    hear(sandbox)
    before = ledger()
    sandbox.command(
        "payout", account=account.account, amount=10_000, currency="eur", status="failed"
    )
    hear(sandbox)
    assert (BankPayout.objects.get().status, ledger()) == ("failed", before)
    assert_books_agree()


def test_a_payout_of_ours_is_booked_whatever_the_bank_says(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: a payout of the platform that is in no book, or booked twice. The bank's refusal is
    told before the payout itself."""
    connect_maker(wired)
    driver.pay(open_page(wired).url, "4000000000000077")
    hear(sandbox)
    accept_goods(wired)
    hear(sandbox)
    before = ledger()
    sandbox.command("hold")
    sandbox.command("payout", amount=500, currency="eur", status="failed")
    sandbox.command("release", order="reverse")
    hear(sandbox)
    assert ledger() == before
    sandbox.command("payout", amount=700, currency="eur", status="paid")
    hear(sandbox)
    assert ledger()["bank"] - before.get("bank", 0) in (700, -700)
    assert differing(run()) == {}
    assert_books_agree()


def test_a_balance_that_does_not_cover_what_is_owed_is_an_alarm(
    wired: Scene, sandbox: Sandbox
) -> None:
    """Kills: a shortfall nobody is told of. What is bound to the buyer's charge still leaves."""
    connect_maker(wired)
    driver.pay(open_page(wired).url, "4000000000000077")
    hear(sandbox)
    assert_books_agree()
    sandbox.command("payout", amount=40_000, currency="eur")
    short = differing(run())
    assert set(short) == {"balance", "movements", "cover"}
    assert short["cover"] > 0
    accept_goods(wired)
    hear(sandbox)
    assert transferred(sandbox) == [46_000]
