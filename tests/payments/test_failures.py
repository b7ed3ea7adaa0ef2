"""What comes back from banks: a refund, and a shop's payout."""

from __future__ import annotations

import pytest
from django.core import mail

from marketplace.core.errors import Conflict
from marketplace.core.models import Event
from orders.actions.placement import cancel_order
from payments import gateway
from payments.actions import inbox
from payments.actions.disputes import apply_dispute
from payments.actions.failures import apply_payout
from payments.models import BankPayout, Instruction
from payments.states import InstructionState
from payments.values import Payout
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, ledger, pump
from tests.payments.test_manual import assert_books_hold, settle, staff
from tests.payments.test_reconciliation import hear, pay
from tests.payments.test_returns import assert_books_agree, journey_at_once

pytestmark = pytest.mark.django_db


def facts(kind: str) -> int:
    return Event.objects.filter(type=kind).count()


def bounced(scene: Scene, sandbox: Sandbox) -> Instruction:
    """A refund that was sent and came back."""
    pay(scene)
    cancel_order(actor=scene.milo.actor, public_id=scene.order.public_id, reason="Machine broke")
    pump()
    refund = Instruction.objects.get()
    sandbox.command("fail_refund", refund=refund.stripe_ref)
    hear()
    refund.refresh_from_db()
    return refund


@pytest.mark.journey
def test_a_refund_that_comes_back_is_owed_again(scene: Scene, sandbox: Sandbox) -> None:
    tim = staff("Ann")
    refund = bounced(scene, sandbox)
    assert (refund.state, refund.last_error) == (InstructionState.FAILED, "lost_or_stolen_card")
    assert ledger() == {
        "stripe:platform": -(50000 - 775),
        "expense:stripe_fees": -775,
        "refund:payable": 50000,
    }
    assert facts("refund_failed") == 1
    told = {letter.to[0] for letter in mail.outbox if "came back" in letter.subject}
    assert told == {"bea@example.com", "ann@example.com"}
    buyer = scene.bea.client.get(f"/payments/orders/{scene.order.public_id}/").content.decode()
    assert "The refund came back from the bank" in buyer
    assert "Refunds that came back" in tim.client.get("/admin/").content.decode()
    hear()
    assert facts("refund_failed") == 1
    assert_books_agree()


def test_it_is_paid_another_way(scene: Scene, sandbox: Sandbox) -> None:
    refund = bounced(scene, sandbox)
    tim = staff()
    with pytest.raises(Exception, match="reference"):
        settle(scene, tim, "paid_otherwise", refund=refund.public_id)
    settle(scene, tim, "paid_otherwise", refund=refund.public_id, reference="SEPA 4711")
    refund.refresh_from_db()
    assert refund.state == InstructionState.CANCELLED
    assert ledger() == {
        "stripe:platform": -(50000 - 775),
        "expense:stripe_fees": -775,
        "bank": 50000,
    }
    with pytest.raises(Conflict, match="already"):
        settle(scene, tim, "paid_otherwise", refund=refund.public_id, reference="SEPA 4711")
    # The webhook is delivered once more.
    event = next(e for e in gateway.list_events(created_from=0) if e["type"] == "refund.failed")
    assert inbox.apply_object(event)
    refund.refresh_from_db()
    assert refund.state == InstructionState.CANCELLED
    assert_books_hold()


def test_a_refund_stripe_refuses_is_paid_another_way(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    made = sandbox.command("open_dispute", charge=scene.payment.charge, amount=12000)
    apply_dispute(gateway.retrieve_dispute(made["id"]))
    sandbox.command("close_dispute", dispute=made["id"], status="lost")
    cancel_order(actor=scene.milo.actor, public_id=scene.order.public_id, reason="Machine broke")
    pump()
    assert not Instruction.objects.exists()
    apply_dispute(gateway.retrieve_dispute(made["id"]))
    pump()
    refund = Instruction.objects.get()
    assert (refund.state, refund.amount_minor) == (InstructionState.BLOCKED, 38000)
    tim = staff()
    settle(scene, tim, "paid_otherwise", refund=refund.public_id, reference="SEPA 1")
    assert ledger()["bank"] == 38000
    assert "refund:payable" not in ledger()
    assert_books_hold()


def test_a_loss_of_what_the_buyer_had_already_is_ours(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    cancel_order(actor=scene.milo.actor, public_id=scene.order.public_id, reason="Machine broke")
    pump()
    made = sandbox.command("open_dispute", charge=scene.payment.charge)
    sandbox.command("close_dispute", dispute=made["id"], status="lost")
    apply_dispute(gateway.retrieve_dispute(made["id"]))
    assert ledger()["loss:disputes"] == -50000
    assert "mfr:debt" not in ledger()
    assert_books_hold()


def test_a_failure_heard_of_before_the_refund_books_both(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    cancel_order(actor=scene.milo.actor, public_id=scene.order.public_id, reason="Machine broke")
    from marketplace.core import outbox

    outbox.sweep()
    refund = Instruction.objects.get()
    made = gateway.create_refund(
        key=refund.idempotency_key,
        charge=refund.charge,
        amount=refund.amount_minor,
        metadata={"instruction": refund.public_id},
    )
    sandbox.command("fail_refund", refund=made.id)
    event = next(e for e in gateway.list_events(created_from=0) if e["type"] == "refund.created")
    assert inbox.apply_object(event)
    refund.refresh_from_db()
    assert (refund.state, refund.stripe_ref) == (InstructionState.FAILED, made.id)
    assert_books_hold()


def test_a_payout_the_bank_refuses_is_told_and_moves_no_books(
    scene: Scene, sandbox: Sandbox
) -> None:
    journey_at_once(scene)
    before = ledger()
    account = scene.milo.organization.payout_account.account
    mail.outbox.clear()
    for status in ("paid", "failed"):
        made = sandbox.command(
            "payout", account=account, amount=10000, currency="eur", status=status
        )
        for _ in range(2):
            body = {"object": "payout", "id": made["id"]}
            event = {"type": f"payout.{status}", "account": account, "data": {"object": body}}
            assert inbox.apply_object(event)
    pump()
    rows = BankPayout.objects.order_by("pk").values_list("status", "amount_minor", "failure")
    assert list(rows) == [
        ("paid", 10000, ""),
        ("failed", 10000, "The bank account has been closed."),
    ]
    assert ledger() == before
    [letter] = mail.outbox
    assert letter.to == ["milo@example.com"]
    assert "Your bank refused a payout of 100.00 EUR" in letter.subject
    assert (facts("bank_payout_failed"), facts("bank_payout_paid")) == (1, 1)


def test_payouts_of_accounts_that_are_not_ours(scene: Scene) -> None:
    payout = Payout("po_1", 100, "EUR", "paid", "", 0, 0, "txn_1", "")
    assert apply_payout("acct_foreign", payout) is False
    assert not BankPayout.objects.exists()
