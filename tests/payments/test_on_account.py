"""A payment on account: the order goes on, the shop waits, and money follows what really came."""

from __future__ import annotations

import pytest

from accounts.actor import Actor
from payments.actions import instructions
from payments.models import Instruction
from payments.states import InstructionState, PaymentState, ReceivableState
from tests.payments.conftest import Sandbox
from tests.payments.credit_scene import assert_books_hold, buy_on_account, match, staff
from tests.payments.drills.stage import assert_books_agree
from tests.payments.scene import Scene, accept_goods, connect_maker, deliver_goods, ledger, pump

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None) -> Actor:
    return staff()


def test_the_order_goes_on_and_the_shop_is_paid_when_the_buyer_has_paid(
    scene: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    connect_maker(scene)
    receivable = buy_on_account(scene, desk)
    assert scene.payment.state == PaymentState.INVOICED
    assert scene.fresh_order().state == "placed"
    assert (receivable.state, receivable.due_on) == (ReceivableState.COMMITTED, None)
    assert ledger() == {"buyer:receivable": -50000, "order:held": 50000}
    deliver_goods(scene)
    pump()
    receivable.refresh_from_db()
    assert receivable.state == ReceivableState.OPEN
    accept_it(scene)
    transfer = Instruction.objects.get()
    assert (transfer.state, transfer.last_error) == (
        InstructionState.BLOCKED,
        instructions.WAITS_FOR_BUYER,
    )
    assert ledger()["mfr:payable"] == 46000
    assert scene.fresh_order().state == "accepted"
    assert_books_hold()
    match(desk, receivable, 50000)
    transfer.refresh_from_db()
    # The money is at our bank; Stripe's balance is empty.
    assert transfer.last_error == instructions.NOT_COVERED
    assert transfer.state == InstructionState.BLOCKED
    assert_books_agree()


def accept_it(scene: Scene) -> None:
    from orders.actions import acceptance

    acceptance.accept_order(actor=scene.bea.actor, public_id=scene.order.public_id)
    pump()
