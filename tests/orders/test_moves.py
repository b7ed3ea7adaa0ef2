"""Every verb in every state by every side: exactly what the table says, and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from orders.actions import acceptance, placement, production, shipping
from orders.models import Order
from orders.states import ORDER, OrderState
from tests.orders.scene import force, make_order
from tests.personas import Persona

Act = Callable[[Actor, str], Any]


def plain(verb: str) -> Act:
    return lambda actor, order: production.advance_order(actor=actor, public_id=order, verb=verb)


ACTIONS: dict[str, Act] = {
    **{verb: plain(verb) for verb in production.PLAIN_MOVES},
    "ship_order": lambda actor, order: shipping.ship_order(
        actor=actor, public_id=order, carrier="dhl", tracking_number="JD1"
    ),
    "confirm_delivery": lambda actor, order: shipping.confirm_delivery(
        actor=actor, public_id=order
    ),
    "accept_order": lambda actor, order: acceptance.accept_order(actor=actor, public_id=order),
    "cancel_order": lambda actor, order: placement.cancel_order(
        actor=actor, public_id=order, reason="Changed our mind."
    ),
}

# Besides its own: the delivery note and the packing list.
FACTS = {"ship_order": 3}


@pytest.mark.parametrize("state", OrderState.values)
def test_each_side_can_do_what_the_table_says(
    bea: Persona, milo: Persona, stefan: Persona, state: str
) -> None:
    order = make_order(bea, milo)
    sides = {"buyer": bea.actor, "manufacturer": milo.actor}
    for verb, act in ACTIONS.items():
        for side, actor in sides.items():
            force(order, state)
            facts = Event.objects.count()
            arrow = ORDER.find(verb, state)
            if arrow and side in arrow.by:
                act(actor, order.public_id)
                order.refresh_from_db()
                assert order.state == arrow.target, (state, verb, side)
                assert Event.objects.count() == facts + FACTS.get(verb, 1)
            else:
                with pytest.raises((WrongState, NotAllowed)):
                    act(actor, order.public_id)
                order.refresh_from_db()
                assert (order.state, Event.objects.count()) == (state, facts)
        force(order, state)
        with pytest.raises(NotFound):
            act(stefan.actor, order.public_id)
        order.refresh_from_db()
        assert order.state == state


@pytest.mark.parametrize("verb", sorted(ACTIONS))
def test_a_second_click_finds_nothing_to_do(bea: Persona, milo: Persona, verb: str) -> None:
    arrow = next(m for m in ORDER.moves if m.verb == verb and {"buyer", "manufacturer"} & set(m.by))
    order = make_order(bea, milo, arrow.sources[0])
    actor = bea.actor if "buyer" in arrow.by else milo.actor
    ACTIONS[verb](actor, order.public_id)
    facts = Event.objects.count()
    with pytest.raises(WrongState):
        ACTIONS[verb](actor, order.public_id)
    assert Event.objects.count() == facts


@pytest.mark.parametrize(("carrier", "tracking"), [("dhl", "  "), ("pigeon", "JD1"), ("", "")])
def test_a_shipment_needs_a_carrier_and_a_number(
    bea: Persona, milo: Persona, carrier: str, tracking: str
) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    with pytest.raises(DomainError):
        shipping.ship_order(
            actor=milo.actor, public_id=order.public_id, carrier=carrier, tracking_number=tracking
        )
    assert not order.shipments.exists()


def test_silence_after_delivery_is_acceptance_once_the_window_closed(
    bea: Persona, milo: Persona
) -> None:
    waiting, fresh = make_order(bea, milo, "delivered"), make_order(bea, milo, "shipped")
    shipping.confirm_delivery(actor=bea.actor, public_id=fresh.public_id)
    assert acceptance.accept_silent_orders() == 1
    assert acceptance.accept_silent_orders() == 0
    states = dict(Order.objects.values_list("pk", "state"))
    assert (states[waiting.pk], states[fresh.pk]) == ("accepted", "delivered")


def test_what_is_not_paid_in_time_is_cancelled_once(bea: Persona, milo: Persona) -> None:
    late, fresh = make_order(bea, milo), make_order(bea, milo)
    Order.objects.filter(pk=late.pk).update(payment_due_at=timezone.now() - timedelta(seconds=1))
    assert placement.cancel_unpaid_orders() == 1
    assert placement.cancel_unpaid_orders() == 0
    states = dict(Order.objects.values_list("pk", "state"))
    assert (states[late.pk], states[fresh.pk]) == ("cancelled", "awaiting_payment")
    assert late.milestones.get().state == "cancelled"


def test_placing_writes_the_totals_and_the_hashes_down(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo)
    assert (order.goods_minor, order.freight_minor, order.total_minor) == (50000, 500, 50500)
    line = order.lines.get()
    assert line.files == [{"name": "BRK-1.step", "sha256": "ab" * 32}]
    assert order.milestones.get().amount_minor == 50500
