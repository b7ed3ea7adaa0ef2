"""Pieces that are not good: the money follows them, and the problem ends fairly."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.states import WrongState
from orders.acceptance import shares_of_rejected
from orders.actions import acceptance, problem_shipping, problem_timers, staff_decisions
from orders.actions import nonconformances as acts
from orders.actions.problem_steps import Claim
from orders.models import Nonconformance, Order, OrderLine
from orders.shipping_terms import Carriage, Piece
from tests.api.scene import facts_since, last_event
from tests.orders.scene import make_order
from tests.personas import Persona
from tests.steps import step

WRONG = Claim("nonconforming", "Bore 8.2 instead of 8.0 H7 on five pieces.")


@step
def paid(bea: Persona, milo: Persona, state: str = "delivered") -> Order:
    """40 brackets at 12.50 and 5.00 freight, paid: 505.00 held."""
    order = make_order(bea, milo, state)
    Order.objects.filter(pk=order.pk).update(funded_minor=order.total_minor)
    order.refresh_from_db()
    return order


def money(order: Order) -> list[tuple[str, int]]:
    return [(row.kind, row.amount_minor) for row in order.money_decisions.order_by("pk")]


@step
def reject(bea: Persona, order: Order, count: int = 2) -> Nonconformance:
    [problem] = acceptance.judge_goods(
        actor=bea.actor,
        public_id=order.public_id,
        rejected={order.lines.get().public_id: count},
        claim=WRONG,
    )
    return problem


@step
def answer(milo: Persona, problem: Nonconformance, disposition: str, **offer: int) -> None:
    acts.answer_nonconformance(
        actor=milo.actor,
        public_id=problem.order.public_id,
        problem=problem.public_id,
        offer=acts.Offer(disposition, "As we spoke.", **offer),
    )


def act(verb: str, who: Persona | Actor, problem: Nonconformance, **given: object) -> None:
    actor = who if isinstance(who, Actor) else who.actor
    getattr(acts, verb)(
        actor=actor, public_id=problem.order.public_id, problem=problem.public_id, **given
    )
    problem.refresh_from_db()
    problem.order.refresh_from_db()


def ship_again(milo: Persona, problem: Nonconformance, number: str, count: int = 2) -> None:
    """The pieces of the problem leave the shop anew."""
    assert problem.line is not None
    problem_shipping.ship_remedy(
        actor=milo.actor,
        public_id=problem.order.public_id,
        problem=problem.public_id,
        pieces=[Piece(problem.line.public_id, count)],
        carriage=Carriage("dhl", number),
    )
    problem.refresh_from_db()
    problem.order.refresh_from_db()


@given(
    st.integers(0, 10**9),
    st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), min_size=1, max_size=6),
)
def test_the_shares_are_the_pool_and_follow_the_pieces(
    pool: int, rows: list[tuple[int, int]]
) -> None:
    lines = [
        OrderLine(quantity=quantity, unit_price=Decimal(price), total_minor=quantity * price * 100)
        for quantity, price in rows
    ]
    rejected = [quantity // 3 for quantity, _ in rows]
    good, bad = shares_of_rejected(pool, lines, rejected, "EUR")
    assert good + sum(bad) == pool and good >= 0 and min(bad) >= 0
    assert shares_of_rejected(pool, lines, [0] * len(lines), "EUR")[0] == pool


@pytest.mark.django_db
def test_two_of_forty_rejected_hold_a_twentieth(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo)
    last = last_event()
    problem = reject(bea, order)
    assert facts_since(last) == ["goods_judged", "money_released", "nonconformance_raised"]
    order.refresh_from_db()
    assert (order.state, order.accept_by) == ("delivered", None)
    assert money(order) == [("release", 47975)]
    assert (problem.held_minor, problem.quantity, problem.state) == (2525, 2, "open")
    with pytest.raises(WrongState):
        reject(bea, order)
    with pytest.raises(WrongState, match="still open"):
        acceptance.accept_order(actor=bea.actor, public_id=order.public_id)
    assert acceptance.accept_silent_orders() == 0


@pytest.mark.django_db
def test_a_refund_settles_it_and_the_order_is_accepted(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo)
    problem = reject(bea, order)
    answer(milo, problem, "refund", refund_minor=2000)
    last = last_event()
    act("agree_nonconformance", bea, problem)
    assert facts_since(last) == [
        "nonconformance_resolved",
        "money_returned",
        "money_released",
        "order_accepted",
    ]
    assert (problem.state, problem.order.state) == ("resolved", "accepted")
    assert money(order) == [("release", 47975), ("refund", 2000), ("release", 525)]
    assert set(order.milestones.values_list("state", flat=True)) == {"approved"}


@pytest.mark.django_db
def test_replaced_pieces_are_looked_at_again(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo)
    problem = reject(bea, order)
    answer(milo, problem, "replace", remedy_days=10)
    act("agree_nonconformance", bea, problem)
    assert problem.state == "agreed"
    with pytest.raises(WrongState, match="Ship the replacement"):
        act("report_remedy", milo, problem, note="DHL 4711")
    ship_again(milo, problem, "4711")
    act("reopen_nonconformance", bea, problem, reason="Still 8.2.")
    assert problem.state == "open"
    answer(milo, problem, "rework", remedy_days=3)
    act("agree_nonconformance", bea, problem)
    act("report_remedy", milo, problem, note="Reamed.")
    act("resolve_nonconformance", bea, problem)
    assert problem.order.state == "accepted"
    assert money(order) == [("release", 47975), ("release", 2525)]


@pytest.mark.django_db
def test_a_return_has_a_number_and_is_paid_back_when_it_is_there(
    bea: Persona, milo: Persona
) -> None:
    order = paid(bea, milo)
    problem = reject(bea, order)
    answer(milo, problem, "return", refund_minor=2525, remedy_days=14)
    act("agree_nonconformance", bea, problem)
    assert problem.rma_number == f"RMA-{timezone.localdate().year}-00001"
    act("report_remedy", milo, problem, note="Here.")
    assert (problem.state, problem.order.state) == ("resolved", "accepted")
    assert money(order)[-1] == ("refund", 2525)


@pytest.mark.django_db
def test_what_cannot_be_offered_or_claimed(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo)
    line = order.lines.get().public_id
    for rejected, claim in (({line: 41}, WRONG), ({"oli_x": 1}, WRONG), ({line: 1}, Claim("", ""))):
        with pytest.raises(DomainError):
            acceptance.judge_goods(
                actor=bea.actor, public_id=order.public_id, rejected=rejected, claim=claim
            )
    assert not order.judgments.exists() and money(order) == []
    problem = reject(bea, order)
    for disposition, offer in (
        ("refund", {"refund_minor": 2526}),
        ("refund", {}),
        ("replace", {}),
        ("gift", {}),
    ):
        with pytest.raises(DomainError):
            answer(milo, problem, disposition, **offer)
    claims = {"actor": bea.actor, "public_id": order.public_id, "claim": WRONG}
    with pytest.raises(DomainError, match="still held"):
        acts.raise_nonconformance(**claims, claimed_minor=1)


@pytest.mark.django_db
def test_each_side_does_its_own_and_a_stranger_finds_nothing(
    bea: Persona, milo: Persona, stefan: Persona, rita: Persona
) -> None:
    order = paid(bea, milo)
    with pytest.raises(NotAllowed):
        acceptance.judge_goods(
            actor=milo.actor, public_id=order.public_id, rejected={}, claim=WRONG
        )
    problem = reject(bea, order)
    for outsider in (stefan, rita):
        with pytest.raises(NotFound):
            act("withdraw_nonconformance", outsider, problem)
    with pytest.raises(NotAllowed):
        act("withdraw_nonconformance", milo, problem)
    with pytest.raises(NotAllowed):
        answer(bea, problem, "use_as_is")
    act("withdraw_nonconformance", bea, problem)
    assert problem.order.state == "accepted"
    assert money(order)[-1] == ("release", 2525)


@pytest.mark.django_db
def test_staff_decide_what_the_two_could_not(bea: Persona, milo: Persona, sam: Persona) -> None:
    order = paid(bea, milo)
    problem = reject(bea, order)
    act("escalate_nonconformance", milo, problem, reason="The drawing says 8.2.")
    assert (problem.state, problem.order.state) == ("escalated", "disputed")
    staff = Actor.staff(sam.user)
    values = {"public_id": order.public_id, "problem": problem.public_id, "decision": "Half each."}
    for actor in (bea.actor, milo.actor):
        with pytest.raises(NotAllowed):
            acts.decide_nonconformance(actor=actor, refund_minor=1, **values)
    acts.decide_nonconformance(actor=staff, refund_minor=1262, **values)
    problem.refresh_from_db()
    assert (problem.state, problem.order.state) == ("resolved", "accepted")
    assert money(order) == [("release", 47975), ("refund", 1262), ("release", 1263)]


@pytest.mark.django_db
def test_a_dispute_before_delivery_ends_the_order_or_lets_it_go_on(
    bea: Persona, milo: Persona, sam: Persona
) -> None:
    staff = Actor.staff(sam.user)
    for owed, state in ((10000, "cancelled"), (50500, "accepted")):
        order = paid(bea, milo, "in_production")
        acts.ask_platform(
            actor=milo.actor, public_id=order.public_id, claim=Claim("other", "No drawing.")
        )
        order.refresh_from_db()
        assert order.state == "disputed"
        with pytest.raises(NotAllowed):
            staff_decisions.end_disputed_order(
                actor=bea.actor, public_id=order.public_id, owed_minor=owed, decision="Mine."
            )
        staff_decisions.end_disputed_order(
            actor=staff, public_id=order.public_id, owed_minor=owed, decision="Read it all."
        )
        order.refresh_from_db()
        assert order.state == state
        assert sum(amount for _, amount in money(order)) == 50500
    order = paid(bea, milo, "in_production")
    problem = acts.raise_nonconformance(
        actor=bea.actor, public_id=order.public_id, claim=Claim("late", "Two weeks late.")
    )
    act("escalate_nonconformance", bea, problem, reason="Please look.")
    act("withdraw_nonconformance", bea, problem)
    assert problem.order.state == "in_production"


@pytest.mark.django_db
def test_silence_moves_a_problem_on(bea: Persona, milo: Persona) -> None:
    late = timezone.now() - timedelta(seconds=1)
    unanswered, standing = reject(bea, paid(bea, milo)), reject(bea, paid(bea, milo))
    answer(milo, standing, "rework", remedy_days=2)
    act("agree_nonconformance", bea, standing)
    act("report_remedy", milo, standing, note="Done.")
    assert problem_timers.run_problem_timers() == 0
    Nonconformance.objects.update(respond_by=late)
    assert problem_timers.remind_of_problems() == 2
    assert problem_timers.remind_of_problems() == 0
    assert problem_timers.run_problem_timers() == 2
    assert problem_timers.run_problem_timers() == 0
    states = dict(Nonconformance.objects.values_list("pk", "state"))
    assert (states[unanswered.pk], states[standing.pk]) == ("escalated", "resolved")
    orders = dict(Order.objects.values_list("pk", "state"))
    assert orders[unanswered.order_id] == "disputed"
    assert orders[standing.order_id] == "accepted"


@pytest.mark.django_db
def test_the_buyer_is_reminded_once_before_silence_counts(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo)
    Order.objects.filter(pk=order.pk).update(accept_by=timezone.now() + timedelta(days=4))
    assert acceptance.remind_of_acceptance() == 1
    assert acceptance.remind_of_acceptance() == 0
