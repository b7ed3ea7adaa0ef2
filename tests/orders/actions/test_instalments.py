"""What waits for an instalment, and whose days they are."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.states import WrongState
from orders.actions import settlements, shipping
from orders.actions.first_articles import approve_first_article
from orders.actions.instalments import days_waited, take_in_instalment, unpaid_of_step
from orders.actions.money import undecided_minor
from orders.models import Order
from orders.shipping_terms import Carriage, Piece
from tests.api.scene import facts_since, last_event
from tests.orders.actions.test_milestones import AGREED
from tests.orders.scene import force, make_order
from tests.personas import Persona

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


TWO_PARTS = {"milestones": [{"kind": "deposit", "percent": 80}]}


def part_paid(
    bea: Persona, milo: Persona, state: str, *, funded: int, unpaid: int, agreed: Any = AGREED
) -> Order:
    order = make_order(bea, milo, state, agreed=agreed)
    today = timezone.localdate()
    Order.objects.filter(pk=order.pk).update(
        funded_minor=funded, unpaid_minor=unpaid, ship_by=today + timedelta(days=10)
    )
    order.refresh_from_db()
    return order


def take_in(order: Order, minor: int, due: datetime | None = None, balance: bool = False) -> Order:
    return take_in_instalment(
        actor=SYSTEM,
        public_id=order.public_id,
        subject="pay_1",
        amount_minor=minor,
        due_at=due,
        is_balance=balance,
    )


def test_parts_leave_once_everything_is_held(bea: Persona, milo: Persona) -> None:
    order = part_paid(bea, milo, "ready_to_ship", funded=40500, unpaid=10000, agreed=TWO_PARTS)
    line = order.lines.get().public_id
    key = {"actor": milo.actor, "public_id": order.public_id}
    before = last_event()
    with pytest.raises(WrongState, match="are not paid yet"):
        shipping.ship_order(carrier="dhl", tracking_number="JD1", **key)
    with pytest.raises(WrongState, match="are not paid yet"):
        shipping.ship_parts(pieces=[Piece(line, 1)], carriage=Carriage("dhl", "JD1"), **key)
    assert facts_since(before) == []
    assert order.shipments.count() == 0
    take_in(order, 10000)
    shipping.ship_order(carrier="dhl", tracking_number="JD1", **key)


def test_a_step_is_approved_as_far_as_its_money_is_held(bea: Persona, milo: Persona) -> None:
    order = part_paid(bea, milo, "first_article_review", funded=5000, unpaid=45500)
    order.milestones.filter(kind="first_article").update(state="submitted")
    step = order.milestones.get(kind="first_article")
    assert (step.amount_minor, str(unpaid_of_step(order, step))) == (5050, "0.50 EUR")
    with pytest.raises(DomainError, match="Pay under Payment"):
        approve_first_article(actor=bea.actor, public_id=order.public_id)
    order.refresh_from_db()
    assert (order.state, undecided_minor(order)) == ("first_article_review", 5000)
    take_in(order, 45500)
    assert approve_first_article(actor=bea.actor, public_id=order.public_id)
    order.refresh_from_db()
    assert undecided_minor(order) == 50500 - 5050


def test_more_than_was_asked_for_goes_back(bea: Persona, milo: Persona) -> None:
    order = part_paid(bea, milo, "in_production", funded=40000, unpaid=9000)
    before = last_event()
    order = take_in(order, 10500)
    assert (order.funded_minor, order.unpaid_minor) == (50500, 0)
    assert facts_since(before) == ["money_returned"]
    assert order.money_decisions.get().amount_minor == 1500


def ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def test_days_a_step_was_late_are_added(bea: Persona, milo: Persona) -> None:
    order = part_paid(bea, milo, "in_production", funded=10000, unpaid=40500)
    assert days_waited(order, None, is_balance=False) == 0
    assert days_waited(order, ago(-2), is_balance=False) == 0
    before = last_event()
    was = order.ship_by
    assert was is not None
    order = take_in(order, 10000, ago(3))
    assert order.ship_by == was + timedelta(days=3)
    assert facts_since(before) == ["ship_day_moved"]
    assert order.milestones.get(kind="shipment").due_on == order.ship_by


def test_the_balance_holds_up_only_parts_that_are_ready(bea: Persona, milo: Persona) -> None:
    order = part_paid(bea, milo, "quality_check", funded=40500, unpaid=10000)
    assert days_waited(order, ago(5), is_balance=True) == 0
    force(order, "ready_to_ship")
    today = timezone.localdate()
    for ready, ship_by, days in (
        # (days ago the parts were ready, days from now they had to leave, days that are added)
        (8, 4, 0),
        (8, 0, 1),
        (8, -3, 4),
        # What the shop itself was late stays its own.
        (2, -9, 3),
    ):
        Order.objects.filter(pk=order.pk).update(
            state_changed_at=ago(ready), ship_by=today + timedelta(days=ship_by)
        )
        order.refresh_from_db()
        assert days_waited(order, ago(-3), is_balance=True) == days, (ready, ship_by)


@pytest.mark.parametrize(("holder", "days"), [("buyer", 0), ("manufacturer", 6)])
def test_days_of_a_hold_are_not_given_twice(
    bea: Persona, milo: Persona, holder: str, days: int
) -> None:
    """Due, then held for six days by one of them, then paid."""
    # Days are those of the calendar: at noon five minutes more are no other day.
    due = timezone.now().replace(hour=12, minute=0)
    with time_machine.travel(due):
        order = part_paid(bea, milo, "in_production", funded=10000, unpaid=40500)
        was = order.ship_by
        assert was is not None
        person = {"buyer": bea, "manufacturer": milo}[holder]
        key = {"actor": person.actor, "public_id": order.public_id}
        settlements.hold_order(reason="We wait.", **key)
    with time_machine.travel(due + timedelta(days=6, minutes=5)):
        order.refresh_from_db()
        assert days_waited(order, due, is_balance=False) == days
        settlements.resume_order(**key)
        order.refresh_from_db()
        assert days_waited(order, due, is_balance=False) == days
        order = take_in(order, 10000, due)
        assert order.ship_by == was + timedelta(days=6)
