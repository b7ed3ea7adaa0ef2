"""What staff settle by hand: two persons above the limit, and a hold that holds."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from accounts.actor import Actor
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from orders.actions.placement import cancel_order
from orders.states import OrderState
from payments.actions import instructions
from payments.actions.manual import (
    Wish,
    confirm_settlement,
    propose_settlement,
    refuse_settlement,
    withdraw_settlement,
)
from payments.invariants import check_books
from payments.models import Instruction, ManualSettlement, MoneyHold
from payments.states import InstructionState, ManualState, PaymentState
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, accept_goods, connect_maker, deliver_goods, ledger, pump
from tests.payments.test_reconciliation import pay, whole_journey
from tests.payments.test_reconciliation_desk import member_of_staff
from tests.payments.test_returns import cash_out, claim_back, debt, journey_at_once
from tests.personas import Persona, give_second_factor, make_person

pytestmark = pytest.mark.django_db
ALL = ("add_manualsettlement", "change_manualsettlement", "view_manualsettlement")
WHY = "Both sides agreed on the phone."


def staff(name: str = "Tim") -> Persona:
    if name == "Tim":
        return member_of_staff(*ALL)
    return Persona(give_second_factor(make_person(name, is_staff=True, is_superuser=True)))


def acting(person: Persona) -> Actor:
    return Actor.staff(person.user, "money desk")


def settle(scene: Scene, person: Persona, kind: str, minor: int = 0, **more: str) -> Any:
    wish = Wish(kind=kind, reason=WHY, minor=minor, **more)
    return propose_settlement(actor=acting(person), order_id=scene.order.public_id, wish=wish)


def facts(kind: str) -> int:
    return Event.objects.filter(type=kind).count()


def assert_books_hold() -> None:
    assert [each.findings for each in check_books() if each.difference] == []


def test_below_the_limit_it_is_done_at_once_and_told(scene: Scene, sandbox: Sandbox) -> None:
    connect_maker(scene)
    pay(scene)
    deliver_goods(scene)
    tim = staff()
    mail.outbox.clear()
    made = settle(scene, tim, "release", 20000)
    assert (made.state, made.needs_second, made.decided_by) == ("carried_out", False, tim.user)
    settle(scene, tim, "refund", 10000)
    pump()
    moved = Instruction.objects.order_by("pk").values_list("kind", "amount_minor", "state")
    assert list(moved) == [("transfer", 18400, "done"), ("refund", 10000, "done")]
    assert ledger()["order:held"] == 20000
    assert facts("manual_settlement_carried_out") == 2
    words = [letter.body for letter in mail.outbox if "settled money" in letter.subject]
    # Both sides, twice.
    assert len(words) == 4 and all(WHY in body for body in words)
    # The contract knows: what is left is decided by the acceptance.
    from orders.actions import acceptance

    acceptance.accept_order(actor=scene.bea.actor, public_id=scene.order.public_id)
    pump()
    assert (ledger().get("order:held"), scene.fresh_order().state) == (None, OrderState.CLOSED)
    assert_books_hold()


def test_above_the_limit_a_second_person_confirms(
    scene: Scene, sandbox: Sandbox, settings: Any
) -> None:
    settings.MANUAL_SETTLEMENT_LIMIT = {"EUR": 19999}
    connect_maker(scene)
    pay(scene)
    tim, ann = staff(), staff("Ann")
    mail.outbox.clear()
    made = settle(scene, tim, "refund", 20000)
    pump()
    assert (made.state, made.needs_second) == (ManualState.PROPOSED, True)
    assert not Instruction.objects.exists()
    asked = {letter.to[0] for letter in mail.outbox if "Please confirm" in letter.subject}
    assert "ann@example.com" in asked and "tim@example.com" not in asked
    with pytest.raises(NotAllowed, match="yourself"):
        confirm_settlement(actor=acting(tim), public_id=made.public_id)
    for outsider in (scene.bea.actor, scene.milo.actor, Actor.staff(scene.bea.user)):
        with pytest.raises(NotAllowed):
            confirm_settlement(actor=outsider, public_id=made.public_id)
    confirm_settlement(actor=acting(ann), public_id=made.public_id)
    pump()
    made.refresh_from_db()
    assert (made.state, made.decided_by) == (ManualState.CARRIED_OUT, ann.user)
    assert Instruction.objects.get().amount_minor == 20000
    with pytest.raises(WrongState):
        confirm_settlement(actor=acting(ann), public_id=made.public_id)
    pump()
    assert Instruction.objects.count() == 1


def test_the_database_knows_two_persons(scene: Scene, sandbox: Sandbox, settings: Any) -> None:
    settings.MANUAL_SETTLEMENT_LIMIT = {"EUR": 0}
    pay(scene)
    tim = staff()
    made = settle(scene, tim, "refund", 20000)
    alone = ManualSettlement.objects.filter(pk=made.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        alone.update(state="carried_out", decided_by=tim.user, decided_at=made.created_at)


def test_refused_and_withdrawn(scene: Scene, sandbox: Sandbox, settings: Any) -> None:
    settings.MANUAL_SETTLEMENT_LIMIT = {}
    pay(scene)
    tim, ann = staff(), staff("Ann")
    first, second = settle(scene, tim, "refund", 100), settle(scene, tim, "refund", 200)
    with pytest.raises(NotAllowed):
        refuse_settlement(actor=acting(tim), public_id=first.public_id, reason="No")
    refuse_settlement(actor=acting(ann), public_id=first.public_id, reason="The goods are good.")
    with pytest.raises(NotAllowed):
        withdraw_settlement(actor=acting(ann), public_id=second.public_id)
    withdraw_settlement(actor=acting(tim), public_id=second.public_id)
    pump()
    assert list(ManualSettlement.objects.order_by("pk").values_list("state", flat=True)) == [
        "refused",
        "withdrawn",
    ]
    assert not Instruction.objects.exists()
    assert (facts("manual_settlement_refused"), facts("manual_settlement_withdrawn")) == (1, 1)


def test_what_cannot_be_settled_says_why(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    tim = staff()
    for kind, minor, match in (
        ("refund", 50001, "500.00 EUR"),
        ("release", 0, "Between"),
        ("return", 100, "nothing"),
        ("write_off", 100, "nothing"),
        ("let_go", 0, "payment"),
        ("paid_otherwise", 0, "refund"),
        ("steal", 100, "Choose"),
    ):
        with pytest.raises(DomainError, match=match):
            settle(scene, tim, kind, minor)
    with pytest.raises(DomainError, match="Say why"):
        wish = Wish("refund", "  ", 100)
        propose_settlement(actor=acting(tim), order_id=scene.order.public_id, wish=wish)
    with pytest.raises(NotFound):
        propose_settlement(actor=acting(tim), order_id="ord_none", wish=Wish("hold", WHY))
    reader = member_of_staff_named("Rob", "view_manualsettlement")
    with pytest.raises(NotAllowed):
        settle(scene, reader, "refund", 100)
    assert not ManualSettlement.objects.exists()


def member_of_staff_named(name: str, *rights: str) -> Persona:
    from django.contrib.auth.models import Permission

    user = make_person(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return Persona(give_second_factor(user))


@pytest.mark.journey
def test_a_hold_stops_decisions_and_instructions_until_it_is_lifted(
    scene: Scene, sandbox: Sandbox
) -> None:
    connect_maker(scene)
    pay(scene)
    tim = staff()
    payment = scene.payment.public_id
    settle(scene, tim, "hold", payment=payment)
    with pytest.raises(Conflict, match="already"):
        settle(scene, tim, "hold", payment=payment)
    accept_goods(scene)
    pump()
    assert not Instruction.objects.exists()
    assert scene.payment.state == PaymentState.FUNDED
    assert_books_hold()
    settle(scene, tim, "let_go", payment=payment)
    pump()
    assert Instruction.objects.get().state == InstructionState.DONE
    assert scene.fresh_order().state == OrderState.CLOSED
    assert not MoneyHold.objects.filter(lifted_at__isnull=True).exists()
    with pytest.raises(Conflict, match="not on hold"):
        settle(scene, tim, "let_go", payment=payment)


def test_a_hold_stops_a_transfer_that_has_not_left(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    accept_goods(scene)
    pump()
    tim = staff()
    settle(scene, tim, "hold", payment=scene.payment.public_id)
    connect_maker(scene)
    pump()
    transfer = Instruction.objects.get()
    assert (transfer.state, transfer.last_error) == (
        InstructionState.BLOCKED,
        "the platform holds the payment",
    )
    Instruction.objects.update(state_changed_at="2020-01-01T00:00Z")
    assert instructions.retry_blocked() == 0
    settle(scene, tim, "let_go", payment=scene.payment.public_id)
    pump()
    transfer.refresh_from_db()
    assert transfer.state == InstructionState.DONE


def test_letting_go_of_much_needs_a_second_person(
    scene: Scene, sandbox: Sandbox, settings: Any
) -> None:
    settings.MANUAL_SETTLEMENT_LIMIT = {"EUR": 49999}
    pay(scene)
    tim = staff()
    assert settle(scene, tim, "hold", payment=scene.payment.public_id).state == "carried_out"
    let_go = settle(scene, tim, "let_go", payment=scene.payment.public_id)
    assert (let_go.state, let_go.amount_minor) == (ManualState.PROPOSED, 50000)


def test_what_was_released_goes_back_by_hand(scene: Scene, sandbox: Sandbox) -> None:
    whole_journey(scene)
    settle(scene, staff(), "return", 25000)
    pump()
    kinds = Instruction.objects.order_by("pk").values_list("kind", "amount_minor", "state")
    assert list(kinds)[1:] == [("refund", 25000, "done"), ("reversal", 23000, "done")]
    assert ledger()["revenue:commission"] == 2000
    with pytest.raises(DomainError, match=r"250\.00"):
        settle(scene, staff("Ann"), "return", 25001)
    assert_books_hold()


def test_a_debt_is_written_off_and_the_shop_alone_reads_it(scene: Scene, sandbox: Sandbox) -> None:
    journey_at_once(scene)
    cash_out(scene, sandbox, 46000)
    claim_back(scene, 50000, 40)
    with pytest.raises(DomainError, match=r"460\.00"):
        settle(scene, staff(), "write_off", 46001)
    mail.outbox.clear()
    settle(scene, staff("Ann"), "write_off", 46000)
    pump()
    assert debt(scene) == 0
    assert ledger()["loss:disputes"] == -46000
    assert {letter.to[0] for letter in mail.outbox} == {"milo@example.com"}
    assert (
        "written off"
        not in scene.bea.client.get(f"/payments/orders/{scene.order.public_id}/").content.decode()
    )
    assert_books_hold()


def test_money_that_moved_meanwhile_stops_the_confirmation(
    scene: Scene, sandbox: Sandbox, settings: Any
) -> None:
    settings.MANUAL_SETTLEMENT_LIMIT = {}
    pay(scene)
    made = settle(scene, staff(), "refund", 40000)
    cancel_order(actor=scene.milo.actor, public_id=scene.order.public_id, reason="Machine broke")
    pump()
    with pytest.raises(DomainError, match="nothing"):
        confirm_settlement(actor=acting(staff("Ann")), public_id=made.public_id)
    made.refresh_from_db()
    assert made.state == ManualState.PROPOSED


def test_the_page_of_an_orders_money(scene: Scene, sandbox: Sandbox, settings: Any) -> None:
    settings.MANUAL_SETTLEMENT_LIMIT = {"EUR": 1000}
    pay(scene)
    tim, ann = staff(), staff("Ann")
    path = f"/admin/payments/manualsettlement/order/{scene.order.public_id}/"
    page = tim.client.get(path).content.decode()
    assert "500.00 EUR" in page and "Give held money back to the buyer, up to 500.00 EUR" in page
    assert "Write a debt" not in page and "Refund that did not" not in page
    form = {"kind": "refund", "amount": "20.00", "reason": "Too <b>late</b>"}
    wrong = tim.client.post(path, {**form, "amount": "700"})
    assert wrong.status_code == 422
    assert "Too &lt;b&gt;late&lt;/b&gt;" in wrong.content.decode()
    for bad in ("NaN", "-1", "1e99", "abc"):
        assert tim.client.post(path, {**form, "amount": bad}).status_code == 422
    assert tim.client.post(path, form).status_code == 302
    made = ManualSettlement.objects.get()
    page = tim.client.get(path).content.decode()
    assert "Take it back" in page and "Confirm" not in page
    page = ann.client.get(path).content.decode()
    assert "Confirm" in page and "Take it back" not in page
    desk = ann.client.get("/admin/").content.decode()
    assert "Settlements of money to confirm" in desk
    do = f"/admin/payments/manualsettlement/{made.public_id}"
    assert tim.client.post(f"{do}/confirm/do/").status_code == 302
    assert ann.client.get(f"{do}/confirm/do/").status_code == 405
    assert ann.client.post(f"{do}/steal/do/").status_code == 404
    made.refresh_from_db()
    assert made.state == ManualState.PROPOSED
    ann.client.post(f"{do}/confirm/do/")
    made.refresh_from_db()
    assert made.state == ManualState.CARRIED_OUT
    assert ann.client.get(path).status_code == 200
    nowhere = path.replace(scene.order.public_id, "ord_none")
    assert ann.client.get(nowhere).status_code == 404
    outsider = member_of_staff_named("Rob", "view_order")
    assert outsider.client.get(path).status_code == 403
    assert outsider.client.post(f"{do}/confirm/do/").status_code == 302
    assert facts("manual_settlement_carried_out") == 1
    assert scene.bea.client.get(path).status_code != 200
