"""An order stands still, goes on, or ends by agreement."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.states import WrongState
from orders.actions import nonconformances, settlements
from orders.actions.problem_steps import Claim
from orders.models import Order, Settlement
from tests.api.scene import Api, facts_since, last_event
from tests.orders.actions.test_problems import money, paid
from tests.personas import Persona

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["confirmed", "quality_check", "partly_shipped"])
def test_an_order_goes_on_where_it_was_held(bea: Persona, milo: Persona, state: str) -> None:
    order = paid(bea, milo, state)
    Order.objects.filter(pk=order.pk).update(ship_by=date(2030, 1, 1))
    key = {"public_id": order.public_id}
    last = last_event()
    settlements.hold_order(actor=bea.actor, reason="The drawing changes.", **key)
    with pytest.raises(WrongState):
        settlements.hold_order(actor=bea.actor, reason="Again.", **key)
    Order.objects.filter(pk=order.pk).update(state_changed_at=timezone.now() - timedelta(days=3))
    with pytest.raises(NotAllowed, match="other side"):
        settlements.resume_order(actor=milo.actor, **key)
    settlements.resume_order(actor=bea.actor, **key)
    assert facts_since(last) == ["order_held", "order_resumed"]
    order.refresh_from_db()
    # Three days that the buyer held it.
    assert (order.state, order.ship_by, order.held_by) == (state, date(2030, 1, 4), "")


def test_a_hold_is_told_with_its_reason(bea: Persona, milo: Persona, sam: Persona) -> None:
    order = paid(bea, milo, "in_production")
    key = {"public_id": order.public_id}
    api = Api(bea)
    people = ((bea.actor, "Bea Robotics"), (Actor.staff(sam.user), "the platform"))
    for actor, name in people:
        settlements.hold_order(actor=actor, reason=f"{name} has a doubt about H7.", **key)
        for client, path in ((bea.client, "/orders/"), (milo.client, "/portal/orders/")):
            for room in ("", "problems/"):
                page = client.get(f"{path}{order.public_id}/{room}").content.decode()
                told = f"topped by {name}: {name} has a doubt about H7."
                assert told in " ".join(page.split())
        said = api.get(f"/orders/{order.public_id}/").json()["hold"]
        assert (said["by"], said["reason"]) == (name, f"{name} has a doubt about H7.")
        settlements.resume_order(actor=actor, **key)


def test_the_end_of_an_order_is_asked_for_first(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    settlements.propose_settlement(
        actor=bea.actor, public_id=order.public_id, owed_minor=20000, reason="We changed our mind."
    )
    page = milo.client.get(f"/portal/orders/{order.public_id}/problems/").content.decode()
    assert '<summary class="btn btn-look-primary">Agree and end the order</summary>' in page
    assert "Nobody can undo it." in page and "End the order now" in page


def test_days_the_shop_held_it_are_its_own_and_staff_may_let_go_on(
    bea: Persona, milo: Persona, sam: Persona
) -> None:
    order = paid(bea, milo, "in_production")
    Order.objects.filter(pk=order.pk).update(ship_by=date(2030, 1, 1))
    settlements.hold_order(actor=milo.actor, public_id=order.public_id, reason="No steel.")
    Order.objects.filter(pk=order.pk).update(state_changed_at=timezone.now() - timedelta(days=3))
    settlements.resume_order(actor=Actor.staff(sam.user), public_id=order.public_id)
    order.refresh_from_db()
    assert (order.state, order.ship_by) == ("in_production", date(2030, 1, 1))


def test_the_held_money_is_shared_as_agreed(bea: Persona, milo: Persona, stefan: Persona) -> None:
    order = paid(bea, milo, "in_production")
    key = {"public_id": order.public_id}
    values = {"reason": "We changed our mind.", **key}
    for wrong in (-1, 50501):
        with pytest.raises(DomainError, match="still held"):
            settlements.propose_settlement(actor=bea.actor, owed_minor=wrong, **values)
    found = settlements.propose_settlement(actor=bea.actor, owed_minor=20000, **values)
    with pytest.raises(WrongState):
        settlements.propose_settlement(actor=milo.actor, owed_minor=1, **values)
    key["settlement"] = found.public_id
    with pytest.raises(NotAllowed):
        settlements.accept_settlement(actor=bea.actor, **key)
    with pytest.raises(NotAllowed):
        settlements.withdraw_settlement(actor=milo.actor, **key)
    with pytest.raises(NotFound):
        settlements.accept_settlement(actor=stefan.actor, **key)
    last = last_event()
    settlements.accept_settlement(actor=milo.actor, **key)
    assert facts_since(last) == [
        "settlement_accepted",
        "money_released",
        "order_cancelled",
        "money_returned",
    ]
    with pytest.raises(WrongState):
        settlements.accept_settlement(actor=milo.actor, **key)
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert money(order) == [("release", 20000), ("refund", 30500)]
    assert order.milestones.get().state == "cancelled"


def test_no_taken_back_and_silence_let_the_order_go_on(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    key = {"public_id": order.public_id}

    def proposal() -> str:
        found = settlements.propose_settlement(actor=bea.actor, owed_minor=0, reason="Stop.", **key)
        return found.public_id

    with pytest.raises(DomainError):
        settlements.decline_settlement(actor=milo.actor, settlement=proposal(), reason=" ", **key)
    [waiting] = order.settlements.all()
    settlements.decline_settlement(
        actor=milo.actor, settlement=waiting.public_id, reason="It is half done.", **key
    )
    settlements.withdraw_settlement(actor=bea.actor, settlement=proposal(), **key)
    proposal()
    assert settlements.expire_settlements() == 0
    Settlement.objects.update(answer_by=timezone.now() - timedelta(seconds=1))
    assert settlements.expire_settlements() == 1
    states = list(order.settlements.order_by("pk").values_list("state", flat=True))
    assert states == ["declined", "withdrawn", "expired"]
    order.refresh_from_db()
    assert (order.state, money(order)) == ("in_production", [])


def test_an_open_problem_ends_with_the_order(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    key = {"public_id": order.public_id}
    problem = nonconformances.raise_nonconformance(
        actor=bea.actor, claim=Claim("late", "Where is it?"), **key
    )
    found = settlements.propose_settlement(actor=bea.actor, owed_minor=20000, reason="R.", **key)
    settlements.accept_settlement(actor=milo.actor, settlement=found.public_id, **key)
    problem.refresh_from_db()
    assert (problem.state, problem.respond_by) == ("resolved", None)
    assert problem.decision == "Both sides agreed to end the order."
    assert money(order) == [("release", 20000), ("refund", 30500)]
