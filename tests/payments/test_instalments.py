"""An order paid step by step: asked for, held, released; what waits for it, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from orders.actions import acceptance, milestone_decisions, settlements, shipping
from orders.actions.production import advance_order
from orders.models import Milestone
from payments.actions.attempts import pay_order
from payments.actions.instalments import call_instalments, fit_instalments, remind_of_payments
from payments.models import PaymentAttempt, PaymentRequest
from payments.sandbox import driver
from payments.states import PaymentState
from payments.tasks import sync_attempt
from tests.api.scene import facts_since, last_event
from tests.orders.actions.test_milestones import attach, tool_of
from tests.payments.conftest import Sandbox
from tests.payments.drills.stage import together
from tests.payments.scene import Scene, connect_maker, ledger, open_page, pay_next, pump, set_scene
from tests.personas import make_buyer
from tests.steps import step

IN_PARTS = {
    "milestones": [
        {"kind": "deposit", "percent": 30},
        {"kind": "tooling", "percent": 30},
        {"kind": "shipment", "percent": 10},
        {"kind": "acceptance", "percent": 30},
    ]
}
SYSTEM = Actor.system("test")


@pytest.fixture
def parts(sandbox: Sandbox, db: None) -> Scene:
    """An order of 500.00 in three instalments: 150.00, 150.00, 200.00."""
    return set_scene(agreed=IN_PARTS)


def plan(scene: Scene) -> list[tuple[str, int, bool]]:
    """(state, amount, whether it has fallen due) of each instalment."""
    rows = PaymentRequest.objects.filter(order=scene.order).order_by("seq")
    return [(row.state, row.amount_minor, row.due_at is not None) for row in rows]


def nth(scene: Scene, seq: int) -> PaymentRequest:
    return PaymentRequest.objects.get(order=scene.order, seq=seq)


@step
def advance(scene: Scene, *verbs: str) -> None:
    for verb in verbs:
        advance_order(actor=scene.milo.actor, public_id=scene.order.public_id, verb=verb)
    pump()


@step
def hand_in_tool(scene: Scene) -> Milestone:
    attach(scene.milo, scene.order, "photo", "report")
    key = {"public_id": scene.order.public_id, "milestone": tool_of(scene.order).public_id}
    return milestone_decisions.submit_milestone(actor=scene.milo.actor, **key)


@step
def approve_tool(scene: Scene) -> None:
    key = {"public_id": scene.order.public_id, "milestone": tool_of(scene.order).public_id}
    milestone_decisions.approve_milestone(actor=scene.bea.actor, **key)
    pump()


@step
def ship(scene: Scene) -> None:
    shipping.ship_order(
        actor=scene.milo.actor,
        public_id=scene.order.public_id,
        carrier="dhl",
        tracking_number="JD1",
    )


def check_books() -> None:
    call_command("check_ledger", stdout=StringIO())


@pytest.mark.journey
def test_each_step_is_paid_before_it_starts_and_released_when_it_is_approved(
    parts: Scene, sandbox: Sandbox
) -> None:
    connect_maker(parts)
    assert plan(parts) == [("due", 15000, True), ("due", 15000, False), ("due", 20000, False)]
    assert sum(row.commission_minor for row in parts.order.payments.all()) == 4000
    assert pay_next(parts).kind == "deposit"
    order = parts.fresh_order()
    assert (order.state, order.funded_minor, order.unpaid_minor) == ("placed", 15000, 35000)

    advance(parts, "confirm_order", "start_production")
    assert plan(parts)[1] == ("due", 15000, True)
    assert parts.fresh_order().instalment_minor == 15000
    assert order.instalment_due_at == nth(parts, 2).due_at
    assert ledger().get("order:held", 0) == 0
    hand_in_tool(parts)
    with pytest.raises(DomainError, match="of the instalment for this step") as refused:
        approve_tool(parts)
    assert refused.value.code == "not_held"
    pay_next(parts)
    approve_tool(parts)
    assert ledger().get("order:held", 0) == 0
    assert plan(parts)[2] == ("due", 20000, False)

    advance(parts, "finish_production", "pass_quality_check")
    assert plan(parts)[2] == ("due", 20000, True)
    with pytest.raises(WrongState, match="of this order are not paid yet"):
        ship(parts)
    pay_next(parts)
    assert parts.fresh_order().unpaid_minor == 0
    ship(parts)
    shipping.confirm_delivery(actor=parts.bea.actor, public_id=parts.order.public_id)
    acceptance.accept_order(actor=parts.bea.actor, public_id=parts.order.public_id)
    pump()
    assert parts.fresh_order().state == "closed"
    assert {state for state, _, _ in plan(parts)} == {"released"}
    assert ledger()["revenue:commission"] == 4000
    check_books()


def test_the_buyer_may_pay_early_in_their_order(parts: Scene, sandbox: Sandbox) -> None:
    later = nth(parts, 3).public_id
    with pytest.raises(WrongState, match="first instalment comes first"):
        pay_order(actor=parts.bea.actor, public_id=parts.order.public_id, payment=later)
    pay_next(parts)
    with pytest.raises(WrongState, match="earlier instalment"):
        pay_order(actor=parts.bea.actor, public_id=parts.order.public_id, payment=later)
    pay_next(parts, nth(parts, 2).public_id)
    pay_next(parts, later)
    assert [state for state, _, _ in plan(parts)] == ["funded"] * 3
    order = parts.fresh_order()
    assert (order.state, order.funded_minor, order.unpaid_minor) == ("placed", 50000, 0)
    advance(parts, "confirm_order", "start_production", "finish_production", "pass_quality_check")
    ship(parts)
    check_books()


def test_who_may_pay_which_instalment(parts: Scene, sandbox: Sandbox) -> None:
    key = {"public_id": parts.order.public_id}
    with pytest.raises((NotAllowed, NotFound)):
        pay_order(actor=parts.milo.actor, **key)
    stranger = make_buyer("Stefan", "Stefan Tools")
    for payment in ("", nth(parts, 1).public_id, "pay_nothing"):
        with pytest.raises(NotFound):
            pay_order(actor=stranger.actor, payment=payment, **key)
    with pytest.raises(NotFound):
        pay_order(actor=parts.bea.actor, payment="pay_nothing", **key)
    assert PaymentAttempt.objects.count() == 0


def test_what_has_come_is_asked_for_once_with_its_fact(parts: Scene, sandbox: Sandbox) -> None:
    pay_next(parts)
    key = {"actor": SYSTEM, "order_id": parts.order.public_id}
    assert call_instalments(**key) == 0
    advance_order(actor=parts.milo.actor, public_id=parts.order.public_id, verb="confirm_order")
    before = last_event()
    assert call_instalments(**key) == 1
    assert facts_since(before) == ["payment_requested"]
    assert call_instalments(**key) == 0
    due = nth(parts, 2).due_at
    assert due is not None
    assert timedelta(days=6) < due - timezone.now() <= timedelta(days=7)
    assert parts.fresh_order().instalment_due_at == due


def test_work_that_went_past_a_step_asks_for_it_too(parts: Scene, sandbox: Sandbox) -> None:
    """Nobody submitted the tool, and production is finished: everything is due, in its order."""
    pay_next(parts)
    advance(parts, "confirm_order", "start_production")
    PaymentRequest.objects.filter(pk=nth(parts, 2).pk).update(due_at=None, due_when="tooling")
    call_instalments(actor=SYSTEM, order_id=parts.order.public_id)
    assert [is_due for _, _, is_due in plan(parts)] == [True, False, False]
    advance(parts, "finish_production")
    assert [is_due for _, _, is_due in plan(parts)] == [True, True, True]
    assert parts.fresh_order().instalment_minor == 15000
    assert pay_next(parts) == nth(parts, 2)
    assert pay_next(parts) == nth(parts, 3)


def test_the_facts_of_a_later_instalment(parts: Scene, sandbox: Sandbox) -> None:
    pay_next(parts)
    attempt = open_page(parts, nth(parts, 2).public_id)
    driver.pay(attempt.url)
    before = last_event()
    for _ in range(2):
        sync_attempt(attempt.pk)
    assert facts_since(before) == ["payment_funded"]


def test_the_shop_and_the_buyer_hear_of_a_later_instalment(
    parts: Scene, sandbox: Sandbox, mailoutbox: list[Any]
) -> None:
    pay_next(parts)
    advance(parts, "confirm_order")
    mailoutbox.clear()
    pay_next(parts)
    told = {(mail.subject, mail.to[0]) for mail in mailoutbox}
    assert {to for subject, to in told if "are held" in subject} == {
        parts.bea.user.email,
        parts.milo.user.email,
    }


def test_reminders_before_after_and_long_after(parts: Scene, sandbox: Sandbox) -> None:
    pay_next(parts)
    advance(parts, "confirm_order")
    rows = PaymentRequest.objects.filter(pk=nth(parts, 2).pk)

    def due_in(days: float) -> list[str]:
        rows.update(due_at=timezone.now() + timedelta(days=days))
        before = last_event()
        remind_of_payments()
        remind_of_payments()
        return facts_since(before)

    assert due_in(3) == []
    assert due_in(1.5) == ["payment_reminded"]
    assert due_in(-1) == ["payment_reminded"]
    assert due_in(-15) == ["payment_overdue"]
    assert due_in(-20) == []
    told = Event.objects.get(type="payment_overdue")
    seen_by = set(told.sightings.values_list("organization", flat=True))
    assert seen_by == {parts.bea.organization.public_id, parts.milo.organization.public_id}
    pump()
    assert parts.fresh_order().state == "confirmed"


def test_a_late_step_moves_the_day_to_ship(parts: Scene, sandbox: Sandbox) -> None:
    pay_next(parts)
    advance(parts, "confirm_order")
    ship_by = parts.fresh_order().ship_by
    assert ship_by is not None
    PaymentRequest.objects.filter(pk=nth(parts, 2).pk).update(
        due_at=timezone.now() - timedelta(days=4)
    )
    before = last_event()
    pay_next(parts)
    assert parts.fresh_order().ship_by == ship_by + timedelta(days=4)
    assert "ship_day_moved" in facts_since(before)


@pytest.mark.parametrize("way", ["settled", "page open", "paid at once"])
def test_the_end_of_the_order_ends_what_is_not_paid(
    parts: Scene, sandbox: Sandbox, way: str
) -> None:
    connect_maker(parts)
    pay_next(parts)
    advance(parts, "confirm_order", "start_production")
    attempt = open_page(parts) if way != "settled" else None
    key = {"public_id": parts.order.public_id}
    offer = settlements.propose_settlement(
        actor=parts.bea.actor, owed_minor=0, reason="The project ends.", **key
    )
    if way == "paid at once" and attempt is not None:
        driver.pay(attempt.url)
    settlements.accept_settlement(actor=parts.milo.actor, settlement=offer.public_id, **key)
    assert parts.fresh_order().unpaid_minor == 0
    pump()
    assert {state for state, _, _ in plan(parts)[1:]} == {"cancelled"}
    if attempt is not None and way == "page open":
        with pytest.raises(driver.SandboxRefused):
            driver.pay(attempt.url)
    refunds = sandbox.calls("POST", "/v1/refunds")
    assert len(refunds) == (1 if way == "paid at once" else 0)
    check_books()


def test_an_ended_order_asks_for_nothing_twice_is_once(parts: Scene, sandbox: Sandbox) -> None:
    before = plan(parts)
    fit_instalments(actor=SYSTEM, order_id=parts.order.public_id)
    assert plan(parts) == before
    pay_next(parts)
    before = plan(parts)
    fit_instalments(actor=SYSTEM, order_id=parts.order.public_id)
    assert plan(parts) == before


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_tabs_pay_one_instalment_once(sandbox: Sandbox) -> None:
    scene = set_scene(agreed=IN_PARTS)
    pay_next(scene)
    pay: Callable[[], Any] = lambda: pay_order(  # noqa: E731
        actor=scene.bea.actor, public_id=scene.order.public_id
    )
    together([pay, pay, pay])
    pump()
    assert nth(scene, 2).attempts.count() == 1
    attempt = nth(scene, 2).attempts.get()
    driver.pay(attempt.url)
    together([lambda: sync_attempt(attempt.pk)] * 3)
    assert (scene.fresh_order().funded_minor, scene.order.unpaid_minor) == (30000, 20000)
    assert nth(scene, 2).state == PaymentState.FUNDED
    check_books()
