"""Writing off what a buyer owes on account: who may, what follows, and what comes after all."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import Conflict, NotAllowed
from marketplace.core.states import WrongState
from orders.actions import acceptance
from payments.actions.manual import Wish, confirm_settlement, propose_settlement
from payments.actions.on_account import pay_receivable
from payments.credit_queries import standing_of
from payments.models import Document, Instruction, Receivable
from payments.purchase_queries import moved
from payments.states import InstructionState, PaymentState, ReceivableState
from tests.payments.conftest import Sandbox
from tests.payments.credit_scene import age, assert_books_hold, buy_on_account, match, staff
from tests.payments.scene import Scene, connect_maker, deliver_goods, ledger, pump
from tests.payments.test_manual import acting
from tests.payments.test_manual import staff as money_staff
from tests.payments.test_returns import claim_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None) -> Actor:
    return staff()


@pytest.fixture
def late(scene: Scene, sandbox: Sandbox, desk: Actor) -> Receivable:
    """Delivered, accepted and 45 days overdue; the payout waits."""
    connect_maker(scene)
    receivable = buy_on_account(scene, desk)
    deliver_goods(scene)
    acceptance.accept_order(actor=scene.bea.actor, public_id=scene.order.public_id)
    pump()
    receivable.refresh_from_db()
    age(receivable, 45)
    return receivable


def give_up(scene: Scene, desk: Actor) -> Any:
    wish = Wish(kind="give_up", reason="Insolvent.", payment=scene.payment.public_id)
    made = propose_settlement(actor=desk, order_id=scene.order.public_id, wish=wish)
    pump()
    return made


def test_above_the_limit_a_second_person_confirms(
    scene: Scene, desk: Actor, late: Receivable, settings: Any
) -> None:
    settings.MANUAL_SETTLEMENT_LIMIT = {"EUR": 49_999}
    made = give_up(scene, desk)
    assert (made.state, made.amount_minor) == ("proposed", 50_000)
    with pytest.raises(NotAllowed):
        confirm_settlement(actor=desk, public_id=made.public_id)
    mail.outbox.clear()
    confirm_settlement(actor=acting(money_staff("Ann")), public_id=made.public_id)
    pump()
    late.refresh_from_db()
    assert (late.state, late.written_off_minor) == (ReceivableState.WRITTEN_OFF, 50_000)
    told = {letter.subject for letter in mail.outbox if letter.to == ["bea@example.com"]}
    assert f"{late.number} was written off" in told
    assert "Your account cannot be used for now" in told
    assert_books_hold()


def test_only_what_is_overdue_and_not_on_its_way(
    scene: Scene, desk: Actor, late: Receivable
) -> None:
    age(late, 0)
    with pytest.raises(Conflict, match="not overdue"):
        give_up(scene, desk)
    age(late, 5)
    Receivable.objects.update(on_its_way_at=late.created_at)
    with pytest.raises(Conflict, match="being confirmed"):
        give_up(scene, desk)
    Receivable.objects.update(on_its_way_at=None)
    give_up(scene, desk)
    with pytest.raises(Conflict, match="Nothing is owed"):
        give_up(scene, desk)


def test_the_buyer_has_paid_nothing_and_cannot_pay_by_link(
    scene: Scene, desk: Actor, late: Receivable
) -> None:
    give_up(scene, desk)
    payment = scene.payment
    assert payment.state == PaymentState.RELEASED
    assert payment.pk not in moved([payment])
    assert standing_of(late.account).used.minor == 0
    with pytest.raises(WrongState, match="written off"):
        pay_receivable(actor=scene.bea.actor, public_id=late.public_id)
    shown = scene.bea.client.get(reverse("on_account")).content.decode()
    assert "Written off" in shown
    page = reverse("order_money", args=[scene.order.public_id])
    assert "paid by the platform" in scene.bea.client.get(page).content.decode()
    own = reverse("portal_order_money", args=[scene.order.public_id])
    assert "paid by the platform" in scene.milo.client.get(own).content.decode()
    listed = scene.bea.client.get(reverse("payments")).content.decode()
    assert "written off; what you still transfer" in listed
    row = scene.bea.client.get(reverse("payments_csv")).content.decode().splitlines()[1]
    assert scene.order.reference in row and timezone.localdate().isoformat() not in row


def test_what_comes_after_all_makes_the_loss_good(
    scene: Scene, desk: Actor, late: Receivable
) -> None:
    give_up(scene, desk)
    match(desk, late, 20_000)
    assert (late.state, ledger()["loss:receivables"]) == (ReceivableState.WRITTEN_OFF, -30_000)
    match(desk, late, 30_000, reference="TRF 2")
    assert late.state == ReceivableState.SETTLED
    assert "loss:receivables" not in ledger()
    assert_books_hold()


def test_what_goes_back_later_lowers_the_loss(
    scene: Scene, sandbox: Sandbox, desk: Actor, late: Receivable
) -> None:
    """Kills: a refund to a buyer that never paid."""
    give_up(scene, desk)
    claim_back(scene, 10)
    pump()
    late.refresh_from_db()
    assert not Instruction.objects.filter(kind="refund").exists()
    assert late.lowered_minor > 0
    assert ledger()["loss:receivables"] == -(50_000 - late.lowered_minor)
    assert_books_hold()


def test_on_the_page_of_the_orders_money(scene: Scene, desk: Actor, late: Receivable) -> None:
    tim = money_staff("Ann")
    page = f"/admin/payments/manualsettlement/order/{scene.order.public_id}/"
    assert "Write off what the buyer owes" in tim.client.get(page).content.decode()
    form = {"kind": "give_up", "payment": scene.payment.public_id, "reason": "Insolvent."}
    assert tim.client.post(page, form).status_code == 302
    pump()
    late.refresh_from_db()
    assert late.state == ReceivableState.WRITTEN_OFF
    shown = tim.client.get(page).content.decode()
    assert "Written off by the platform" in shown
    assert Instruction.objects.get().state == InstructionState.BLOCKED
    assert not Document.objects.filter(kind="credit_note").exists()
