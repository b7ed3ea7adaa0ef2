"""Pieces are judged as they arrive; the money waits for the last, and every sum is exact."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.states import WrongState
from orders.actions import acceptance, shipping
from orders.actions.money import undecided_minor
from orders.models import Order
from orders.shipping_terms import Carriage, Piece
from tests.api.scene import facts_since, last_event
from tests.orders.actions.test_problems import WRONG, act, answer, money, paid
from tests.orders.scene import force
from tests.personas import Persona
from tests.steps import step

pytestmark = pytest.mark.django_db


@step
def send(bea: Persona, milo: Persona, order: Order, pieces: int, *, arrives: bool = True) -> None:
    """So many pieces leave, and arrive."""
    number = f"T{order.shipments.count()}"
    shipment = shipping.ship_parts(
        actor=milo.actor,
        public_id=order.public_id,
        pieces=[Piece(order.lines.get().public_id, pieces)],
        carriage=Carriage("dhl", number),
    )
    if arrives:
        shipping.confirm_shipment(
            actor=bea.actor, public_id=order.public_id, shipment=shipment.public_id
        )
    order.refresh_from_db()


@step
def judge(bea: Persona, order: Order, rejected: int) -> Any:
    found = acceptance.judge_goods(
        actor=bea.actor,
        public_id=order.public_id,
        rejected={order.lines.get().public_id: rejected},
        claim=WRONG,
    )
    order.refresh_from_db()
    return found


def test_the_first_half_is_judged_while_the_rest_is_made(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "ready_to_ship")
    send(bea, milo, order, 20)
    last = last_event()
    [problem] = judge(bea, order, 2)
    assert facts_since(last) == ["goods_judged", "nonconformance_raised"]
    # 2 of 40 pieces are a twentieth of 505.00; nothing is released yet.
    assert (problem.held_minor, money(order), order.state) == (2525, [], "partly_shipped")
    with pytest.raises(WrongState, match="judged already"):
        judge(bea, order, 0)
    send(bea, milo, order, 20)
    assert (order.state, order.accept_by) == ("delivered", None)
    assert acceptance.accept_silent_orders() == 0
    with pytest.raises(DomainError, match="Between 0 and 20"):
        judge(bea, order, 21)
    assert judge(bea, order, 0) == []
    assert (order.state, money(order)) == ("delivered", [("release", 47975)])
    answer(milo, problem, "refund", refund_minor=2525)
    act("agree_nonconformance", bea, problem)
    assert problem.order.state == "accepted"
    assert money(order) == [("release", 47975), ("refund", 2525)]


def test_a_problem_that_ends_early_leaves_the_order_running(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "ready_to_ship")
    send(bea, milo, order, 10)
    [first] = judge(bea, order, 4)
    act("withdraw_nonconformance", bea, first)
    assert money(order) == []
    send(bea, milo, order, 10)
    [second] = judge(bea, order, 4)
    assert second.held_minor == first.held_minor == 5050
    answer(milo, second, "refund", refund_minor=5000)
    act("agree_nonconformance", bea, second)
    assert money(order) == [("refund", 5000), ("release", 50)]
    assert second.order.state == "partly_shipped"
    send(bea, milo, order, 20)
    assert order.accept_by is not None
    acceptance.accept_order(actor=bea.actor, public_id=order.public_id)
    assert money(order)[-1] == ("release", 45450)
    assert undecided_minor(order) == 0


def test_who_judges_and_when(bea: Persona, milo: Persona, stefan: Persona) -> None:
    order = paid(bea, milo, "ready_to_ship")
    with pytest.raises(WrongState, match="No piece has arrived yet"):
        judge(bea, order, 0)
    force(order, "confirmed")
    with pytest.raises(WrongState, match="from the first that arrive"):
        judge(bea, order, 0)
    force(order, "ready_to_ship")
    send(bea, milo, order, 20, arrives=False)
    with pytest.raises(WrongState):
        judge(bea, order, 1)
    for person, error in ((milo, NotAllowed), (stefan, NotFound)):
        with pytest.raises(error):
            judge(person, order, 1)
    assert not order.judgments.exists()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=4),
    st.lists(st.integers(0, 12), min_size=4, max_size=4),
    st.lists(st.sampled_from(["withdraw", "refund", "open"]), min_size=4, max_size=4),
    st.decimals("0.0001", "99.9999", places=4),
)
def test_whatever_is_judged_in_parts_the_money_is_exact(
    bea: Persona,
    milo: Persona,
    parts: list[int],
    rejects: list[int],
    ends: list[str],
    price: Decimal,
) -> None:
    order = paid(bea, milo, "ready_to_ship")
    Order.objects.filter(pk=order.pk).update(funded_minor=int(price * 1000) + 7)
    funded = int(price * 1000) + 7
    left, open_ones = 40, []
    sizes = [*parts[:-1], 40 - sum(parts[:-1])]
    for size, rejected, end in zip(sizes, rejects, ends, strict=False):
        send(bea, milo, order, size)
        left -= size
        bad = min(rejected, size)
        problems = judge(bea, order, bad)
        held = sum(p.held_minor for p in order.nonconformances.exclude(state__in=["withdrawn"]))
        assert 0 <= held <= funded
        for problem in problems:
            if end == "withdraw":
                act("withdraw_nonconformance", bea, problem)
            elif end == "refund":
                answer(milo, problem, "use_as_is", refund_minor=problem.held_minor // 2)
                act("agree_nonconformance", bea, problem)
            else:
                open_ones.append(problem)
        order.refresh_from_db()
    assert left == 0
    for problem in open_ones:
        act("withdraw_nonconformance", bea, problem)
    order.refresh_from_db()
    assert order.state == "accepted"
    assert undecided_minor(order) == 0
    assert sum(amount for _, amount in money(order)) == funded
