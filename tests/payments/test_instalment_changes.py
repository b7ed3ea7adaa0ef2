"""A price that changes between instalments: less is asked for from the last one on, more comes on
top; a page that is open meanwhile loses nobody any money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.actor import Actor
from orders.actions import changes
from orders.change_terms import LineChange, Proposal
from orders.models import ChangeOrder
from payments.actions.attempts import open_attempt, pay_order
from payments.actions.instalments import fit_instalments
from payments.invariants import check_books as check_invariants
from payments.models import PaymentAttempt, PaymentRequest
from payments.sandbox import driver
from payments.states import PaymentState
from payments.tasks import sync_attempt
from tests.api.scene import facts_since, last_event
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, connect_maker, ledger, open_page, pay_next, pump, set_scene
from tests.payments.test_instalments import (
    IN_PARTS,
    advance,
    check_books,
    nth,
    plan,
    ship,
)
from tests.steps import step

SYSTEM = Actor.system("test")


@pytest.fixture
def parts(sandbox: Sandbox, db: None) -> Scene:
    """An order of 40 pieces in three instalments, the first of which is paid, confirmed."""
    scene = set_scene(agreed=IN_PARTS)
    pay_next(scene)
    advance(scene, "confirm_order")
    return scene


@step
def agree(scene: Scene, quantity: int, *, work: bool = True) -> ChangeOrder:
    """Both sides agree on another quantity at 12.50 each."""
    key = {"public_id": scene.order.public_id}
    line = scene.order.lines.get().public_id
    found = changes.propose_change(
        actor=scene.milo.actor,
        wanted=Proposal({line: LineChange(quantity=quantity)}),
        reason="As we spoke.",
        **key,
    )
    changes.accept_change(actor=scene.bea.actor, change=found.public_id, **key)
    if work:
        pump()
    found.refresh_from_db()
    return found


def commissions(scene: Scene) -> int:
    rows = scene.order.payments.exclude(state=PaymentState.CANCELLED)
    return sum(row.commission_minor for row in rows)


def test_a_lower_price_is_taken_off_the_last_instalments(parts: Scene, sandbox: Sandbox) -> None:
    assert agree(parts, 30).state == "in_force"
    order = parts.fresh_order()
    assert (order.total_minor, order.funded_minor, order.unpaid_minor) == (37500, 15000, 22500)
    assert [amount for _, amount, _ in plan(parts)] == [15000, 15000, 7500]
    assert commissions(parts) == 3000
    assert sandbox.calls("POST", "/v1/refunds") == []
    assert agree(parts, 20).state == "in_force"
    assert [(state, amount) for state, amount, _ in plan(parts)[1:]] == [
        ("due", 10000),
        ("cancelled", 7500),
    ]
    assert commissions(parts) == 2000
    assert parts.fresh_order().instalment_minor == 10000
    check_books()


def test_more_than_is_unpaid_comes_back(sandbox: Sandbox, db: None) -> None:
    scene = set_scene(agreed=IN_PARTS)
    pay_next(scene)
    pay_next(scene)
    agree(scene, 20)
    order = scene.fresh_order()
    assert (order.total_minor, order.funded_minor, order.unpaid_minor) == (25000, 30000, 0)
    assert [state for state, _, _ in plan(scene)] == ["funded", "funded", "cancelled"]
    assert ledger()["order:held"] == 25000
    assert len(sandbox.calls("POST", "/v1/refunds")) == 1
    advance(scene, "confirm_order", "start_production", "finish_production", "pass_quality_check")
    ship(scene)
    check_books()


def test_a_dearer_order_is_paid_by_a_supplement_on_top(parts: Scene, sandbox: Sandbox) -> None:
    found = agree(parts, 44)
    supplement = PaymentRequest.objects.get(kind="supplement")
    assert (found.state, supplement.amount_minor, supplement.seq) == ("accepted", 5000, 4)
    # The instalment of the next step and the supplement wait side by side, each with its button.
    pay_next(parts, found.public_id)
    found.refresh_from_db()
    order = parts.fresh_order()
    assert (found.state, order.total_minor, order.unpaid_minor) == ("in_force", 55000, 35000)
    assert [amount for _, amount, _ in plan(parts)] == [15000, 15000, 20000, 5000]
    assert commissions(parts) == 4400
    pay_next(parts)
    pay_next(parts, nth(parts, 3).public_id)
    assert (parts.fresh_order().funded_minor, parts.order.unpaid_minor) == (55000, 0)
    check_books()


def last_page(scene: Scene) -> PaymentAttempt:
    """Everything but the balance is paid, and the page of the balance is open."""
    connect_maker(scene)
    pay_next(scene)
    return open_page(scene, nth(scene, 3).public_id)


def test_the_open_page_of_the_old_amount_is_closed_first(parts: Scene, sandbox: Sandbox) -> None:
    attempt = last_page(parts)
    agree(parts, 36)
    with pytest.raises(driver.SandboxRefused):
        driver.pay(attempt.url)
    assert plan(parts)[2][:2] == ("due", 15000)
    before = last_event()
    fit_instalments(actor=SYSTEM, order_id=parts.order.public_id)
    assert facts_since(before) == []
    assert pay_next(parts).amount_minor == 15000
    assert parts.fresh_order().unpaid_minor == 0
    check_books()


def test_the_old_amount_paid_in_the_last_second_is_held_and_the_rest_goes_back(
    parts: Scene, sandbox: Sandbox
) -> None:
    attempt = last_page(parts)
    driver.pay(attempt.url)
    agree(parts, 36)
    order = parts.fresh_order()
    assert (order.total_minor, order.funded_minor, order.unpaid_minor) == (45000, 50000, 0)
    assert nth(parts, 3).state == PaymentState.FUNDED
    assert len(sandbox.calls("POST", "/v1/refunds")) == 1
    check_books()


def test_while_the_amount_falls_no_new_page_is_opened(parts: Scene, sandbox: Sandbox) -> None:
    pay_next(parts)
    agree(parts, 36, work=False)
    key = {"public_id": parts.order.public_id, "payment": nth(parts, 3).public_id}
    with pytest.raises(Exception, match="becoming less"):
        pay_order(actor=parts.bea.actor, **key)
    page = parts.bea.client.get(f"/payments/orders/{parts.order.public_id}/")
    assert "Pay early" not in page.content.decode()
    pump()
    attempt = pay_order(actor=parts.bea.actor, **key)
    open_attempt(attempt.pk)
    attempt.refresh_from_db()
    driver.pay(attempt.url)
    sync_attempt(attempt.pk)
    assert parts.fresh_order().funded_minor == 45000


def test_a_worker_that_does_not_follow_is_found(
    parts: Scene, sandbox: Sandbox, time_machine_days: Callable[[float], None]
) -> None:
    agree(parts, 30, work=False)
    assert not [each for each in check_invariants() if each.difference]
    time_machine_days(1)
    wrong = [each.label for each in check_invariants() if each.difference]
    assert wrong == ["Open instalments ask for what is still to be paid"]


@pytest.fixture
def time_machine_days() -> Callable[[float], None]:
    """Makes orders and changes look so many days older."""

    def age(days: float) -> None:
        from django.db.models import F

        from orders.models import Order

        back = timedelta(days=days)
        Order.objects.update(state_changed_at=F("state_changed_at") - back)
        ChangeOrder.objects.update(state_changed_at=F("state_changed_at") - back)

    return age


def test_every_price_on_the_way_adds_up(parts: Scene, sandbox: Sandbox) -> None:
    for quantity in (39, 37, 25, 24, 13):
        agree(parts, quantity)
        order = parts.fresh_order()
        assert order.total_minor == int(Decimal("12.5") * quantity * 100)
        rows = parts.order.payments.exclude(state=PaymentState.CANCELLED)
        assert sum(row.amount_minor for row in rows) == order.total_minor
        assert commissions(parts) == (order.total_minor * 8 + 50) // 100
        assert sum(order.milestones.values_list("amount_minor", flat=True)) == order.total_minor
    check_books()
