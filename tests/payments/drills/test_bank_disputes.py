"""A buyer's bank claims the money: frozen at once, whatever comes first, and booked once."""

from __future__ import annotations

import pytest

from marketplace.core.errors import Conflict
from orders.actions.placement import cancel_order
from orders.states import OrderState
from payments.actions.evidence import remind_of_evidence
from payments.actions.reconciliation import compare_books
from payments.models import DisputeCase, Instruction, PaymentAttempt
from payments.sandbox import driver
from payments.staff_queries import banks_that_wait
from payments.states import AttemptState, InstructionState, PaymentState
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
from tests.payments.test_manual import settle, staff

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


@pytest.mark.parametrize("decision", ["won", "lost"])
def test_a_bank_may_take_what_goes_back_anyway(
    wired: Scene, sandbox: Sandbox, decision: str
) -> None:
    """Kills: not booking what is taken of a payment nobody needs, sending it back as well."""
    first = open_page(wired)
    PaymentAttempt.objects.update(state=AttemptState.FAILED)
    second = open_page(wired)
    driver.pay(first.url)
    sandbox.settle()
    pump()
    sandbox.command("hold")
    driver.pay(second.url, "4000000000000259")
    # The claim is told before the payment it is about, once.
    sandbox.command("release", order="reverse", drop="session|created")
    sandbox.settle()
    pump()
    assert wired.payment.state == PaymentState.FUNDED
    refund = Instruction.objects.get(kind=Instruction.Kind.REFUND)
    assert refund.state == InstructionState.BLOCKED
    case = DisputeCase.objects.get()
    assert (case.request, case.charge) == (None, refund.charge)
    assert (ledger()["refund:payable"], ledger()["dispute:receivable"]) == (50000, -50000)
    # Nobody has to answer the bank.
    assert not banks_that_wait().exists() and remind_of_evidence() == 0
    assert_books_agree()
    sandbox.command("close_dispute", dispute=case.dispute, status=decision)
    sandbox.command("resend", type="dispute", times=2)
    sandbox.settle()
    pump()
    refund.refresh_from_db()
    assert wired.payment.state == PaymentState.FUNDED
    books = ledger()
    assert books["order:held"] == 50000
    assert not {"dispute:receivable", "loss:disputes"} & books.keys()
    if decision == "lost":
        assert refund.state == InstructionState.CANCELLED and "refund:payable" not in books
    else:
        # The money is with us again, and Stripe was asked: a person pays what it does not refund.
        assert books["refund:payable"] == 50000 and "charged back" in refund.last_error
    assert_books_agree()


def test_a_refund_under_way_ends_with_what_the_bank_took(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: bearing as a loss what was on its way back, and owing it still."""
    driver.pay(open_page(wired).url)
    sandbox.settle()
    pump()
    sandbox.command("fault", kind="429", path="/v1/refunds", times=100)
    cancel_order(actor=wired.bea.actor, public_id=wired.order.public_id, reason="No need.")
    pump()
    refund = Instruction.objects.get(kind=Instruction.Kind.REFUND)
    assert refund.state == InstructionState.PENDING
    dispute = sandbox.command("open_dispute", charge=refund.charge)
    sandbox.settle()
    pump()
    refund.refresh_from_db()
    assert refund.state == InstructionState.BLOCKED
    sandbox.command("clear_faults")
    sandbox.command("close_dispute", dispute=dispute["id"], status="lost")
    sandbox.settle()
    pump()
    refund.refresh_from_db()
    assert refund.state == InstructionState.CANCELLED
    assert ledger().keys() <= {"stripe:platform", "expense:stripe_fees", "expense:dispute_fees"}
    assert_books_agree()


def test_what_is_in_review_waits_for_the_bank_that_claims_it(
    wired: Scene, sandbox: Sandbox
) -> None:
    """Kills: holding for an order what a bank takes, bearing as a loss what nobody had."""
    page = open_page(wired)
    sandbox.command("tamper", id=page.session, changes='{"amount_total": 49000}')
    driver.pay(page.url, "4000000000000259")
    sandbox.settle()
    pump()
    assert wired.payment.state == PaymentState.REVIEW
    tim = staff()
    with pytest.raises(Conflict, match="bank claims"):
        settle(wired, tim, "send_back", payment=wired.payment.public_id)
    sandbox.command("close_dispute", dispute=DisputeCase.objects.get().dispute, status="lost")
    sandbox.command("resend", type="dispute", times=2)
    sandbox.settle()
    pump()
    assert wired.payment.state == PaymentState.DUE
    assert ledger().keys() <= {"stripe:platform", "expense:stripe_fees", "expense:dispute_fees"}
    assert_books_agree()
    driver.pay(open_page(wired).url)
    sandbox.settle()
    pump()
    assert wired.payment.state == PaymentState.FUNDED
